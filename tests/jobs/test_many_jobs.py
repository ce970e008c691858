"""What many jobs cost together, whatever the service makes of reading many at once."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from functools import cache
from itertools import cycle
from statistics import quantiles

import pytest

from a2e_async import Schedule
from a2e_async.errors import ConnectionFailed
from a2e_async.sandbox import Sandbox
from tests.support.simulated import (
    ABSENT,
    Answer,
    Rows,
    Run,
    Start,
    World,
    alone,
    image,
    lognormal,
    ok,
    preview,
    run,
    video,
)

DURATIONS = lognormal(100, seed=1)
STRANGERS: Rows = [
    {"_id": f"{n:024x}", "current_status": "completed", "status": "completed", "result": "x"}
    for n in range(10**6, 10**6 + 100)
]
Many = Callable[[Rows], Answer]


def absent(_: Rows) -> Answer:
    return ABSENT


def empty(_: Rows) -> Answer:
    return ok([])


def odd(_: Rows) -> Answer:
    return ok({"tasks": {"all": 5}})


def strangers(_: Rows) -> Answer:
    return ok(random.sample(STRANGERS, 50))


def html(_: Rows) -> Answer:
    return 200, b"<!DOCTYPE html>"


def broken(_: Rows) -> Answer:
    return 500, b'{"message": "oops"}'


def dropped(_: Rows) -> Answer:
    raise ConnectionFailed("dropped", sent=True)


def partial(rows: Rows) -> Answer:
    return ok(rows[::2])


def shuffled(rows: Rows) -> Answer:
    return ok({"rows": random.sample(rows, len(rows)), "count": len(rows)})


def bare(rows: Rows) -> Answer:
    """Say how tasks are, and show no result."""
    return ok([{key: row[key] for key in ("_id", "current_status")} for row in rows])


def now_and_then() -> Many:
    turns = cycle((shuffled, broken, partial, dropped, empty))

    def answer(rows: Rows) -> Answer:
        return next(turns)(rows)

    return answer


@cache
def alone_at_most(start: Start) -> int:
    return alone(DURATIONS, start)


def share(result: Run, percent: int) -> float:
    return quantiles(result.late.values(), n=100, method="inclusive")[percent - 1]


@pytest.mark.parametrize("listed", [shuffled, absent, broken, strangers])
@pytest.mark.parametrize(
    "batch",
    [absent, empty, odd, strangers, html, broken, dropped, partial, shuffled, bare, None],
)
def test_every_job_ends_and_costs_no_more_than_alone(batch: Many | None, listed: Many) -> None:
    world = World(DURATIONS)
    world.batch, world.listed = batch or now_and_then(), listed
    result = run(world, [image] * 100)
    assert len(result.late) == 100
    assert world.count("start") == 100
    assert len(world.looks) <= alone_at_most(image)


@pytest.mark.parametrize(
    "listed", [shuffled, absent, empty, odd, html, broken, dropped, partial, strangers, None]
)
def test_every_video_ends_and_costs_no_more_than_alone(listed: Many | None) -> None:
    world = World(DURATIONS)
    world.listed = listed or now_and_then()
    result = run(world, [video] * 100)
    assert len(result.late) == 100
    assert len(world.looks) <= alone_at_most(video)


@pytest.mark.parametrize("start", [image, video])
@pytest.mark.parametrize("listed", [absent, empty, odd, html, broken, strangers])
@pytest.mark.parametrize(("jobs", "median"), [(2, 6.0), (2, 550.0), (3, 550.0), (5, 250.0)])
def test_a_few_long_jobs_cost_no_more_than_alone(
    jobs: int, median: float, listed: Many, start: Start
) -> None:
    """What is of no use is not tried so often that it costs more than it could spare."""
    durations = lognormal(jobs, seed=1, median=median, sigma=0.1)
    world = World(durations)
    world.batch, world.listed = absent, listed
    assert len(run(world, [start] * jobs).late) == jobs
    # A few requests find out that there is nothing to be had.
    assert len(world.looks) <= alone(durations, start) + 10


@pytest.mark.parametrize("jobs", [2, 10, 100])
def test_what_can_only_be_read_one_by_one_costs_what_it_costs_alone(jobs: int) -> None:
    durations = lognormal(jobs, seed=2, median=30.0)
    world = World(durations)
    assert len(run(world, [preview] * jobs).late) == jobs
    assert {asked.kind for asked in world.looks} == {"detail"}
    assert len(world.looks) <= alone(durations, preview)


@pytest.mark.parametrize(
    ("start", "jobs", "each"), [(image, 100, 0.2), (image, 1000, 0.06), (video, 1000, 0.25)]
)
@pytest.mark.parametrize("queues", [True, False])
@pytest.mark.parametrize("seed", [1, 2])
def test_many_jobs_cost_few_requests(
    start: Start, jobs: int, each: float, queues: bool, seed: int
) -> None:
    result = run(World(lognormal(jobs, seed), queues=queues), [start] * jobs)
    assert len(result.late) == jobs
    assert len(result.world.looks) <= each * jobs


@pytest.mark.parametrize("queues", [True, False], ids=["with queue", "processing at once"])
@pytest.mark.parametrize("seed", [1, 2])
def test_the_news_of_many_jobs_comes_soon(queues: bool, seed: int) -> None:
    result = run(World(lognormal(1000, seed), queues=queues), [image] * 1000)
    assert share(result, 50) <= 0.6
    assert share(result, 95) <= 1.2


@pytest.mark.parametrize("start", [image, video])
@pytest.mark.parametrize("median", [6.0, 60.0, 300.0])
def test_news_is_late_by_a_small_part_of_what_a_job_took(start: Start, median: float) -> None:
    durations = lognormal(100, seed=3, median=median, sigma=0.3)
    result = run(World(durations), [start] * 100)
    for key, late in result.late.items():
        # Besides, a look itself takes its time.
        assert -0.001 <= late <= max(2.0, min(0.25 * durations[int(key, 16)], 15.0)) + 0.3


def test_jobs_that_were_not_started_together_share_looks() -> None:
    result = run(World(lognormal(300, seed=4)), [image] * 300, gap=0.1)
    assert len(result.late) == 300
    assert len(result.world.looks) <= 0.4 * 300
    assert share(result, 95) <= 2.0


@pytest.mark.parametrize("duration", [570.0, 600.0, 614.7])
def test_a_lone_job_of_ten_minutes(duration: float) -> None:
    result = run(World([duration]), [image])
    assert len(result.world.looks) <= 100
    assert max(result.late.values()) <= 10.0


def test_what_was_learned_of_the_first_jobs_spares_looks_at_the_next() -> None:
    world = World([120.0] * 40)
    run(world, [preview] * 40, gap=200.0)
    per_job = [0] * 40
    for asked in world.looks:
        per_job[int((asked.at - world.looks[0].at) // 200.0)] += 1
    assert sum(per_job[20:]) < 0.9 * 20 * per_job[0]


SPEED = 50.0


def most_looks(seconds: float) -> int:
    """Count the looks at a lone job when each interval is as short as it may be."""
    schedule, age, looks = Schedule(), 0.0, 0
    while age < seconds:
        age, looks = age + schedule.interval(age, 1.0), looks + 1
    return looks


@pytest.mark.parametrize("shape", ["list", "rows", "missing", "partial", "odd"])
async def test_the_sandbox_ends_every_job_at_little_cost(shape: str) -> None:
    durations = iter(lognormal(60, seed=5, median=20.0))
    async with (
        Sandbox(
            seed=1, speed=SPEED, batch_detail=shape, durations=lambda _: next(durations)
        ) as box,
        box.client() as a2e,
    ):
        jobs = [await a2e.text_to_image.start(prompt=f"{n}") for n in range(60)]
        async with asyncio.timeout(50):
            records = await asyncio.gather(*(job.wait() for job in jobs))
        assert all(record.outputs for record in records)
        looks = box.requests.total - box.requests.by_kind["start"]
        assert box.requests.by_kind["start"] == 60
    # A slow machine only makes for fewer looks.
    assert looks <= sum(most_looks(seconds) for seconds in lognormal(60, seed=5, median=20.0))
    if shape in ("list", "rows"):
        assert looks <= 60
