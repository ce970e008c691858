"""What a client learns of how old tasks are, and of how long they take."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from a2e_async import A2E, JobTimeout, Schedule
from tests.conftest import TOKEN
from tests.jobs.service import DETAIL, dated, image, iso
from tests.support.scripted import DROP, Reply, Scripted, Seen, html, ok, says
from tests.support.simulated import Asked, World, run

AVERAGE = "/api/v1/userImage2Video/avgProcessingTime"
CLIP = "/api/v1/userImage2Video/*"


async def looks_at_resumed(scripted: Scripted) -> int:
    """Wait a while for a job of another process; tell how often it was looked at."""
    schedule = Schedule(shortest=0.05, longest=20.0)
    async with A2E(TOKEN, base_url=scripted.base_url, schedule=schedule) as a2e:
        job = a2e.text_to_image.job("a")
        with pytest.raises(JobTimeout):
            await job.wait(timeout=1.5)
        assert job.record is not None
    return scripted.count("GET", DETAIL)


async def test_a_resumed_job_is_as_old_as_its_record_says(scripted: Scripted) -> None:
    scripted.on("GET", DETAIL, dated(image(createdAt=iso(-800))))
    assert await looks_at_resumed(scripted) == 1


@pytest.mark.parametrize(
    "reply",
    [
        ok(image()),
        ok(image(createdAt=iso(-900))),
        dated(image(createdAt="yesterday")),
        dated(image(createdAt=iso(+900))),
        dated(image(createdAt=iso(-8 * 3600))),
        dated(image(createdAt=None)),
    ],
    ids=["no age", "a clock of its own", "odd", "of the future", "of another zone", "null"],
)
async def test_a_resumed_job_of_unknown_age_counts_as_new(scripted: Scripted, reply: Reply) -> None:
    if "Date" not in reply.headers and b"createdAt" in reply.body:
        # aiohttp's server tells its own time, which is years before the record's.
        reply = Reply(reply.body.replace(b"2030", b"2930"))
    scripted.on("GET", DETAIL, reply)
    assert await looks_at_resumed(scripted) >= 4


async def clip_waits(a2e: A2E, jobs: int = 3) -> None:
    async with asyncio.timeout(20):
        await asyncio.gather(*(a2e.image_to_video.job(f"{n}").wait() for n in range(jobs)))


def clips(scripted: Scripted) -> None:
    def detail(seen: Seen) -> Reply:
        key = seen.path.rpartition("/")[2]
        words = "completed" if scripted.count("GET", seen.path) > 2 else "processing"
        return ok({"_id": key, "current_status": words, "result_url": "https://a.example/1.mp4"})

    scripted.on("GET", CLIP, detail).on("POST", CLIP, html(404))
    scripted.on("GET", "/api/v1/userImage2Video/allRecords", html(404))


@pytest.mark.parametrize(
    "answer",
    [
        ok({"avgProcessingTime": 40}),
        ok(40),
        ok("40"),
        ok("soon"),
        ok(None),
        ok(-5),
        ok(0),
        ok(1e300),
        ok({"avgProcessingTime": "nan"}),
        ok([1, 2]),
        ok({}),
        html(),
        html(404),
        says({}, 500),
        says({}, 429, Retry_After="0.01"),
        says({"code": 9, "message": "no"}),
        DROP,
        Reply(delay=30.0),
    ],
)
async def test_the_mean_is_asked_once_and_is_no_condition(
    client: A2E, scripted: Scripted, answer: Reply
) -> None:
    clips(scripted)
    scripted.on("GET", AVERAGE, answer)
    await clip_waits(client)
    await clip_waits(client, 5)
    # aiohttp itself asks once more where a connection was dropped.
    assert scripted.count("GET", AVERAGE) == (2 if answer.drop else 1)


async def test_the_mean_is_asked_by_those_who_wait_only(client: A2E, scripted: Scripted) -> None:
    clips(scripted)
    scripted.on("POST", "/api/v1/userImage2Video/start", ok({"_id": "a"}))
    await client.image_to_video.start(
        image_url="https://x.com/a.png", name="a", prompt="x", negative_prompt="y"
    )
    await client.image_to_video.job("a").refresh()
    assert scripted.count("GET", AVERAGE) == 0


def test_a_mean_that_is_told_spares_looks() -> None:
    def looks(mean: float | None) -> list[Asked]:
        world = World([300.0] * 5, mean=mean)

        async def clip(a2e: A2E) -> Any:
            return await a2e.image_to_video.start(
                image_url="https://x.com/a.png", name="a", prompt="x", negative_prompt="y"
            )

        result = run(world, [clip])
        assert max(result.late.values()) <= 10.0
        assert world.count("mean") == 1
        return [asked for asked in world.looks if asked.kind == "detail"]

    assert len(looks(300.0)) < len(looks(None))
