"""What is learned of how long the tasks of a family take."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from a2e_async.jobs.typical import Typical

MEDIAN, SIGMA = 6.0, 0.5
# So little is believed beforehand that the figures below are those of the experience.
LITTLE = 1e-6
SPANS = st.lists(
    st.tuples(st.floats(0, 1e9), st.floats(-10, 1e9), st.booleans()),
    max_size=40,
)


def survival(age: float, median: float = MEDIAN, sigma: float = SIGMA) -> float:
    """Give the share of lognormal tasks that still run at an age."""
    if age <= 0:
        return 1.0
    return math.erfc(math.log(age / median) / (sigma * math.sqrt(2))) / 2


def hazard(age: float, median: float = MEDIAN, sigma: float = SIGMA) -> float:
    """Give the ends per second among lognormal tasks of an age."""
    step = age / 1000
    before, after = survival(age - step, median, sigma), survival(age + step, median, sigma)
    return (before - after) / (2 * step) / survival(age, median, sigma)


def watch(typical: Typical, durations: Iterable[float], every: float, until: float) -> int:
    """Look at tasks that were started together, each so many seconds; tell how many ended."""
    ended = 0
    for duration in durations:
        age = 0.0
        while age < min(duration, until):
            before, age = age, age + every
            typical.note(before, age, ended=age >= duration)
        ended += duration <= age
    return ended


def lognormal(count: int, seed: int, median: float = MEDIAN) -> list[float]:
    source = random.Random(seed)
    return [source.lognormvariate(math.log(median), SIGMA) for _ in range(count)]


@pytest.mark.parametrize("seed", range(3))
def test_a_crowd_is_learned_from_the_quick_ones_and_from_those_that_still_run(seed: int) -> None:
    typical = Typical()
    ended = watch(typical, lognormal(2000, seed), every=0.5, until=5.0)
    assert 400 < ended < 900
    for age in (2.5, 3.0, 4.0, 4.5):
        assert typical.rate(age, LITTLE) == pytest.approx(hazard(age), rel=0.5)
    # If only those that have ended counted, all would seem to end within five seconds.
    assert typical.rate(4.5, LITTLE) < 0.5


@pytest.mark.parametrize("seed", range(3))
def test_a_whole_life_is_learned(seed: int) -> None:
    typical = Typical()
    watch(typical, lognormal(400, seed), every=0.5, until=60.0)
    for age in (4.0, 6.0, 8.0, 11.0):
        assert typical.rate(age, LITTLE) == pytest.approx(hazard(age), rel=0.4)
    assert typical.rate(0.5, LITTLE) < 0.01


def test_what_was_never_seen_goes_by_belief() -> None:
    assert Typical().rate(7.0, 0.25) == pytest.approx(0.25)
    typical = Typical()
    watch(typical, [5.0] * 50, every=1.0, until=60.0)
    assert typical.rate(300.0, 0.25) == pytest.approx(0.25)


def test_one_task_does_not_decide() -> None:
    """What it shows counts as much as what is believed, in each class of age."""
    typical = Typical()
    watch(typical, [600.0], every=1.0, until=600.0)
    assert 0.25 * 0.4 < typical.rate(100.0, 0.25) < 0.25 * 0.6


@given(st.integers(-8, 8), SPANS, st.floats(0, 1e9), st.floats(1e-9, 1e3))
def test_all_is_in_units(
    power: int, spans: list[tuple[float, float, bool]], age: float, belief: float
) -> None:
    # Powers of two leave the rounding as it is.
    unit = 2.0**power
    one, other = Typical(), Typical(unit)
    for since, span, ended in spans:
        one.note(since, since + span, ended=ended)
        other.note(since * unit, (since + span) * unit, ended=ended)
    one.expect(60.0, 3.0)
    other.expect(60.0 * unit, 3.0)
    assert other.rate(age * unit, belief / unit) * unit == pytest.approx(one.rate(age, belief))


@given(SPANS, st.floats(0, 1e12), st.floats(1e-9, 1e9), st.floats(1e-3, 1e6), st.floats(0, 500))
def test_a_rate_is_always_a_rate(
    spans: list[tuple[float, float, bool]], age: float, belief: float, mean: float, weight: float
) -> None:
    typical = Typical()
    typical.expect(mean, weight)
    for since, span, ended in spans:
        typical.note(since, since + span, ended=ended)
    rate = typical.rate(age, belief)
    assert math.isfinite(rate)
    assert rate > 0


@given(st.floats(0, 1e9), st.floats(-1e9, 0))
def test_a_look_that_took_no_time_shows_nothing(age: float, back: float) -> None:
    typical = Typical()
    typical.note(age, age + back, ended=True)
    assert typical.rate(age, 0.25) == pytest.approx(0.25)


@pytest.mark.parametrize("seconds", [0.3, 1.0, math.e, 3.0, math.exp(0.2), 1e6, 1e12])
def test_an_end_counts_once_wherever_it_falls(seconds: float) -> None:
    """Ends are shared out among the classes of age that a look spans."""
    typical = Typical()
    typical.note(0.0, seconds, ended=True)
    assert sum(typical._ends) == pytest.approx(1.0)
    assert sum(typical._spent) == pytest.approx(seconds)
    assert min(typical._ends) >= 0
    assert min(typical._spent) >= 0


@given(st.floats(0.001, 1e6), st.floats(0.001, 1e3))
def test_time_and_ends_are_kept_whole(since: float, span: float) -> None:
    typical = Typical()
    typical.note(since, since + span, ended=True)
    assert sum(typical._ends) == pytest.approx(1.0)
    assert sum(typical._spent) == pytest.approx(since + span - since)
    assert min(typical._spent) >= -1e-6


def test_the_service_may_become_slower() -> None:
    typical = Typical()
    watch(typical, [5.0] * 5000, every=1.0, until=60.0)
    quick = typical.rate(4.5, LITTLE)
    watch(typical, [50.0] * 1000, every=1.0, until=60.0)
    # Of 6,000 tasks 5,000 have ended at five seconds, but of the last thousand none has.
    assert typical.rate(4.5, LITTLE) < 0.4 * quick
    watch(typical, [50.0] * 4000, every=1.0, until=60.0)
    assert typical.rate(4.5, LITTLE) < 0.01 * quick
    assert typical.rate(49.5, LITTLE) > 0.1


def test_memory_does_not_grow() -> None:
    typical = Typical()
    watch(typical, [5.0] * 20_000, every=5.0, until=60.0)
    assert sum(typical._ends) <= 501
    assert sum(typical._spent) <= 501 * 5.0


@pytest.mark.parametrize("mean", [3.0, 40.0, 600.0])
def test_a_mean_stands_for_a_lognormal(mean: float) -> None:
    typical, median = Typical(), mean / math.exp(SIGMA**2 / 2)
    typical.expect(mean, 1000.0)
    for share in (0.6, 1.0, 1.5, 2.0):
        expected = hazard(share * mean, median)
        assert typical.rate(share * mean, LITTLE) == pytest.approx(expected, rel=0.35)
    assert typical.rate(0.1 * mean, LITTLE / mean) < 0.01 / mean


def test_a_mean_counts_for_as_little_as_it_should() -> None:
    typical = Typical()
    typical.expect(600.0, 3.0)
    watch(typical, lognormal(300, 1), every=0.5, until=60.0)
    assert typical.rate(6.0, LITTLE) == pytest.approx(hazard(6.0), rel=0.4)
