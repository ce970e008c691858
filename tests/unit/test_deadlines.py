"""When waits are given up: many of them in one heap."""

from __future__ import annotations

import asyncio
import random

from a2e_async.jobs.deadlines import Deadlines
from a2e_async.jobs.watch import News, OutOfTime

NEVER = float("inf")


def waiters(count: int) -> list[asyncio.Future[News]]:
    loop = asyncio.get_running_loop()
    return [loop.create_future() for _ in range(count)]


def over(waits: list[asyncio.Future[News]]) -> list[bool]:
    return [wait.done() and isinstance(wait.result(), OutOfTime) for wait in waits]


async def test_there_is_none() -> None:
    deadlines = Deadlines()
    assert deadlines.next() == NEVER
    deadlines.expire(1e9)


async def test_waits_are_given_up_in_their_order() -> None:
    deadlines, waits = Deadlines(), waiters(50)
    ends = [float(n) for n in range(50)]
    random.Random(1).shuffle(ends)
    for end, wait in zip(ends, waits, strict=True):
        deadlines.add(end, wait)
    for now in (0.0, 0.5, 7.0, 24.9, 49.0):
        deadlines.expire(now)
        assert over(waits) == [end <= now for end in ends]
        assert deadlines.next() == (now // 1 + 1 if now < 49 else NEVER)


async def test_waits_of_the_same_moment_end_together() -> None:
    deadlines, waits = Deadlines(), waiters(3)
    for wait in waits:
        deadlines.add(5.0, wait)
    deadlines.expire(4.999)
    assert over(waits) == [False] * 3
    deadlines.expire(5.0)
    assert over(waits) == [True] * 3


async def test_waits_that_have_ended_are_passed_by() -> None:
    deadlines, (told, cancelled, waiting) = Deadlines(), waiters(3)
    for end, wait in enumerate((told, cancelled, waiting)):
        deadlines.add(float(end), wait)
    told.set_result(None)
    cancelled.cancel()
    assert deadlines.next() == 2.0
    deadlines.expire(2.0)
    assert told.result() is None
    assert cancelled.cancelled()
    assert over([waiting]) == [True]


async def test_waits_that_have_ended_take_no_room() -> None:
    """Jobs that end long before their deadline must not pile up until then."""
    deadlines = Deadlines()
    for n in range(20_000):
        (wait,) = waiters(1)
        deadlines.add(1e6 + n, wait)
        wait.set_result(None)
        assert len(deadlines._heap) <= 1_000
    assert deadlines.next() == NEVER


async def test_sweeping_keeps_those_that_wait() -> None:
    deadlines, waiting = Deadlines(), waiters(3_000)
    for n, wait in enumerate(waiting):
        deadlines.add(float(n), wait)
    for n in range(20_000):
        (short,) = waiters(1)
        deadlines.add(1e6 - n, short)
        short.cancel()
        assert len(deadlines._heap) <= 2 * len(waiting) + 1_000
    for now in (0.0, 1_499.5, 2_999.0):
        deadlines.expire(now)
        assert over(waiting) == [n <= now for n in range(3_000)]
