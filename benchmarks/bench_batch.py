"""A bulk run on the embedded sandbox: items per second, what the journal costs, and the memory.

The sandbox's tasks end at once, in this process. What the journal costs is the CPU of its thread;
beside it stands what a run with a journal takes more than one without, which holds the wake-ups of
a loop that waits for the disk as well. The memory is that of a client whose sandbox is in another
process. Run it with `nox -s bench -- batch`.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from unittest import mock

import attrs

from a2e_async import A2E, TextToImage
from a2e_async.journal.worker import Worker
from a2e_async.sandbox import Sandbox
from benchmarks.ending import finish, over
from benchmarks.report import FIRST_ITEMS
from benchmarks.waiting import memory

ITEMS = 10_000
ROUNDS = 5
IN_FLIGHT = 64
FIRST = FIRST_ITEMS
"""Items after which the memory is that of a run under way."""

LEAST_PER_SECOND = 300
MOST_JOURNAL = 0.15
MOST_GROWTH_MB = 8
TOKEN = "sk_bench"


@attrs.define
class Thread:
    """CPU seconds of the journal's thread."""

    seconds: float = 0.0

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Count what the threads of journals take that are opened meanwhile."""
        run = Worker._run  # noqa: SLF001

        def counting(worker: Worker) -> None:
            begun = time.thread_time()
            run(worker)
            self.seconds += time.thread_time() - begun

        with mock.patch.object(Worker, "_run", counting):
            yield


@attrs.frozen
class Costs:
    """What a run has cost, in seconds."""

    wall: float
    cpu: float
    thread: float


def instant() -> Sandbox:
    """Make a sandbox whose tasks end at once."""
    return Sandbox(durations=0.0, coins=10**9, token=TOKEN)


async def run(a2e: A2E, items: int, journal: Path | None) -> Costs:
    """Run so many items."""
    thread = Thread()
    with thread.counted():
        wall, cpu = time.perf_counter(), time.process_time()
        requests = (TextToImage(prompt=f"a red fox, number {n}") for n in range(items))
        async for outcome in a2e.batch(requests, in_flight=IN_FLIGHT, journal=journal):
            if outcome.error is not None:
                raise outcome.error
        return Costs(time.perf_counter() - wall, time.process_time() - cpu, thread.seconds)


async def in_one_process() -> tuple[list[Costs], list[Costs]]:
    """Run with a journal and without, in turns."""
    kept, unkept = [], []
    async with instant() as sandbox, sandbox.client() as a2e:
        await run(a2e, 500, None)
        for number in range(ROUNDS):
            with tempfile.TemporaryDirectory() as folder:
                kept.append(await run(a2e, ITEMS // ROUNDS, Path(folder) / f"{number}.db"))
            unkept.append(await run(a2e, ITEMS // ROUNDS, None))
    return kept, unkept


def _serve(pipe: Connection) -> None:
    async def main() -> None:
        async with instant() as sandbox:
            pipe.send(sandbox.base_url)
            await asyncio.to_thread(pipe.recv)

    asyncio.run(main())


async def growth() -> float:
    """Measure by how many MB a client grows from the first items to the last."""
    here, there = multiprocessing.Pipe()
    context = multiprocessing.get_context("spawn")
    server = context.Process(target=_serve, args=(there,), daemon=True)
    server.start()
    before = 0.0
    url = await asyncio.to_thread(here.recv)
    with tempfile.TemporaryDirectory() as folder:
        async with A2E(TOKEN, base_url=url) as a2e:
            requests = (TextToImage(prompt=f"a red fox, number {n}") for n in range(ITEMS))
            batch = a2e.batch(requests, in_flight=IN_FLIGHT, journal=Path(folder) / "journal.db")
            done = 0
            async for outcome in batch:
                assert outcome.ok
                done += 1
                if done == FIRST:
                    before = memory("VmRSS")
            after = memory("VmRSS")
    here.send(None)
    server.join()
    return after - before


def main() -> None:
    """Measure, print, and fail over a limit."""
    kept, unkept = asyncio.run(in_one_process())
    items = ITEMS // ROUNDS
    rate = items / statistics.median(costs.wall for costs in kept)
    share = statistics.median(costs.thread / costs.cpu for costs in kept)
    with_it, without = (
        statistics.median(costs.cpu for costs in rounds) / items * 1000 for rounds in (kept, unkept)
    )
    grown = asyncio.run(growth())
    print(f"{rate:.0f} items a second with a journal; the journal's thread {share:.1%} of the CPU")
    print(f"CPU per item {with_it:.2f} ms with a journal, {without:.2f} ms without")
    print(f"memory from item {FIRST:,} to {ITEMS:,}: {grown:+.1f} MB")
    results: dict[str, Any] = {
        "items": ITEMS,
        "in_flight": IN_FLIGHT,
        "per_second": round(rate),
        "journal": round(share, 3),
        "cpu_ms": [round(with_it, 2), round(without, 2)],
        "growth_mb": round(grown, 1),
    }
    misses = [
        *over("the journal's share of the CPU", share, MOST_JOURNAL),
        *over("MB of growth", grown, MOST_GROWTH_MB),
        *over("seconds per item", 1 / rate, 1 / LEAST_PER_SECOND),
    ]
    finish(results, misses)


if __name__ == "__main__":
    main()
