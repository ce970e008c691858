"""How fast starts may follow each other."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from a2e_async.jobs.pace import Pace

RATES = st.floats(0.01, 500)
# Seconds until somebody wants to start, and by how many a loop is late to let him.
WISHES = st.lists(st.tuples(st.floats(0, 5), st.floats(0, 0.2)), min_size=1, max_size=80)
ROUNDING = 1e-6


def starts(pace: Pace, wishes: list[tuple[float, float]], share: float = 1.0) -> list[float]:
    now, made = 0.0, []
    for gap, late in wishes:
        now = pace.ready_at(now + gap, share) + late
        pace.take(now, share)
        made.append(now)
    return made


@given(RATES, WISHES)
def test_no_second_holds_more_than_the_rate(rate: float, wishes: list[tuple[float, float]]) -> None:
    made = starts(Pace(rate), wishes)
    for first in made:
        within = sum(first <= moment < first + 1 - ROUNDING for moment in made)
        assert within <= math.ceil(rate)


@given(RATES, st.sampled_from([0.5, 0.25, 1 / 8]), WISHES)
def test_a_share_of_the_pace_is_so_much_slower(
    rate: float, share: float, wishes: list[tuple[float, float]]
) -> None:
    made = starts(Pace(rate), wishes, share)
    for first in made:
        within = sum(first <= moment < first + 1 - ROUNDING for moment in made)
        assert within <= math.ceil(rate * share)


@given(st.floats(0.5, 300), st.floats(0, 0.01))
def test_a_loop_that_is_a_little_late_keeps_the_rate(rate: float, late: float) -> None:
    pace, now, made = Pace(rate), 0.0, []
    for _ in range(200):
        ready = pace.ready_at(now)
        # Who need not sleep is not late.
        now = ready + late if ready > now else now
        pace.take(now)
        made.append(now)
    assert 199 / (made[-1] - made[0]) > 0.95 * rate


@given(RATES, st.floats(0, 1e6))
def test_the_first_start_waits_for_nothing(rate: float, now: float) -> None:
    assert Pace(rate).ready_at(now) == now


def test_a_pace_that_recovers_forgets_the_slow_distance() -> None:
    pace = Pace(1.0)
    pace.take(0.0, 1 / 8)
    assert pace.ready_at(0.0, 1 / 8) > 8
    assert pace.ready_at(0.0, 1.0) < 1.1
