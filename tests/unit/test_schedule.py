from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from a2e_async import Schedule
from a2e_async.jobs.reader import BatchHealth

CHANCES = st.floats(0, 1, exclude_max=True)
SECONDS = st.floats(0, 1e7)
SCHEDULES = st.builds(
    lambda shortest, more, **rest: Schedule(shortest=shortest, longest=shortest + more, **rest),
    shortest=st.floats(0.01, 100),
    more=st.floats(0, 1000),
    share=st.floats(0, 1),
    jitter=st.floats(0, 1),
)
DEFAULT = Schedule()


@given(SCHEDULES, SECONDS, st.integers(0, 10**9), CHANCES)
def test_intervals_are_bounded(
    schedule: Schedule, age: float, failures: int, chance: float
) -> None:
    interval = schedule.interval(age, failures, chance)
    assert interval <= schedule.longest
    assert interval >= schedule.shortest * (1 - schedule.jitter)


@given(SECONDS, SECONDS, st.integers(0, 100), CHANCES)
def test_intervals_grow_with_age_and_failures(
    age: float, older: float, failures: int, chance: float
) -> None:
    interval = DEFAULT.interval(age, failures, chance)
    assert DEFAULT.interval(age + older, failures, chance) >= interval
    assert DEFAULT.interval(age, failures + 1, chance) >= interval


def looks_until(ended: float, chances: list[float]) -> list[float]:
    """When a lone job is looked at, up to the look that brings the news of its end."""
    now, looks = 0.0, [0.0]
    while now < ended:
        now += DEFAULT.interval(now, 0, chances[len(looks) % len(chances)])
        looks.append(now)
    return looks


@given(st.lists(CHANCES, min_size=1, max_size=100))
def test_a_ten_minute_job_costs_few_looks(chances: list[float]) -> None:
    assert len(looks_until(600.0, chances)) <= 100


@given(st.floats(0.1, 7200), st.lists(CHANCES, min_size=1, max_size=100))
def test_news_is_late_by_a_small_part_of_what_the_job_took(
    ended: float, chances: list[float]
) -> None:
    late = looks_until(ended, chances)[-1] - ended
    assert late <= 10.0
    assert late <= max(1.0, 0.1 * ended) + 1e-6


def test_the_documented_advice_is_kept_for_a_usual_image() -> None:
    assert 3.0 <= DEFAULT.interval(40.0, 0, 0.0) <= 5.0


@given(st.floats(0.5, 1000), SECONDS, CHANCES)
def test_a_faster_service_is_looked_at_as_much_faster(
    factor: float, age: float, chance: float
) -> None:
    fast = DEFAULT.faster(factor)
    assert fast.interval(age / factor, 0, chance) * factor == pytest.approx(
        DEFAULT.interval(age, 0, chance)
    )
    assert fast.missing_for * factor == pytest.approx(DEFAULT.missing_for)


@pytest.mark.parametrize(
    ("now", "goes"), [(94.9, False), (95.0, True), (99.0, True), (100.0, True), (130.0, True)]
)
def test_who_goes_along(now: float, goes: bool) -> None:
    assert Schedule(company=0.5).goes_along(due=100.0, interval=10.0, now=now) is goes


@given(st.floats(0, 1e6), st.floats(0, 100))
def test_without_company_a_job_goes_when_it_is_due(due: float, interval: float) -> None:
    alone = Schedule(company=0.0)
    assert alone.goes_along(due, interval, due)
    assert not alone.goes_along(due, interval, due - 0.001)


@pytest.mark.parametrize(
    ("seen", "missing_for", "looks", "gone"),
    [
        (False, 0.0, 1, False),
        (False, 14.9, 50, False),
        (False, 15.0, 2, False),
        (False, 15.0, 3, True),
        (True, 0.0, 2, False),
        (True, 0.0, 3, True),
    ],
)
def test_a_task_is_gone_late_rather_than_early(
    seen: bool, missing_for: float, looks: int, gone: bool
) -> None:
    assert DEFAULT.is_gone(seen=seen, missing_for=missing_for, looks=looks) is gone


@given(st.booleans(), SECONDS, st.integers(0, 100), SECONDS, st.integers(0, 100))
def test_what_is_gone_stays_gone(
    seen: bool, missing_for: float, looks: int, longer: float, more: int
) -> None:
    if DEFAULT.is_gone(seen=seen, missing_for=missing_for, looks=looks):
        assert DEFAULT.is_gone(seen=True, missing_for=missing_for, looks=looks)
        assert DEFAULT.is_gone(seen=seen, missing_for=missing_for + longer, looks=looks + more)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("share", -0.1),
        ("shortest", 0.0),
        ("longest", -1.0),
        ("longest", 0.5),
        ("jitter", 1.1),
        ("company", -0.1),
        ("missing_for", -1.0),
        ("missing_looks", 0),
    ],
)
def test_impossible_schedules_are_refused(field: str, value: float) -> None:
    with pytest.raises(ValueError, match=field):
        Schedule(**{field: value})  # type: ignore[arg-type]


def test_a_batch_read_that_is_of_no_use_rests_for_a_while() -> None:
    health = BatchHealth()
    assert health.usable(0.0)
    assert [health.strike(0.0), health.strike(10.0), health.strike(20.0)] == [False, False, True]
    assert not health.usable(20.0)
    assert not health.usable(319.0)
    assert health.usable(320.0)


def test_a_batch_read_gets_as_many_chances_after_its_rest() -> None:
    health = BatchHealth()
    for _ in range(3):
        health.strike(0.0)
    assert not health.strike(300.0)
    assert health.usable(300.0)


def test_a_batch_read_that_does_not_exist_is_not_asked_again() -> None:
    assert not BatchHealth(absent=True).usable(1e9)
