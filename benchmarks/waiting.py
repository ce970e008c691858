"""Many jobs that wait, in this process."""

from __future__ import annotations

import asyncio
import gc
import random
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from a2e_async import A2E, Job
from benchmarks import virtual, wire_a2e
from benchmarks.client import Target
from benchmarks.client_a2e import client_on, start_image
from benchmarks.local_server import report_of, simulating
from benchmarks.measuring import SIMULATED, lags, share
from benchmarks.service import Network, Service

# So many starts are under way at once; the waiting is measured, not a crowd of starts.
AT_ONCE = 200
# Seconds in which all have been started.
STARTING = 30.0
# Seconds that all jobs have waited when the measuring begins: looks are as rare by then as they
# become in ten minutes. Then how long it takes, and in which time a few jobs end after it.
AGE = 120.0
WINDOW = 60.0
ENDING = 30.0
_ENDING_JOBS = 500
_NEVER = 1e9
_KB = 1024


def in_virtual_time(jobs: int) -> dict[str, Any]:
    """Let jobs wait on virtual time; give what it cost."""
    random.seed(jobs)

    async def main() -> dict[str, Any]:
        service = Service(_durations(jobs), asyncio.get_running_loop().time)
        network = Network(service, wire_a2e.answer)

        async with client_on(Target(SIMULATED, network)) as a2e:
            waiting = Waiting(a2e, jobs)
            await waiting.begin()
            row = await waiting.measure(lambda: service.looks, lambda: network.cpu)
            ends = {job_id: service.ends[int(job_id, 16)] for job_id in await waiting.ended()}
        return {"time": "virtual", **row, **_late(lags(waiting.seen, ends))}

    return virtual.run(main())


def in_real_time(jobs: int) -> dict[str, Any]:
    """Let jobs wait in real time, on a server in another process; give what it cost."""
    random.seed(jobs)

    async def main(base_url: str) -> dict[str, Any]:
        async with client_on(Target(base_url)) as a2e:
            waiting = Waiting(a2e, jobs)
            await waiting.begin()
            row = await waiting.measure(lambda: report_of(base_url)[0], lambda: 0.0)
            await waiting.ended()
        _, ends = report_of(base_url)
        return {"time": "real", **row, **_late(lags(waiting.seen, ends))}

    with simulating(wire_a2e.answer, [*islice(_durations(jobs), jobs)]) as base_url:
        return asyncio.run(main(base_url))


class Waiting:
    """Jobs of one client, each awaited by a task of its own.

    Attributes:
        seen: when the results came of those that ended, by their ids.
    """

    def __init__(self, a2e: A2E, jobs: int) -> None:
        self.seen: dict[str, float] = {}
        self._a2e = a2e
        self._jobs = jobs
        self._ending = len(range(0, jobs, _each(jobs)))
        self._tasks: list[asyncio.Task[None]] = []
        gc.collect()
        self._before = memory("VmRSS")

    async def begin(self) -> None:
        """Start all jobs, and wait until they have waited for a while."""
        turns = iter(range(self._jobs))
        await asyncio.gather(*(self._start(turns) for _ in range(AT_ONCE)))
        await asyncio.sleep(AGE)

    async def _start(self, turns: Iterator[int]) -> None:
        for _ in turns:
            job = await start_image(self._a2e)
            self._tasks.append(asyncio.create_task(self._wait(job)))

    async def _wait(self, job: Job[Any]) -> None:
        await job
        self.seen[job.id] = asyncio.get_running_loop().time()

    async def measure(
        self, looks: Callable[[], int], foreign: Callable[[], float]
    ) -> dict[str, Any]:
        """Watch the jobs wait.

        Args:
            looks: tells how many requests there were besides the starts.
            foreign: tells CPU seconds of this process that are not the client's.
        """
        asked, begun = looks(), time.process_time() - foreign()
        await asyncio.sleep(WINDOW)
        cpu = time.process_time() - foreign() - begun
        return {
            "jobs": self._jobs,
            "cpu": round(cpu / WINDOW, 5),
            "looks_per_second": round((looks() - asked) / WINDOW, 3),
            "memory": round(memory("VmHWM"), 1),
            "per_job": round((memory("VmRSS") - self._before) / self._jobs * _KB, 2),
        }

    async def ended(self) -> dict[str, float]:
        """Wait for the jobs that end, leave the others, and give `seen`."""
        while len(self.seen) < self._ending:  # noqa: ASYNC110  (they end over a whole minute)
            await asyncio.sleep(1.0)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        return self.seen


def _durations(jobs: int) -> Iterator[float]:
    """Let a few jobs end once the measuring is over, and the others never."""
    each = _each(jobs)
    quiet = STARTING + AGE + WINDOW
    for number in range(jobs):
        yield quiet + random.uniform(0.0, ENDING) if number % each == 0 else _NEVER


def _each(jobs: int) -> int:
    """Tell which of the jobs end: one of so many."""
    return -(-jobs // _ENDING_JOBS)


def _late(found: list[float]) -> dict[str, float]:
    shares = {f"p{percent}": round(share(found, percent), 3) for percent in (50, 95)}
    return {**shares, "max": round(max(found), 2)}


def memory(field: str) -> float:
    """Tell the resident memory of this process in MB: ``VmRSS`` now, ``VmHWM`` at its peak."""
    status = Path("/proc/self/status").read_text("ascii")
    line = next(line for line in status.splitlines() if line.startswith(f"{field}:"))
    return int(line.split()[1]) / _KB
