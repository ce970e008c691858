"""Requests per job and lateness of the news, on virtual time, beside other clients.

All clients see the same tasks, the same way to the service, and a CPU without end. Run it with
`nox -s bench -- waiting`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from benchmarks.client import Client
from benchmarks.client_a2e import A2E_ASYNC, A2E_VIDEO
from benchmarks.clients import SIMULATED
from benchmarks.ending import finish, over
from benchmarks.measuring import Outcome, share, simulate, spread, table
from benchmarks.service import lognormal

MEDIAN = 6.0
SIGMA = 0.5
# So many jobs at once, each as often as this with another seed.
OUR_RUNS = {1: 50, 100: 10, 1_000: 5, 10_000: 3}
# Each of the others looks at every job alone: the figures per job do not depend on the number.
RUNS = {1: 20, 100: 3, 1_000: 2}

MOST_LOOKS = {1_000: 0.06, 10_000: 0.03}
MOST_LAG = {"p50": 0.6, "p95": 1.2}


def measure(client: Client, jobs: int, seeds: int, median: float = MEDIAN) -> dict[str, Any]:
    """Run so many jobs at once, once for each seed."""
    outcomes = [
        simulate(client, jobs, lognormal(median, SIGMA, seed), seed) for seed in range(seeds)
    ]
    return {
        "client": client.name,
        "jobs": jobs,
        "median": median,
        "runs": seeds,
        "looks": spread(outcome.looks_per_job for outcome in outcomes),
        **_lags(outcomes),
        "lost": sum(sum(outcome.lost.values()) for outcome in outcomes),
    }


def _lags(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    together = [lag for outcome in outcomes for lag in outcome.lags]
    # A job alone has one lag; shares of them need the runs together.
    groups = [together] if outcomes[0].jobs == 1 else [outcome.lags for outcome in outcomes]
    return {
        "p50": spread(share(lags, 50) for lags in groups),
        "p95": spread(share(lags, 95) for lags in groups),
        "max": round(max(together), 2),
    }


def missed(row: dict[str, Any]) -> Iterator[str]:
    """Name the limits that a row of ours is over, in any of its runs."""
    what = f"{row['jobs']} jobs at once"
    if row["lost"]:
        yield f"{what}: {row['lost']} lost"
    if row["jobs"] in MOST_LOOKS:
        yield from over(f"{what}, requests per job", row["looks"][2], MOST_LOOKS[row["jobs"]])
        for name, limit in MOST_LAG.items():
            yield from over(f"{what}, lag {name} in s", row[name][2], limit)


def main() -> None:
    """Measure, print, and fail over a limit."""
    rows = [
        measure(client, jobs, seeds)
        for client in SIMULATED
        for jobs, seeds in (OUR_RUNS if client is A2E_ASYNC else RUNS).items()
    ]
    rows.append(measure(A2E_VIDEO, 1_000, 1, median=120.0))
    print(f"jobs at once, lognormal: median {MEDIAN:g} s, sigma {SIGMA:g}")
    head = ("client", "jobs", "requests per job", "lag p50", "p95", "max", "lost")
    keys = ("client", "jobs", "looks", "p50", "p95", "max", "lost")
    shown = [[_median(row[key]) for key in keys] for row in rows]
    print(table([head, *shown]))
    ours = [row for row in rows if row["client"] == A2E_ASYNC.name]
    finish({"rows": rows}, (words for row in ours for words in missed(row)))


def _median(value: Any) -> Any:
    return value[0] if isinstance(value, list) else value


if __name__ == "__main__":
    main()
