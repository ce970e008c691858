"""Following a job."""

from __future__ import annotations

import asyncio

import pytest

from a2e_async import A2E, AuthenticationFailed, JobStatus, JobTimeout
from tests.jobs.service import DETAIL, START, VIDEO_DETAIL, image, until, video
from tests.support.scripted import Scripted, ok, says


async def test_changes_only_and_an_end(client: A2E, scripted: Scripted) -> None:
    words = ["sent", "sent", "pending", "processing", "processing", "completed"]
    scripted.on("GET", DETAIL, *(ok(image(word=word)) for word in words))
    seen = [record.current_status async for record in client.text_to_image.job("a").updates()]
    assert seen == ["sent", "pending", "processing", "completed"]


async def test_the_first_is_what_is_known(client: A2E, scripted: Scripted) -> None:
    scripted.on("POST", START, ok(image(word="initialized")))
    scripted.on("GET", DETAIL, ok(image(word="initialized")), ok(image(word="completed")))
    job = await client.text_to_image.start(prompt="x")
    updates = job.updates()
    assert await anext(updates) is job.record
    assert (await anext(updates)).status is JobStatus.COMPLETED
    for _ in range(2):
        with pytest.raises(StopAsyncIteration):
            await anext(updates)


async def test_progress_is_a_change(client: A2E, scripted: Scripted) -> None:
    steps = [video(process=5), video(process=5), video(process=50), video(word="success")]
    scripted.on("POST", VIDEO_DETAIL, *(ok([step]) for step in steps))
    progress = [r.progress async for r in client.avatar_video.job("v").updates()]
    assert progress == [5, 50, None]


async def test_a_failure_is_the_last_update(client: A2E, scripted: Scripted) -> None:
    scripted.on("GET", DETAIL, ok(image()), ok(image(word="failed")))
    seen = [r.status async for r in client.text_to_image.job("a").updates()]
    assert seen == [JobStatus.PROCESSING, JobStatus.FAILED]


async def test_leaving_early_leaves_nothing(client: A2E, scripted: Scripted) -> None:
    scripted.on("GET", DETAIL, ok(image()))
    job = client.text_to_image.job("a")
    async for _ in job.updates():
        break
    assert not job._watch.awaited
    looks = scripted.count("GET", DETAIL)
    await asyncio.sleep(0.2)
    assert scripted.count("GET", DETAIL) <= looks + 1


async def test_the_limit_counts_from_the_first_step(client: A2E, scripted: Scripted) -> None:
    scripted.on("GET", DETAIL, ok(image()))
    updates = client.text_to_image.job("a").updates(timeout=0.3)
    await asyncio.sleep(0.2)
    assert (await anext(updates)).status is JobStatus.PROCESSING
    with pytest.raises(JobTimeout):
        await anext(updates)


async def test_errors_are_raised(client: A2E, scripted: Scripted) -> None:
    scripted.on("GET", DETAIL, ok(image()), says({"message": "no"}, 401))
    updates = client.text_to_image.job("a").updates()
    await anext(updates)
    with pytest.raises(AuthenticationFailed):
        await anext(updates)


async def test_followers_and_waiters_share_the_looks(client: A2E, scripted: Scripted) -> None:
    words = ["sent", "processing", "processing", "completed"]
    scripted.on("GET", DETAIL, *(ok(image(word=word)) for word in words))
    job = client.text_to_image.job("a")

    async def follow() -> list[str | None]:
        return [record.current_status async for record in job.updates()]

    one, other, record = await asyncio.gather(follow(), follow(), job.wait())
    assert one == other == ["sent", "processing", "completed"]
    assert record.status is JobStatus.COMPLETED
    assert scripted.count("GET", DETAIL) == 4


async def test_a_refresh_is_news_to_a_follower(client: A2E, scripted: Scripted) -> None:
    scripted.on("GET", DETAIL, ok(image(word="sent")), ok(image(word="completed")))
    job = client.text_to_image.job("a")
    updates = job.updates()
    await anext(updates)
    following = asyncio.create_task(anext(updates))
    await until(lambda: job._watch.awaited)
    await job.refresh()
    assert (await following).status is JobStatus.COMPLETED
