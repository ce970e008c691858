"""The 1080p version of a Veo video."""

from __future__ import annotations

from typing import Any

import pytest

from a2e_async import (
    A2E,
    A2EError,
    APIError,
    InvalidRequest,
    JobTimeout,
    NotFound,
    UnexpectedResponse,
)
from tests.support.scripted import DROP, Reply, Scripted, html, ok, says

PATH = "/api/v1/veoVideo/1/1080p"
URL = "https://example.com/v.mp4"


async def test_a_video_of_the_sandbox() -> None:
    async with A2E.sandbox(speed=1000) as a2e:
        job = await a2e.veo_video.start(prompt="a fox", aspect_ratio="16:9")
        await job
        assert (await a2e.veo_video.full_hd(job.id, timeout=20)).startswith("http")
        other = await a2e.veo_video.start(prompt="a fox", aspect_ratio="9:16")
        await other
        with pytest.raises(APIError):
            await a2e.veo_video.full_hd(other.id, timeout=20)


@pytest.mark.parametrize(
    "data",
    [
        URL,
        {"result_url": URL},
        {"_id": "1", "video_output": [URL]},
        [{"_id": "1", "url": URL}],
        {"data": {"url": URL}},
    ],
)
async def test_a_video_that_is_there(client: A2E, scripted: Scripted, data: Any) -> None:
    scripted.on("GET", PATH, ok(data))
    assert await client.veo_video.full_hd("1", timeout=0) == URL
    assert len(scripted.seen) == 1


@pytest.mark.parametrize(
    "answer",
    [
        says({"code": 0, "data": None}, 202),
        says({"code": 0, "data": {"video_url": "https://example.com/720.mp4"}}, 202),
        says({"code": 202, "message": "being prepared"}),
        Reply(b"", 202),
        DROP,
        says({}, 500),
        html(502),
        says({"message": "slow down"}, 429),
    ],
)
async def test_a_video_that_is_being_prepared(
    client: A2E, scripted: Scripted, answer: Reply
) -> None:
    scripted.on("GET", PATH, answer, answer, ok(URL))
    assert await client.veo_video.full_hd("1") == URL
    assert len(scripted.seen) == 3


async def test_no_longer_than_the_timeout(client: A2E, scripted: Scripted) -> None:
    scripted.on("GET", PATH, says({"code": 0}, 202))
    with pytest.raises(JobTimeout, match=r"1080p .* after 0\.1 s") as caught:
        await client.veo_video.full_hd("1", timeout=0.1)
    assert caught.value.job.token == "veo_video:1"
    assert 2 <= len(scripted.seen) <= 20
    scripted.on("GET", PATH, says({}, 500))
    with pytest.raises(JobTimeout) as caught:
        await client.veo_video.full_hd("1", timeout=0)
    assert isinstance(caught.value.__cause__, A2EError)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (says({"message": "only 16:9"}, 400), InvalidRequest),
        (says({"message": "no such task"}, 404), NotFound),
        (ok({"_id": "1", "state": "success"}), UnexpectedResponse),
        (ok(None), UnexpectedResponse),
    ],
)
async def test_a_refusal_ends_it(
    client: A2E, scripted: Scripted, answer: Reply, kind: type[Exception]
) -> None:
    scripted.on("GET", PATH, answer)
    with pytest.raises(kind):
        await client.veo_video.full_hd("1")
    assert len(scripted.seen) == 1


@pytest.mark.parametrize(
    ("task_id", "timeout", "word"),
    [
        ("", 1, "task_id"),
        ("veo_video:1", 1, "task_id"),
        ("1", -1, "timeout"),
        ("1", "5", "timeout"),
    ],
)
async def test_wrong_arguments(
    client: A2E, scripted: Scripted, task_id: Any, timeout: Any, word: str
) -> None:
    with pytest.raises((TypeError, ValueError), match=word):
        await client.veo_video.full_hd(task_id, timeout=timeout)
    assert scripted.seen == []
