"""How many requests looks may cost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from a2e_async.jobs.budget import Budget

AT_ONCE = 8.0
ROUNDING = 1e-6
RATES = st.floats(0.01, 1000)
# Seconds until somebody wants to look again, and how many requests that takes.
WISHES = st.lists(st.tuples(st.floats(0, 30), st.integers(1, 50)), min_size=1, max_size=60)


def spent(
    rate: float, wishes: list[tuple[float, int]], begin: float = 0.0
) -> list[tuple[float, int]]:
    """When requests are made, by somebody who waits until the budget is ready."""
    budget, now, made = Budget(rate), begin, []
    for gap, requests in wishes:
        now = budget.ready_at(now + gap)
        budget.spend(requests, now)
        made.append((now, requests))
    return made


@given(RATES, WISHES, st.floats(-1e4, 1e6))
def test_no_window_holds_more_than_the_rate_and_a_few_seconds_worth(
    rate: float, wishes: list[tuple[float, int]], begin: float
) -> None:
    made = spent(rate, wishes, begin)
    for first, (since, _) in enumerate(made):
        total = 0
        for until, requests in made[first:]:
            # The last look may overdraw; its debt delays the next.
            assert total <= rate * (until - since + AT_ONCE) * (1 + ROUNDING) + ROUNDING
            total += requests


@given(RATES, WISHES)
def test_it_is_ready_now_or_later(rate: float, wishes: list[tuple[float, int]]) -> None:
    budget, now = Budget(rate), 0.0
    for gap, requests in wishes:
        now += gap
        ready = budget.ready_at(now)
        assert ready >= now
        budget.spend(requests, ready)
        assert budget.ready_at(ready) <= ready + requests / rate + ROUNDING
        now = ready


@pytest.mark.parametrize("rate", [1.0, 5.0, 20.0])
def test_a_few_seconds_worth_goes_at_once_and_then_the_rate(rate: float) -> None:
    made = spent(rate, [(0.0, 1)] * int(rate * 60))
    at_once = [moment for moment, _ in made if moment == 0.0]
    # One more where rounding leaves a hair's breadth.
    assert len(at_once) - int(rate * AT_ONCE) in (0, 1)
    assert made[-1][0] == pytest.approx(60 - AT_ONCE, abs=1.5 / rate)


def test_what_was_not_spent_does_not_pile_up() -> None:
    budget = Budget(10.0)
    budget.spend(1, 0.0)
    for _ in range(80):
        assert budget.ready_at(1e6) == 1e6
        budget.spend(1, 1e6)
    budget.spend(1, 1e6)
    assert budget.ready_at(1e6) > 1e6


def test_a_debt_delays() -> None:
    budget = Budget(10.0)
    budget.spend(500, 100.0)
    assert budget.ready_at(100.0) == pytest.approx(100.0 + 50.0 - AT_ONCE)
