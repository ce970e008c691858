"""Avatar videos: another status field, a list as an answer, no read of many at once."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from a2e_async import A2E, AvatarVideo, JobStatus, NotFound
from tests.jobs.service import VIDEO_DETAIL, VIDEO_LIST, VIDEO_START, until, video
from tests.support.scripted import Scripted, Seen, ok, says


async def test_the_whole_way(client: A2E, scripted: Scripted) -> None:
    words = ["init", "start", "pending", "process", "copy", "success"]
    scripted.on("POST", VIDEO_START, ok(video(word="init")))
    scripted.on("POST", VIDEO_DETAIL, *(ok([video(word=word)]) for word in words))
    job = await client.avatar_video.start(
        anchor_id="anchor", anchor_type=1, audio_src="https://x.com/a.wav", is_skip_rs=True
    )
    seen = [(record.status, record.current_status) async for record in job.updates()]
    assert [word for _, word in seen] == words
    assert seen[-1][0] is JobStatus.COMPLETED
    assert (await job).result == "https://assets.example/1.mp4"
    assert (await job).outputs == ("https://assets.example/1.mp4",)
    body = scripted.requests("POST", VIDEO_START)[0].json
    assert (body["audioSrc"], body["isSkipRs"]) == ("https://x.com/a.wav", True)
    assert {seen.json["_id"] for seen in scripted.requests("POST", VIDEO_DETAIL)} == {"v"}


async def test_an_empty_list_is_too_early(client: A2E, scripted: Scripted) -> None:
    scripted.on("POST", VIDEO_DETAIL, ok([]), ok([]), ok([video(word="success")]))
    assert (await client.avatar_video.job("v")).status is JobStatus.COMPLETED


async def test_an_empty_list_is_not_found(client: A2E, scripted: Scripted) -> None:
    scripted.on("POST", VIDEO_DETAIL, ok([]))
    with pytest.raises(NotFound):
        await client.avatar_video.get("v")


async def test_many_are_read_a_few_at_a_time(client: A2E, scripted: Scripted) -> None:
    now = most = 0

    async def answer(seen: Seen) -> object:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.005)
        now -= 1
        return ok([video(seen.json["_id"], "success")])

    scripted.on("POST", VIDEO_DETAIL, answer)  # type: ignore[arg-type]
    ids = [f"v{n}" for n in range(40)]
    records = await asyncio.gather(*(client.avatar_video.job(key).wait() for key in ids))
    assert [record.id for record in records] == ids
    assert 1 < most <= 32


async def test_a_list_by_page(client: A2E, scripted: Scripted) -> None:
    pages = {"1": [video("a"), video("b")], "2": [video("c")]}
    scripted.on("GET", VIDEO_LIST, lambda s: ok({"data": pages.get(s.query["current"], [])}))
    assert [r.id async for r in client.avatar_video.list(page_size=2)] == ["a", "b", "c"]
    assert scripted.seen[0].query == {"current": "1", "pageSize": "2"}


async def test_delete(client: A2E, scripted: Scripted) -> None:
    scripted.on("DELETE", "/api/v1/video/v", ok(None))
    await client.avatar_video.delete("v")
    assert len(scripted.seen) == 1


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"anchor_type": 2}, "anchor_type"),
        ({"anchor_type": True}, "anchor_type"),
        ({"audio_src": None}, "audio_src"),
        ({"audio_src": "a.wav"}, "audio_src"),
        ({"title": "x" * 41}, "title"),
        ({"back_id": "a", "custom_back_id": "b"}, "back_id"),
        ({"color": "rgba(0,0,0,1)"}, "web_bg_width"),
        ({"gp_model": [1]}, "gp_model"),
    ],
)
async def test_wrong_arguments(
    client: A2E, scripted: Scripted, fields: dict[str, object], word: str
) -> None:
    good = {"anchor_id": "x", "anchor_type": 0, "audio_src": "https://x.com/a.wav"}
    with pytest.raises((ValueError, TypeError), match=word):
        await client.avatar_video.start(**good | fields)  # type: ignore[arg-type]
    assert scripted.seen == []


async def test_a_background_with_its_sizes_is_sent(client: A2E, scripted: Scripted) -> None:
    scripted.on("POST", VIDEO_START, ok(video()))
    sizes: dict[str, Any] = dict.fromkeys(
        ("web_bg_width", "web_bg_height", "web_people_width", "web_people_height"), 100
    )
    request = AvatarVideo(
        anchor_id="x", anchor_type=0, custom_voice="https://x.com/a", back_id="b", **sizes
    )
    await client.submit(request)
    assert scripted.seen[0].json["web_bg_width"] == 100


async def test_a_refusal(client: A2E, scripted: Scripted) -> None:
    scripted.on("POST", VIDEO_DETAIL, says({"code": 404, "message": "no"}))
    with pytest.raises(NotFound):
        await client.avatar_video.get("v")
    # The other detail operation was asked too.
    await until(lambda: len(scripted.seen) == 2)
