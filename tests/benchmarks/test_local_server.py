from __future__ import annotations

from benchmarks.client_a2e import A2E_ASYNC
from benchmarks.measuring import measure


def test_jobs_on_real_sockets_end_when_the_other_process_says() -> None:
    outcome = measure(A2E_ASYNC, 20, [0.2 + 0.02 * number for number in range(20)])
    assert not outcome.lost
    assert len(outcome.lags) == 20
    assert all(0.0 < lag < 20.0 for lag in outcome.lags)
    assert outcome.looks > 0
    assert outcome.cpu > 0.0
