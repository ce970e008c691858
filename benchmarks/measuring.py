"""Jobs that are run at once, and when the code that waits for each of them has its result."""

from __future__ import annotations

import asyncio
import random
import statistics
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

import attrs

from benchmarks import virtual
from benchmarks.client import Client, Run, Target
from benchmarks.local_server import report_of, simulating
from benchmarks.service import Network, Service

SIMULATED = "https://simulated.example"


@attrs.frozen
class Outcome:
    """What some jobs that were run at once have cost.

    Attributes:
        jobs: how many jobs were started.
        looks: how many requests were sent besides the starts.
        lags: for each job with a result, the seconds from its end to the result.
        lost: how many jobs ended with an error instead, by its name.
        cpu: CPU seconds of the client; in virtual time those of the simulation too.
    """

    jobs: int
    looks: int
    lags: Sequence[float]
    lost: dict[str, int]
    cpu: float

    @property
    def looks_per_job(self) -> float:
        """Requests besides the start, for each job."""
        return self.looks / self.jobs


@attrs.frozen
class Timed:
    """When the results came, by the ids of their jobs, and what came instead of the others."""

    seen: dict[str, float]
    lost: dict[str, int]


async def at_once(run: Run, jobs: int) -> Timed:
    """Run so many jobs at once."""
    now = asyncio.get_running_loop().time
    seen: dict[str, float] = {}
    lost: Counter[str] = Counter()

    async def one() -> None:
        try:
            task_id = await run()
        except Exception as error:  # noqa: BLE001  (whatever a client raises, the job is lost)
            lost[type(error).__name__] += 1
        else:
            seen[task_id] = now()

    await asyncio.gather(*(one() for _ in range(jobs)))
    return Timed(seen, dict(lost))


def simulate(client: Client, jobs: int, durations: Iterable[float], seed: int) -> Outcome:
    """Run jobs at once on virtual time, against the simulated service."""

    async def main() -> Outcome:
        service = Service(durations, asyncio.get_running_loop().time)
        network = Network(service, client.wire, seed)
        async with client.opened(Target(SIMULATED, network)) as run:
            service.looks = 0
            begun = time.process_time()
            timed = await at_once(run, jobs)
            cpu = time.process_time() - begun - network.cpu
        ends = {task_id: service.ends[int(task_id, 16)] for task_id in timed.seen}
        return Outcome(jobs, service.looks, lags(timed.seen, ends), timed.lost, cpu)

    random.seed(seed)
    return virtual.run(main())


def measure(client: Client, jobs: int, durations: Iterable[float]) -> Outcome:
    """Run jobs at once in real time, against a local server in another process."""
    chosen = [*islice(durations, jobs)]

    async def main(base_url: str) -> Outcome:
        async with client.opened(Target(base_url)) as run:
            before, _ = report_of(base_url)
            begun = time.process_time()
            timed = await at_once(run, jobs)
            cpu = time.process_time() - begun
        looks, ends = report_of(base_url)
        return Outcome(jobs, looks - before, lags(timed.seen, ends), timed.lost, cpu)

    with simulating(client.wire, chosen) as base_url:
        return asyncio.run(main(base_url))


def lags(seen: dict[str, float], ends: dict[str, float]) -> list[float]:
    """Give for each result by how many seconds it came after the task's end."""
    return [moment - ends[task_id] for task_id, moment in seen.items()]


def share(values: Sequence[float], percent: int) -> float:
    """Give the value that so many percent of the values do not exceed."""
    if len(values) == 1:
        return values[0]
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def spread(values: Iterable[float]) -> list[float]:
    """Give median, least and greatest of what several runs have shown."""
    found = sorted(values)
    return [round(value, 4) for value in (statistics.median(found), found[0], found[-1])]


def table(rows: Sequence[Sequence[Any]]) -> str:
    """Write rows in columns, numbers rounded."""
    texts = [[_short(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    lines = ("  ".join(t.rjust(w) for t, w in zip(row, widths, strict=True)) for row in texts)
    return "\n".join(lines)


def _short(cell: Any) -> str:
    return f"{cell:.3g}" if isinstance(cell, float) else str(cell)
