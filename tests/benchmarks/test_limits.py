"""The promises about many jobs, kept by the real client on virtual time."""

from __future__ import annotations

import pytest

from benchmarks import bench_lone, bench_waiting
from benchmarks.client_a2e import A2E_ASYNC, A2E_PATIENT


def test_a_thousand_jobs_at_once_cost_few_requests_and_are_known_soon() -> None:
    row = bench_waiting.measure(A2E_ASYNC, 1_000, 1)
    assert [*bench_waiting.missed(row)] == []


@pytest.mark.slow
def test_a_lone_job_of_ten_minutes_costs_few_requests_and_is_known_in_time() -> None:
    row = bench_lone.measure(A2E_PATIENT, 10, 30)
    assert row["looks"][2] <= bench_lone.MOST_LOOKS
    assert row["max"] <= bench_lone.MOST_LAG
    # So few jobs do not tell the mean well enough for its limit: the benchmark runs more.
    assert row["mean"] <= 1.3 * bench_lone.MOST_MEAN_LAG


def test_a_limit_that_is_missed_is_told() -> None:
    row = {
        "jobs": 1_000,
        "lost": 1,
        "looks": [0.05, 0.04, 0.07],
        "p50": [1.0] * 3,
        "p95": [1.0] * 3,
    }
    assert [*bench_waiting.missed(row)] == [
        "1000 jobs at once: 1 lost",
        "1000 jobs at once, requests per job: 0.07, more than 0.06",
        "1000 jobs at once, lag p50 in s: 1, more than 0.6",
    ]
