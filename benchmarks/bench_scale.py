"""What up to 100,000 waiting jobs cost while nothing happens: CPU, requests and memory.

Each number has a fresh process, and virtual time; the CPU is that of the client with its JSON, and
without sockets. Then real sockets confirm it. Run it with `nox -s bench -- scale`.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from benchmarks.ending import finish, over
from benchmarks.measuring import table
from benchmarks.waiting import in_real_time, in_virtual_time

JOBS = (1, 10, 100, 1_000, 10_000, 100_000)
REAL_JOBS = 10_000

MOST_CPU = 0.20
MOST_MEMORY = 300.0


def in_fresh_process(jobs: int, *, real: bool = False) -> dict[str, Any]:
    """Measure in a process that has done nothing else."""
    command = [sys.executable, "-m", "benchmarks.bench_scale", "--jobs", str(jobs)]
    done = subprocess.run(
        [*command, "--real"] if real else command, check=True, stdout=subprocess.PIPE, text=True
    )
    row: dict[str, Any] = json.loads(done.stdout)
    return row


def missed(row: dict[str, Any]) -> Iterator[str]:
    """Name the limits that a row is over; they are those of the most jobs."""
    what = f"{row['jobs']} waiting jobs"
    yield from over(f"{what}, share of one core", row["cpu"], MOST_CPU)
    yield from over(f"{what}, MB in all", row["memory"], MOST_MEMORY)


def main() -> None:
    """Measure, print, and fail over a limit."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--jobs", type=int)
    parser.add_argument("--real", action="store_true")
    chosen = parser.parse_args()
    if chosen.jobs:
        print(json.dumps((in_real_time if chosen.real else in_virtual_time)(chosen.jobs)))
        return
    rows = [in_fresh_process(jobs) for jobs in JOBS]
    rows.append(in_fresh_process(REAL_JOBS, real=True))
    keys = ("jobs", "time", "cpu", "looks_per_second", "p50", "p95", "max", "memory", "per_job")
    print(table([keys, *([row[key] for key in keys] for row in rows)]))
    finish({"rows": rows}, (words for row in rows for words in missed(row)))


if __name__ == "__main__":
    main()
