"""When a job is looked at next, whatever is known of how long such tasks take."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from a2e_async import Schedule
from a2e_async.jobs.typical import Typical

CHANCES = st.floats(0, 1, exclude_max=True)
SECONDS = st.floats(0, 60) | st.floats(0, 1e7)
SCHEDULES = st.builds(
    lambda shortest, more, **rest: Schedule(shortest=shortest, longest=shortest + more, **rest),
    shortest=st.floats(0.01, 100),
    more=st.floats(0, 1000),
    share=st.floats(0, 1),
    jitter=st.floats(0, 1),
)
SPANS = st.tuples(st.floats(0, 1e4), st.floats(0.001, 1e3), st.booleans())
HISTORIES = st.tuples(
    st.lists(SPANS, max_size=30),
    st.lists(st.tuples(st.floats(0.1, 1e4), st.floats(0.1, 500)), max_size=2),
)
CROWDS = st.integers(1, 10**6)
DEFAULT = Schedule()
# The first look, a quarter of the age, and the pause of a crowd, as the schedule promises them.
FIRST = 2.0
WIDEST = 0.25
CROWD_FIRST = 3.5
CROWD_PAUSE = 1.1
ROUNDING = 1e-6


def learned(history: tuple[list[tuple[float, float, bool]], list[tuple[float, float]]]) -> Typical:
    """Make what was learned from looks at tasks, and from means that somebody else has told."""
    typical = Typical()
    spans, means = history
    for since, span, ended in spans:
        typical.note(since, since + span, ended=ended)
    for mean, weight in means:
        typical.expect(mean, weight)
    return typical


TYPICALS = st.none() | HISTORIES.map(learned)


@given(
    SCHEDULES,
    st.tuples(SECONDS, CHANCES),
    st.integers(0, 10**9),
    TYPICALS,
    st.tuples(CROWDS, CROWDS),
)
def test_intervals_are_bounded_whatever_was_learned(
    schedule: Schedule,
    moment: tuple[float, float],
    failures: int,
    typical: Typical | None,
    crowd: tuple[int, int],
) -> None:
    (age, chance), (waiting, requests) = moment, crowd
    interval = schedule.interval(
        age, chance, failures=failures, typical=typical, waiting=waiting, requests=requests
    )
    assert interval <= schedule.latest(age)
    assert interval >= schedule.shortest * (1 - schedule.jitter)


@given(SECONDS, CHANCES, st.integers(0, 100), TYPICALS, CROWDS)
def test_intervals_grow_with_failures(
    age: float, chance: float, failures: int, typical: Typical | None, waiting: int
) -> None:
    def after(failures: int) -> float:
        return DEFAULT.interval(age, chance, failures=failures, typical=typical, waiting=waiting)

    assert after(failures) <= after(failures + 1) <= 2 * after(failures) + ROUNDING
    assert after(100) >= DEFAULT.latest(age) * (1 - DEFAULT.jitter)


@given(st.floats(1, 1e7), st.floats(0, 1e7), CHANCES)
def test_intervals_grow_with_age_after_the_first(age: float, older: float, chance: float) -> None:
    assert DEFAULT.interval(age + older, chance) >= DEFAULT.interval(age, chance)


def test_hardly_anything_ends_before_the_first_look() -> None:
    assert DEFAULT.interval(0.0, 0.0) == FIRST * DEFAULT.shortest
    assert DEFAULT.interval(FIRST, 0.0) == DEFAULT.shortest


@given(SECONDS, CHANCES, st.floats(0, 1e5), TYPICALS)
def test_what_the_service_asks_for_is_respected(
    age: float, chance: float, asked: float, typical: Typical | None
) -> None:
    interval = DEFAULT.interval(age, chance, asked=asked, typical=typical)
    assert interval >= asked
    assert interval in (asked, DEFAULT.interval(age, chance, typical=typical))


@given(st.floats(0, 1e6))
def test_the_longest_interval_grows_on_with_the_age_of_long_jobs(age: float) -> None:
    assert DEFAULT.latest(age) == pytest.approx(max(9.5, min(0.01 * age, 57.0)))


@given(SECONDS, CHANCES, TYPICALS, CROWDS)
def test_more_jobs_in_one_request_are_looked_at_no_more_seldom(
    age: float, chance: float, typical: Typical | None, waiting: int
) -> None:
    alone = DEFAULT.interval(age, chance, typical=typical)
    assert DEFAULT.interval(age, chance, typical=typical, waiting=waiting) <= alone + ROUNDING


@given(SECONDS, CHANCES, TYPICALS, CROWDS, st.sampled_from([1, 10, 200, 5000]))
def test_a_crowd_is_looked_at_a_little_more_seldom(
    age: float, chance: float, typical: Typical | None, requests: int, per_request: int
) -> None:
    waiting = requests * per_request
    alone = DEFAULT.interval(age, chance, typical=typical)
    crowd = DEFAULT.interval(age, chance, typical=typical, waiting=waiting, requests=requests)
    assert crowd <= max(CROWD_PAUSE * alone, CROWD_FIRST * DEFAULT.shortest) + ROUNDING
    if typical is None and age >= DEFAULT.shortest:
        assert crowd <= CROWD_PAUSE * alone + ROUNDING


def family(seconds: float) -> Typical:
    """Make what was learned from twenty tasks that took so long."""
    typical = Typical()
    for _ in range(20):
        typical.note(0.0, 0.9 * seconds, ended=False)
        typical.note(0.9 * seconds, seconds, ended=True)
    return typical


@given(CHANCES)
def test_no_looks_are_wasted_on_what_never_ends_so_early(chance: float) -> None:
    at_20 = DEFAULT.interval(20.0, chance, typical=family(600.0))
    assert at_20 >= 2 * DEFAULT.interval(20.0, chance)


@pytest.mark.parametrize(
    ("age", "alone", "crowd"), [(0.0, 2.0, 3.5), (5.0, 1.0, 1.1), (50.0, 5, 5)]
)
def test_the_pause_of_a_crowd(age: float, alone: float, crowd: float) -> None:
    assert DEFAULT.interval(age, 0.0) == pytest.approx(alone)
    found = DEFAULT.interval(age, 0.0, waiting=1000, requests=1000)
    assert found == pytest.approx(crowd)


@pytest.mark.parametrize("age", [1.0, 4.0, 8.0, 20.0, 35.0])
def test_knowing_better_stretches_an_interval_to_a_quarter_of_the_age(age: float) -> None:
    known = DEFAULT.interval(age, 0.0, typical=family(1e4))
    assert 0.8 * WIDEST * age <= known <= max(FIRST * DEFAULT.shortest, WIDEST * age)


def test_each_failure_doubles_the_interval() -> None:
    found = [DEFAULT.interval(20.0, 0.0, failures=failures) for failures in range(4)]
    assert found == pytest.approx([2.0, 4.0, 8.0, 9.5])


@given(CHANCES)
def test_there_are_more_looks_where_the_ends_are(chance: float) -> None:
    at_58 = DEFAULT.interval(58.0, chance, typical=family(60.0))
    assert at_58 <= 0.6 * DEFAULT.interval(58.0, chance)


def looks_until(
    ended: float, chances: list[float], typical: Typical | None = None, *, learning: bool = False
) -> list[float]:
    """When a lone job is looked at, up to the look that brings the news of its end."""
    now, looks = 0.0, [0.0]
    while now < ended:
        before, chance = now, chances[len(looks) % len(chances)]
        now += DEFAULT.interval(now, chance, typical=typical)
        looks.append(now)
        if learning and typical is not None:
            typical.note(before, now, ended=now >= ended)
    return looks


@given(st.lists(CHANCES, min_size=1, max_size=100), st.booleans())
def test_a_ten_minute_job_costs_few_looks(chances: list[float], learning: bool) -> None:
    """Also where what the job itself shows is learned as it goes."""
    assert len(looks_until(600.0, chances, Typical() if learning else None, learning=True)) <= 100


@given(st.floats(0.1, 7200), st.lists(CHANCES, min_size=1, max_size=100))
def test_news_is_late_by_a_small_part_of_what_the_job_took(
    ended: float, chances: list[float]
) -> None:
    late = looks_until(ended, chances)[-1] - ended
    assert late <= max(10.0, 0.01 * ended)
    assert late <= max(FIRST * DEFAULT.shortest, 0.1 * ended) + ROUNDING


@given(st.floats(0.1, 3000), st.lists(CHANCES, min_size=1, max_size=20), HISTORIES)
def test_news_is_late_by_a_small_part_whatever_was_learned(
    ended: float,
    chances: list[float],
    history: tuple[list[tuple[float, float, bool]], list[tuple[float, float]]],
) -> None:
    late = looks_until(ended, chances, learned(history), learning=True)[-1] - ended
    assert late <= max(10.0, 0.01 * ended)
    assert late <= max(FIRST * DEFAULT.shortest, WIDEST * ended) + ROUNDING


def test_the_documented_advice_is_kept_for_a_usual_image() -> None:
    assert 3.0 <= DEFAULT.interval(40.0, 0.0) <= 5.0


@given(st.integers(-1, 10), SECONDS, CHANCES, st.lists(SPANS, max_size=10))
def test_a_faster_service_is_looked_at_as_much_faster(
    power: int, age: float, chance: float, spans: list[tuple[float, float, bool]]
) -> None:
    # Powers of two leave the rounding as it is.
    factor = 2.0**power
    fast, known = DEFAULT.faster(factor), Typical(DEFAULT.shortest)
    known_fast = Typical(fast.shortest)
    for since, span, ended in spans:
        known.note(since, since + span, ended=ended)
        known_fast.note(since / factor, (since + span) / factor, ended=ended)
    assert fast.interval(age / factor, chance) * factor == pytest.approx(
        DEFAULT.interval(age, chance)
    )
    assert fast.interval(age / factor, chance, typical=known_fast) * factor == pytest.approx(
        DEFAULT.interval(age, chance, typical=known)
    )
    assert fast.missing_for * factor == DEFAULT.missing_for
    assert fast.heartbeat * factor == DEFAULT.heartbeat
    assert fast.requests_per_second == DEFAULT.requests_per_second * factor


@given(SCHEDULES, st.floats(0, 1e6), st.floats(0, 1e6))
def test_the_looks_after_a_bell_become_rarer(schedule: Schedule, since: float, more: float) -> None:
    wait = schedule.after_bell(since)
    assert 0 < wait <= schedule.latest(since)
    assert wait <= max(since, schedule.shortest)
    assert wait <= schedule.after_bell(since + more)


def test_a_few_looks_follow_a_bell_that_was_early() -> None:
    """The detail may be a little behind the bell, but a lost end costs no storm of looks."""
    now, looks = 0.0, 0
    while now < 600.0:
        now, looks = now + DEFAULT.after_bell(now), looks + 1
        assert looks > 1 or now <= 0.2
    assert looks <= 70


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
        ("company", 1.1),
        ("heartbeat", 0.0),
        ("requests_per_second", 0.0),
        ("requests_per_second", -5.0),
        ("missing_for", -1.0),
        ("missing_looks", 0),
    ],
)
def test_impossible_schedules_are_refused(field: str, value: float) -> None:
    with pytest.raises(ValueError, match=field):
        Schedule(**{field: value})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "field",
    [
        *("share", "shortest", "longest", "jitter", "company", "heartbeat"),
        *("requests_per_second", "missing_for"),
    ],
)
def test_what_is_no_number_is_refused(field: str) -> None:
    for value, kind in ((float("nan"), ValueError), ("1", TypeError)):
        with pytest.raises(kind):
            Schedule(**{field: value})  # type: ignore[arg-type]
