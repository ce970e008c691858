"""The measuring of how long an event loop is held."""

from __future__ import annotations

import asyncio
import gc
import time

from benchmarks import bench_loop, report
from benchmarks.holding import watching


def _burn(seconds: float) -> None:
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        pass


async def _hold(seconds: float) -> None:
    await asyncio.sleep(0)
    _burn(seconds)


async def test_the_longest_callback_is_found_and_named() -> None:
    with watching() as held:
        await asyncio.gather(asyncio.create_task(_hold(0.03)), asyncio.create_task(_hold(0.001)))
    row = held.row()
    assert row["cpu_max"] >= 30
    assert row["turn_max"] >= row["cpu_max"]
    assert row["wall_max"] >= row["cpu_max"]
    assert row["longest"] == "a step of _hold"


async def test_what_others_do_is_no_time_of_a_callback() -> None:
    with watching() as held:
        await asyncio.to_thread(_burn, 0.03)
    assert held.row()["cpu_max"] < 30


async def test_a_full_collection_of_garbage_is_told_apart() -> None:
    with watching() as held:
        await asyncio.sleep(0)
        gc.collect()
        _burn(0.001)
        await asyncio.sleep(0)
    assert len(held.collecting) == 1
    assert held.row()["gc_max"] > held.row()["cpu_max"]


def test_what_is_over_a_limit_is_told() -> None:
    good = {"way": "list", "cpu_max": 9.0, "turn_max": 15.0, "longest": "a step"}
    results = {"first": {"start": 21.0}, "rows": [good, {**good, "turn_max": 25.0}]}
    assert bench_loop.missed(results) == [
        "the first start, CPU ms of one callback: 21, more than 20",
        "jobs looked at by list, CPU ms of one turn of the loop: 25, more than 20",
    ]


def test_the_results_become_a_sentence() -> None:
    row = {"cpu_max": 9.0, "turn_max": 15.0, "gc_max": 29.0}
    found = {"waiting": 1000, "downloads": 50, "first": {"start": 7.0}, "rows": [row]}
    words = report.with_tables(f"{report.BEGIN}{report.END}", {**report.stored(), "loop": found})
    assert "While 1,000 jobs waited" in words
    assert "for more than 9.0 ms" in words
