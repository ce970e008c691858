"""What a review with hostile servers and callers has broken once."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from a2e_async import A2E, JobError, JobStatus, JobTimeout, RetryPolicy, Schedule
from tests.conftest import QUICK_SCHEDULE, TOKEN
from tests.jobs.service import (
    BATCH,
    DETAIL,
    LIST,
    START,
    VIDEO_DETAIL,
    image,
    many_at_once,
    until,
    video,
)
from tests.support.scripted import Reply, Scripted, Seen, html, ok, says


async def test_a_poller_that_is_cancelled_from_outside_ends_its_waits(
    client: A2E, scripted: Scripted
) -> None:
    """Bots cancel all tasks there are, and go on."""
    scripted.on("GET", DETAIL, ok(image()))
    job = client.text_to_image.job("a")
    waiting = asyncio.create_task(job.wait())
    await until(lambda: job.record)
    for task in asyncio.all_tasks():
        if task.get_name() == "a2e_async poller":
            task.cancel()
    async with asyncio.timeout(5):
        with pytest.raises(JobError, match="await the job again"):
            await waiting
        with pytest.raises(JobTimeout):
            await job.wait(timeout=0.1)
        scripted.on("GET", DETAIL, ok(image(word="completed")))
        assert (await job).outputs


@pytest.mark.parametrize("timeout", [0, 1e-6])
async def test_waits_that_give_up_at_once_come_to_an_end_all_the_same(
    client: A2E, scripted: Scripted, timeout: float
) -> None:
    scripted.on("GET", DETAIL, ok(image()), ok(image(word="completed")))
    job = client.text_to_image.job("a")
    async with asyncio.timeout(5):
        while not job.done:
            with pytest.raises(JobTimeout):
                await job.wait(timeout=timeout)
            await asyncio.sleep(0.01)


async def test_a_job_that_has_ended_stays_so(client: A2E, scripted: Scripted) -> None:
    scripted.on("GET", DETAIL, ok(image(word="completed")), ok(image(word="expired")))
    job = client.text_to_image.job("a")
    await job
    await job.refresh()
    assert job.status is JobStatus.COMPLETED
    assert (await job).outputs


async def test_a_wait_that_is_thrown_away_is_no_wait(client: A2E, scripted: Scripted) -> None:
    scripted.on("GET", DETAIL, ok(image()))
    job = client.text_to_image.job("a")
    wait = job.wait()
    wait.send(None)
    wait.close()
    await asyncio.sleep(0.2)
    assert len(scripted.seen) <= 1


async def test_a_detail_that_hangs_holds_back_no_other_news(
    client: A2E, scripted: Scripted
) -> None:
    ids = [f"{n:024x}" for n in range(20)]
    known = many_at_once(lambda key: None if key == ids[0] else image(key, "completed"))
    scripted.on("POST", BATCH, known).on("GET", DETAIL, Reply(delay=30.0)).on("GET", LIST, ok([]))
    waits = {key: asyncio.create_task(client.text_to_image.job(key).wait()) for key in ids}
    async with asyncio.timeout(5):
        await asyncio.wait([waits[key] for key in ids[1:]])
    assert not waits[ids[0]].done()
    waits[ids[0]].cancel()


async def test_a_page_for_a_moment_is_no_missing_task(client: A2E, scripted: Scripted) -> None:
    scripted.on("GET", DETAIL, ok(image()), *[html(404)] * 20, ok(image(word="completed")))
    async with asyncio.timeout(10):
        assert (await client.text_to_image.job("a")).outputs


async def test_a_long_retry_after_is_obeyed_for_a_while_only(scripted: Scripted) -> None:
    scripted.on("GET", DETAIL, says({}, 503, Retry_After="3600"), ok(image(word="completed")))
    retry = RetryPolicy(longest_retry_after=0.1)
    async with (
        A2E(TOKEN, base_url=scripted.base_url, retry=retry, schedule=QUICK_SCHEDULE) as a2e,
        asyncio.timeout(5),
    ):
        assert (await a2e.text_to_image.job("a")).outputs


async def test_a_family_whose_looks_find_little_leaves_the_others_their_turn(
    scripted: Scripted,
) -> None:
    """Reading one by one is charged to the budget, and the budget is shared by turns."""
    ids = [f"{n:024x}" for n in range(300)]

    def detail(seen: Seen) -> Reply:
        return ok(image(seen.path.rpartition("/")[2]))

    half = many_at_once(lambda key: image(key) if int(key, 16) % 2 else None)
    scripted.on("POST", BATCH, half).on("GET", DETAIL, detail).on("GET", LIST, ok([]))
    scripted.on("POST", START, ok([image()]))
    scripted.on("POST", VIDEO_DETAIL, *[ok([video()])] * 3, ok([video(word="success")]))
    schedule = Schedule(shortest=0.02, longest=0.1, requests_per_second=50)
    async with A2E(TOKEN, base_url=scripted.base_url, schedule=schedule) as a2e:
        crowd: list[asyncio.Task[Any]] = [
            asyncio.create_task(a2e.text_to_image.job(key).wait()) for key in ids
        ]
        await asyncio.sleep(1.0)
        async with asyncio.timeout(5):
            assert (await a2e.avatar_video.job("v")).outputs
        for wait in crowd:
            wait.cancel()
        await asyncio.wait(crowd)
