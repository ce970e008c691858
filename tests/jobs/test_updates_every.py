"""Following a job no faster than a platform lets messages be edited."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from itertools import count, pairwise
from typing import Any

import pytest

from a2e_async import A2E, AuthenticationFailed, Job, JobStatus, JobTimeout, Record
from tests.jobs.service import DETAIL, VIDEO_DETAIL, image, until, video
from tests.support.scripted import Reply, Scripted, Seen, ok, says

LONG = 60.0


def progressing(scripted: Scripted) -> None:
    """A video that is a little further at each look, without an end."""
    steps = count(1)

    def answer(_: Seen) -> Reply:
        return ok([video(process=next(steps))])

    scripted.on("POST", VIDEO_DETAIL, answer)


async def progress_of(updates: AsyncIterator[Record]) -> int:
    record = await anext(updates)
    assert record.progress is not None
    return record.progress


async def test_at_most_one_in_so_many_seconds(client: A2E, scripted: Scripted) -> None:
    progressing(scripted)
    job = client.avatar_video.job("v")
    updates, clock = job.updates(every=0.25), asyncio.get_running_loop().time
    moments, seen = [], []
    for _ in range(4):
        seen.append(await progress_of(updates))
        moments.append(clock())
        # It is the newest of all there were.
        assert job.record is not None
        assert seen[-1] == job.record.progress
        for _ in range(2):
            await job.refresh()
    assert all(later - earlier >= 0.25 for earlier, later in pairwise(moments))
    assert seen[0] == 1
    assert seen[-1] >= 7


async def test_the_first_and_the_final_one_come_at_once(client: A2E, scripted: Scripted) -> None:
    words = ["sent", "pending", "processing", "completed"]
    scripted.on("GET", DETAIL, *(ok(image(word=word)) for word in words))
    async with asyncio.timeout(10):
        seen = [r.current_status async for r in client.text_to_image.job("a").updates(every=LONG)]
    assert seen == ["sent", "completed"]


async def test_a_failure_comes_at_once(client: A2E, scripted: Scripted) -> None:
    words = ["sent", "processing", "failed"]
    scripted.on("GET", DETAIL, *(ok(image(word=word)) for word in words))
    async with asyncio.timeout(10):
        seen = [s.status async for s in client.text_to_image.job("a").watch(every=LONG)]
    assert seen == [JobStatus.SENT, JobStatus.FAILED]


async def test_whoever_is_slower_than_that_does_not_wait(client: A2E, scripted: Scripted) -> None:
    progressing(scripted)
    job = client.avatar_video.job("v")
    updates = job.updates(every=0.1)
    first = await progress_of(updates)
    await asyncio.sleep(0.11)
    await job.refresh()
    # The change is there, and the pause is over.
    following = anext(updates)
    with pytest.raises(StopIteration):
        following.send(None)
    assert job.record is not None
    assert job.record.progress != first


async def paused(client: A2E, scripted: Scripted, **more: Any) -> tuple[Job[Any], Any]:
    """A job with a change that may not be told yet."""
    progressing(scripted)
    job = client.avatar_video.job("v")
    updates = job.updates(every=LONG, **more)
    assert await progress_of(updates) == 1
    await job.refresh()
    return job, updates


async def test_the_time_is_up_in_a_pause(client: A2E, scripted: Scripted) -> None:
    async with asyncio.timeout(10):
        job, updates = await paused(client, scripted, timeout=0.3)
        with pytest.raises(JobTimeout) as caught:
            await anext(updates)
    assert caught.value.job is job
    assert caught.value.record is job.record


async def test_an_error_ends_a_pause(client: A2E, scripted: Scripted) -> None:
    _, updates = await paused(client, scripted)
    scripted.on("POST", VIDEO_DETAIL, says({"message": "no"}, 401))
    async with asyncio.timeout(10):
        with pytest.raises(AuthenticationFailed):
            await anext(updates)


async def test_leaving_in_a_pause_leaves_nothing(client: A2E, scripted: Scripted) -> None:
    job, updates = await paused(client, scripted)
    following = asyncio.create_task(anext(updates))
    await until(lambda: job._watch.awaited)
    following.cancel()
    with pytest.raises(asyncio.CancelledError):
        await following
    assert not job._watch.awaited
    # It can be gone on with.
    scripted.on("POST", VIDEO_DETAIL, ok([video(word="success")]))
    async with asyncio.timeout(10):
        assert (await anext(updates)).status is JobStatus.COMPLETED


async def test_a_pause_is_slept_through(
    client: A2E, scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = []
    change = Job._change

    async def counted(job: Job[Any], moment: float | None, *, only_end: bool) -> Any:
        waits.append(only_end)
        return await change(job, moment, only_end=only_end)

    monkeypatch.setattr(Job, "_change", counted)
    progressing(scripted)
    job = client.avatar_video.job("v")
    updates = job.updates(every=0.4)
    await progress_of(updates)
    await job.refresh()
    await progress_of(updates)
    # One wait for the first record, and one for the end of the pause.
    assert waits == [False, True]


@pytest.mark.parametrize("value", ["5", None, True, [1]])
@pytest.mark.parametrize("verb", ["updates", "watch"])
async def test_what_is_no_number_of_seconds(client: A2E, verb: str, value: Any) -> None:
    follow = getattr(client.text_to_image.job("a"), verb)
    with pytest.raises(TypeError, match=r"every: expected a number of seconds of at least 0"):
        follow(every=value)


@pytest.mark.parametrize("value", [-1, -0.1, math.nan, math.inf])
@pytest.mark.parametrize("verb", ["updates", "watch"])
async def test_seconds_out_of_bounds(client: A2E, verb: str, value: float) -> None:
    follow = getattr(client.text_to_image.job("a"), verb)
    with pytest.raises(ValueError, match=r"every: expected a number of seconds"):
        follow(every=value)
