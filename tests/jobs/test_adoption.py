"""A start whose answer was lost: its task is found by name, or the doubt is told."""

from __future__ import annotations

import asyncio
import logging
import secrets
from typing import Any

import pytest

from a2e_async import A2E, ServerError, SubmitUncertain, TextToImage
from tests.conftest import QUICK_RETRY, TOKEN
from tests.jobs.service import (
    LIST,
    START,
    VIDEO_LIST,
    VIDEO_START,
    dated,
    image,
    iso,
    listing,
    started,
    until,
    video,
)
from tests.support.scripted import DROP, Reply, Scripted, Seen, html, ok, says

LOST = [
    DROP,
    Reply(b""),
    Reply(b"", 503),
    html(),
    html(502),
    says({"message": "oops"}, 500),
    says({"code": 500, "message": "oops"}),
    ok({"fine": True}),
]


@pytest.mark.parametrize("answer", LOST)
async def test_the_task_is_adopted(client: A2E, scripted: Scripted, answer: Reply) -> None:
    scripted.on("POST", START, answer).on("GET", LIST, listing(scripted))
    job = await client.text_to_image.start(prompt="x")
    assert job.id == "id-0"
    assert scripted.count("POST", START) == 1


async def test_after_a_time_out_too(scripted: Scripted) -> None:
    scripted.on("POST", START, Reply(delay=5.0)).on("GET", LIST, listing(scripted))
    async with A2E(TOKEN, base_url=scripted.base_url, retry=QUICK_RETRY, read_timeout=0.3) as a2e:
        assert (await a2e.text_to_image.start(prompt="x")).id == "id-0"


async def test_a_late_task_is_found_by_a_later_search(client: A2E, scripted: Scripted) -> None:
    scripted.on("POST", START, DROP)
    scripted.on("GET", LIST, ok([]), DROP, ok([]), listing(scripted))
    client._core.session.policy = QUICK_RETRY.__class__(first_delay=0.01, searches=(0.01,) * 4)
    assert (await client.text_to_image.start(prompt="x")).id == "id-0"


async def test_all_tasks_of_one_start_are_adopted_once(client: A2E, scripted: Scripted) -> None:
    def both(_: Seen) -> Reply:
        name = started(scripted)[0]["name"]
        return ok([image("b", name=name), image("a", name=name), image("c", name="other")])

    scripted.on("POST", START, DROP).on("GET", LIST, both)
    jobs = await client.text_to_image.start_all(prompt="x", max_images=2)
    assert sorted(job.id for job in jobs) == ["a", "b"]


async def test_a_task_on_a_later_page_is_found(client: A2E, scripted: Scripted) -> None:
    """Others were started meanwhile, and the service gives short pages."""

    def page(seen: Seen) -> Reply:
        number = int(seen.query["pageNum"])
        rows = [image(f"{number}-{i}", name="other") for i in range(20)]
        if number == 3:
            rows[0] = image("mine", name=started(scripted)[0]["name"])
        return ok({"rows": rows, "count": 500})

    scripted.on("POST", START, DROP).on("GET", LIST, page)
    assert (await client.text_to_image.start(prompt="x")).id == "mine"


async def test_the_avatar_video_is_known_by_its_title(client: A2E, scripted: Scripted) -> None:
    def rows(_: Seen) -> Reply:
        title = scripted.requests("POST", VIDEO_START)[0].json["title"]
        return ok({"data": [video("mine", title=title, name="else"), video("other", name=title)]})

    scripted.on("POST", VIDEO_START, DROP).on("GET", VIDEO_LIST, rows)
    job = await client.avatar_video.start(anchor_id="x", anchor_type=0, audio_src="https://x.com/a")
    assert job.id == "mine"


async def test_the_doubt_holds_what_is_needed_to_look(client: A2E, scripted: Scripted) -> None:
    scripted.on("POST", START, says({"message": "oops"}, 500)).on("GET", LIST, ok([]))
    request = TextToImage(prompt="x", webhook_token=secrets.token_hex())
    with pytest.raises(SubmitUncertain) as caught:
        await client.submit(request)
    error = caught.value
    assert error.request is request
    assert error.name == started(scripted)[0]["name"]
    assert str(error.name) in str(error)
    assert isinstance(error.__cause__, ServerError)
    assert str(request.webhook_token) not in f"{error!r} {error} {error.request}"


@pytest.mark.parametrize("answer", [DROP, html(), says({"message": "no"}, 401), ok({"odd": 1})])
async def test_a_search_that_fails_leaves_the_doubt(
    client: A2E, scripted: Scripted, answer: Reply
) -> None:
    scripted.on("POST", START, DROP).on("GET", LIST, answer)
    with pytest.raises(SubmitUncertain):
        await client.text_to_image.start(prompt="x")


@pytest.mark.parametrize(
    ("created", "adopted"),
    [(iso(0), True), (iso(0.4), True), (iso(-60), False), (None, True), ("soon", True)],
)
async def test_a_callers_name_may_be_an_older_tasks(
    client: A2E, scripted: Scripted, created: str | None, adopted: bool
) -> None:
    rows = [image("mine", name="fox", createdAt=created)]
    scripted.on("POST", START, DROP).on("GET", LIST, dated(rows))
    if adopted:
        assert (await client.text_to_image.start(prompt="x", name="fox")).id == "mine"
    else:
        with pytest.raises(SubmitUncertain):
            await client.text_to_image.start(prompt="x", name="fox")


async def test_a_task_with_a_job_is_not_taken_for_another(client: A2E, scripted: Scripted) -> None:
    rows = [image("first", name="fox", createdAt=iso(0))]
    scripted.on("POST", START, ok(rows), DROP).on("GET", LIST, dated(rows))
    first = await client.text_to_image.start(prompt="x", name="fox")
    with pytest.raises(SubmitUncertain):
        await client.text_to_image.start(prompt="x", name="fox")
    assert first.id == "first"


async def test_two_lost_starts_of_one_name_are_two_jobs(client: A2E, scripted: Scripted) -> None:
    scripted.on("POST", START, DROP).on("GET", LIST, listing(scripted, createdAt=iso(0)))

    async def start() -> Any:
        return await client.text_to_image.start(prompt="x", name="fox")

    one, other = await asyncio.gather(start(), start())
    assert {one.id, other.id} == {"id-0", "id-1"}


async def test_closing_ends_the_search(
    scripted: Scripted, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    scripted.on("POST", START, Reply(delay=5.0)).on("GET", LIST, ok([]))
    a2e = A2E(TOKEN, base_url=scripted.base_url, retry=QUICK_RETRY)
    start = asyncio.create_task(a2e.text_to_image.start(prompt="x"))
    await until(lambda: scripted.seen)
    await a2e.aclose()
    with pytest.raises(SubmitUncertain):
        await start
    assert scripted.count("GET", LIST) == 0
