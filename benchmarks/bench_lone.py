"""Requests for one long job of unknown length, and how late its end is known, on virtual time.

Run it with `nox -s bench -- lone`.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from typing import Any

from benchmarks.client import Client
from benchmarks.client_a2e import A2E_PATIENT
from benchmarks.clients import PATIENT
from benchmarks.ending import finish, over
from benchmarks.measuring import simulate, spread, table

# So many minutes, give or take this share of them, each job by itself with a new client.
MINUTES = (10, 60)
AROUND = 0.05
OUR_JOBS = 300
THEIR_JOBS = {10: 10, 60: 3}
# Steps of this share of the range fall evenly into it, and in step with no interval.
_GOLDEN = 0.6180339887

MOST_LOOKS = 100
MOST_MEAN_LAG = 5.0
MOST_LAG = 10.0


def measure(client: Client, minutes: int, jobs: int) -> dict[str, Any]:
    """Run jobs one by one, each with a new client and another seed."""
    durations = [60.0 * minutes * (1 + AROUND * (2 * (k * _GOLDEN % 1) - 1)) for k in range(jobs)]
    outcomes = [simulate(client, 1, [duration], seed) for seed, duration in enumerate(durations)]
    lags = [lag for outcome in outcomes for lag in outcome.lags]
    return {
        "client": client.name,
        "minutes": minutes,
        "jobs": jobs,
        "looks": spread(outcome.looks for outcome in outcomes),
        "mean": round(statistics.mean(lags), 2),
        "max": round(max(lags), 2),
    }


def missed(row: dict[str, Any]) -> Iterator[str]:
    """Name the limits that a row of ours is over."""
    what = f"a lone job of {row['minutes']} minutes"
    yield from over(f"{what}, requests", row["looks"][2], MOST_LOOKS)
    yield from over(f"{what}, mean lag in s", row["mean"], MOST_MEAN_LAG)
    yield from over(f"{what}, lag in s", row["max"], MOST_LAG)


def main() -> None:
    """Measure, print, and fail over a limit."""
    rows = [
        measure(client, minutes, OUR_JOBS if client is A2E_PATIENT else THEIR_JOBS[minutes])
        for minutes in MINUTES
        for client in PATIENT
    ]
    head = ("client", "minutes", "requests", "mean lag", "max lag")
    shown = [(r["client"], r["minutes"], r["looks"][0], r["mean"], r["max"]) for r in rows]
    print(table([head, *shown]))
    ours = [row for row in rows if row["client"] == A2E_PATIENT.name and row["minutes"] == 10]
    finish({"rows": rows}, (words for row in ours for words in missed(row)))


if __name__ == "__main__":
    main()
