"""Waiting jobs in the order in which they are looked at."""

from __future__ import annotations

import asyncio
import random
from typing import Any

from a2e_async import Schedule
from a2e_async.jobs.line import Line
from a2e_async.jobs.watch import News, Watch
from a2e_async.status import JobStatus
from a2e_async.tasks import TextToImage

NEVER = float("inf")
PRODUCT = TextToImage.product


def line(company: float = 0.5) -> Line:
    return Line(PRODUCT, Schedule(company=company))


def watch(task_id: str, due: float, interval: float = 10.0) -> Watch[Any]:
    """Make the watch of a job that somebody waits for."""
    made: Watch[Any] = Watch(PRODUCT, task_id)
    made.due, made.interval = due, interval
    await_it(made)
    return made


def await_it(watch: Watch[Any]) -> asyncio.Future[News]:
    waiter: asyncio.Future[News] = asyncio.get_running_loop().create_future()
    watch.admit(waiter, changes=False)
    return waiter


def names(watches: list[Watch[Any]]) -> list[str]:
    return [watch.task_id for watch in watches]


async def test_nobody_waits() -> None:
    empty = line()
    assert empty.due() == NEVER
    assert empty.take(1e9, 200) == []
    empty.push(Watch(PRODUCT, "a"))
    assert empty.due() == NEVER


async def test_jobs_go_in_the_order_of_their_due_times() -> None:
    full = line(company=0.0)
    numbers = [*range(50)]
    random.Random(1).shuffle(numbers)
    for n in numbers:
        full.push(watch(f"{n}", float(n)))
    assert full.due() == 0.0
    assert names(full.take(9.5, 200)) == [f"{n}" for n in range(10)]
    assert full.due() == 10.0
    assert full.take(9.5, 200) == []


async def test_nobody_goes_before_somebody_is_due() -> None:
    full = line()
    for n in range(10):
        full.push(watch(f"{n}", 100.0 + n))
    assert full.take(99.9, 200) == []
    assert full.take(100.0, 200) != []


async def test_those_nearly_due_fill_the_places() -> None:
    full = line(company=0.5)
    for n in range(10):
        full.push(watch(f"{n}", 100.0 + n, interval=10.0))
    assert names(full.take(100.0, 200)) == [f"{n}" for n in range(6)]


async def test_there_are_so_many_places() -> None:
    full = line()
    for n in range(10):
        full.push(watch(f"{n}", 100.0 + n))
    assert names(full.take(100.0, 3)) == ["0", "1", "2"]
    assert full.due() == 103.0


async def test_a_job_alone_takes_nobody_along() -> None:
    full = line()
    for n in range(3):
        full.push(watch(f"{n}", 100.0 + n / 10))
    assert names(full.take(100.0, 1)) == ["0"]
    assert full.take(100.0, 1) == []


async def test_who_is_looked_at_stands_in_no_line() -> None:
    full = line()
    one = watch("a", 1.0)
    full.push(one)
    assert full.take(5.0, 200) == [one]
    assert one.looking
    full.push(one)
    assert full.take(5.0, 200) == []
    one.looking, one.due = False, 9.0
    full.push(one)
    assert full.due() == 9.0


async def test_what_is_out_of_date_is_dropped() -> None:
    full = line()
    later, ended, left, twice = (watch(name, 1.0) for name in ("later", "ended", "left", "twice"))
    for one in (later, ended, left, twice, twice):
        full.push(one)
    later.due = 50.0
    full.push(later)
    raw = {"_id": "ended", "current_status": "completed"}
    ended.keep(PRODUCT.read(raw))
    left._to_end[0].cancel()
    assert full.due() == 1.0
    assert names(full.take(2.0, 200)) == ["twice"]
    assert full.due() == 50.0


async def test_a_hurry_brings_looks_forward_only() -> None:
    full = line(company=0.0)
    soon, late, idle = watch("soon", 5.0), watch("late", 500.0), watch("idle", 500.0)
    for one in (soon, late, idle):
        full.push(one)
    idle._to_end[0].cancel()
    full.hurry([soon, late, idle], 10.0)
    assert (soon.due, late.due, idle.due) == (5.0, 10.0, 10.0)
    assert names(full.take(10.0, 200)) == ["soon", "late"]
    # Who comes back to it later waits for no more than the hurried look.
    await_it(idle)
    full.push(idle)
    assert names(full.take(10.0, 200)) == ["idle"]


async def test_a_hurry_reaches_a_job_that_nobody_has_waited_for() -> None:
    full = line()
    new: Watch[Any] = Watch(PRODUCT, "new")
    full.hurry([new], 10.0)
    assert new.due == 10.0
    assert full.due() == NEVER


async def test_all_who_wait_are_counted() -> None:
    full = line()
    for n in range(5):
        full.push(watch(f"{n}", 1.0))
    assert full.waiting == 5
    taken = full.take(1.0, 3)
    full.looking += len(taken)
    assert full.waiting == 5


async def test_tasks_in_the_queue_are_known_apart_from_those_under_way() -> None:
    full = line()
    queued, running = watch("queued", 1.0), watch("running", 1.0)
    queued.status, running.status = JobStatus.PENDING, JobStatus.PROCESSING
    for _ in range(50):
        full.typical(running).note(0.0, 5.0, ended=True)
    assert full.typical(running).rate(3.0, 0.01) > 10 * full.typical(queued).rate(3.0, 0.01)


async def test_a_mean_is_known_of_both() -> None:
    full = line()
    queued, running = watch("queued", 1.0), watch("running", 1.0)
    queued.status, running.status = JobStatus.PENDING, JobStatus.PROCESSING
    full.expect(60.0, 100.0)
    for one in (queued, running):
        assert full.typical(one).rate(60.0, 1e-6) > 0.01
