"""Looks have a budget of their own: they crowd out neither starts nor each other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import aiohttp
import pytest

from a2e_async import A2E, Schedule
from benchmarks import virtual
from tests.conftest import TOKEN
from tests.jobs.service import START, image, until
from tests.support import simulated
from tests.support.scripted import Reply, Scripted, ok
from tests.support.simulated import (
    ABSENT,
    Answer,
    Client,
    Rows,
    Run,
    Start,
    World,
    busiest,
    lognormal,
    preview,
    run,
    video,
)

PREVIEW = "/api/v1/userFaceSwapPreview/status"
RATE = 5.0
FEW = Schedule(requests_per_second=RATE)
# What may go at once, in seconds' worth, and how far the network moves requests together.
AT_ONCE = 8.0
SHIFT = 0.1


def hold(world: World, *, most: int = 1) -> None:
    """Hold the requests besides the starts against the budget; one look may overdraw it."""
    moments = [asked.at for asked in world.looks]
    for seconds in (0.5, 1.0, 5.0, 20.0, 100.0):
        allowed = RATE * (seconds + SHIFT + AT_ONCE) + most
        assert busiest(moments, seconds) <= allowed, f"in {seconds} s"


def half(rows: Rows) -> Answer:
    return simulated.ok(rows[::2])


def bare(rows: Rows) -> Answer:
    return simulated.ok([{key: row[key] for key in ("_id", "current_status")} for row in rows])


def absent(_: Rows) -> Answer:
    return ABSENT


def broken(_: Rows) -> Answer:
    return 200, b"<!DOCTYPE html>"


@pytest.mark.parametrize("start", [preview, simulated.image, video])
def test_the_budget_holds(start: Start) -> None:
    world = World(lognormal(300, 1, median=30.0))
    assert len(run(world, [start] * 300, schedule=FEW).late) == 300
    hold(world, most=4)


@pytest.mark.parametrize(("batch", "listed"), [(half, absent), (bare, absent), (broken, absent)])
def test_the_budget_holds_where_reading_many_at_once_is_of_little_use(
    batch: Callable[[Rows], Answer], listed: Callable[[Rows], Answer]
) -> None:
    """What is read one by one after a batch costs as much as any other request."""
    world = World(lognormal(600, 1, median=60.0))
    world.batch, world.listed = batch, listed
    assert len(run(world, [simulated.image] * 600, schedule=FEW).late) == 600
    # A round may overdraw by what it reads one by one; its debt delays the next.
    hold(world, most=600)


def test_the_budget_holds_where_the_list_has_holes() -> None:
    world = World(lognormal(600, 1, median=60.0))
    world.listed = half
    assert len(run(world, [video] * 600, schedule=FEW).late) == 600
    hold(world, most=600)


def test_a_crowd_in_one_family_holds_up_no_other() -> None:
    """The previews of this crowd cost more than the budget for minutes."""

    async def main() -> tuple[Run, Run]:
        crowd = World([300.0] * 400)
        crowd_run, other_run = Run(crowd), Run(crowd)
        async with Client(crowd, FEW) as a2e:
            waits = [asyncio.create_task(crowd_run.job(await preview(a2e))) for _ in range(400)]
            crowd.durations = iter([40.0] * 2)
            jobs = [await start(a2e) for start in (simulated.image, video)]
            await asyncio.gather(*(other_run.job(job) for job in jobs))
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)
        return crowd_run, other_run

    crowd_run, other_run = virtual.run(main())
    hold(crowd_run.world, most=4)
    assert len([asked for asked in crowd_run.world.looks if asked.path == PREVIEW]) > 150
    assert max(other_run.late.values()) <= 0.1 * 40.0 + 2 / RATE + 1.0


def test_all_of_a_crowd_are_looked_at_in_turn() -> None:
    """However small the budget, no job is forgotten for others of its family."""
    world = World([10.0] * 200)
    result = run(world, [preview] * 200, schedule=Schedule(requests_per_second=2.0))
    assert len(result.late) == 200
    assert max(result.late.values()) <= 2 * 200 / 2.0


@pytest.fixture
async def few_connections() -> AsyncIterator[aiohttp.ClientSession]:
    connector = aiohttp.TCPConnector(limit=8)
    async with aiohttp.ClientSession(connector=connector) as session:
        yield session


@pytest.mark.parametrize("families", [1, 3])
async def test_looks_never_starve_starts(
    scripted: Scripted, few_connections: aiohttp.ClientSession, families: int
) -> None:
    """Looks that hang leave a connection for starts, however few there are."""
    scripted.on("GET", "*", Reply(delay=60.0)).on("POST", "/*", Reply(delay=60.0))
    scripted.on("POST", START, ok(image()))
    async with A2E(TOKEN, base_url=scripted.base_url, session=few_connections) as a2e:
        kinds = ("face_swap_preview", "avatar_video", "dubbing")[:families]
        jobs = [a2e.family(kind).job(f"{n:024x}") for kind in kinds for n in range(500)]
        waits = [asyncio.create_task(job.wait()) for job in jobs]
        await until(lambda: len(scripted.seen) >= families)
        await asyncio.sleep(0.3)
        async with asyncio.timeout(8):
            await a2e.text_to_image.start(prompt="x")
        for wait in waits:
            wait.cancel()
        await asyncio.gather(*waits, return_exceptions=True)


async def test_hanging_looks_of_many_families_starve_no_start(scripted: Scripted) -> None:
    """The client's own connections are a hundred, and there are more families than ten."""
    scripted.on("GET", "*", Reply(delay=60.0)).on("POST", "/*", Reply(delay=60.0))
    scripted.on("POST", START, ok(image()))
    async with A2E(TOKEN, base_url=scripted.base_url) as a2e:
        kinds = [kind for kind in a2e.kinds() if kind != "text_to_image"]
        jobs = [a2e.family(kind).job(f"{n:024x}") for kind in kinds for n in range(20)]
        waits = [asyncio.create_task(job.wait()) for job in jobs]
        await asyncio.sleep(1.0)
        async with asyncio.timeout(8):
            await a2e.text_to_image.start(prompt="x")
        for wait in waits:
            wait.cancel()
        await asyncio.gather(*waits, return_exceptions=True)
