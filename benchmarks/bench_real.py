"""The same in real time, over real sockets to a server in another process, with the CPU it takes.

Run it with `nox -s bench -- real`.
"""

from __future__ import annotations

from typing import Any

from benchmarks.client import Client
from benchmarks.client_a2e import A2E_ASYNC
from benchmarks.clients import REAL, REAL_CROWD
from benchmarks.ending import finish
from benchmarks.measuring import measure, share, table
from benchmarks.service import lognormal

FEW = 200
CROWD = 1_000
SEED = 1
MEDIAN = 6.0
SIGMA = 0.5


def row_of(client: Client, jobs: int) -> dict[str, Any]:
    """Run so many jobs at once."""
    outcome = measure(client, jobs, lognormal(MEDIAN, SIGMA, SEED))
    lags = outcome.lags
    lag = {f"p{percent}": round(share(lags, percent), 3) for percent in (50, 95) if lags}
    return {
        "client": client.name,
        "jobs": jobs,
        "looks": round(outcome.looks_per_job, 3),
        **lag,
        "max": round(max(lags, default=0.0), 2),
        "lost": outcome.lost,
        "cpu_ms": round(outcome.cpu / jobs * 1000, 2),
    }


def main() -> None:
    """Measure, print, and fail if a job of ours is lost."""
    chosen = [(client, FEW) for client in REAL] + [(client, CROWD) for client in REAL_CROWD]
    rows = [row_of(client, jobs) for client, jobs in chosen]
    keys = ("client", "jobs", "looks", "p50", "p95", "max", "cpu_ms", "lost")
    print(table([keys, *([row.get(key, "-") for key in keys] for row in rows)]))
    ours = [row for row in rows if row["client"] == A2E_ASYNC.name]
    finish({"rows": rows}, (f"lost: {row['lost']}" for row in ours if row["lost"]))


if __name__ == "__main__":
    main()
