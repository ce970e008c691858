"""Whether webhooks arrive, and which of them are news."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from a2e_async.jobs.bells import Bells

ENDS = st.lists(st.tuples(st.booleans(), st.booleans()), max_size=60)
GAPS = st.lists(st.floats(0, 10), max_size=60)


@pytest.fixture
def bells() -> Bells:
    return Bells(shortest=1.0)


def end(bells: Bells, *, rung: bool, expected: bool = True, task_id: str = "a") -> bool:
    return bells.ended(task_id, rung=rung, expected=expected)


def test_nothing_is_expected_of_bells_that_were_never_heard(bells: Bells) -> None:
    assert not bells.working
    for _ in range(10):
        assert not end(bells, rung=False)
    assert not bells.working


def test_bells_work_from_the_first_end_that_they_told(bells: Bells) -> None:
    assert not end(bells, rung=True)
    assert bells.working


def test_bells_are_broken_after_three_ends_in_a_row_without(bells: Bells) -> None:
    end(bells, rung=True)
    told = [end(bells, rung=False) for _ in range(5)]
    assert told == [False, False, True, False, False]
    assert not bells.working
    assert not end(bells, rung=True)
    assert bells.working


def test_a_bell_now_and_then_is_enough(bells: Bells) -> None:
    for n in range(30):
        assert not end(bells, rung=n % 3 == 0)
    assert bells.working


def test_an_end_of_which_no_bell_was_expected_tells_nothing(bells: Bells) -> None:
    end(bells, rung=True)
    for _ in range(10):
        assert not end(bells, rung=False, expected=False)
    assert bells.working


@given(ENDS)
def test_breaking_is_told_once_each_time(ends: list[tuple[bool, bool]]) -> None:
    bells = Bells(shortest=1.0)
    for rung, expected in ends:
        before = bells.working
        assert end(bells, rung=rung, expected=expected) == (before and not bells.working)


def test_a_bell_of_a_job_that_has_ended_is_old(bells: Bells) -> None:
    end(bells, rung=False, task_id="a")
    assert bells.is_old("a")
    assert not bells.is_old("b")


def test_a_bell_may_overtake_the_answer_to_a_start(bells: Bells) -> None:
    assert not bells.was_early("a")
    bells.named_nobody(["task.completed", "a"])
    assert bells.was_early("a")
    assert not bells.was_early("b")


def test_memory_is_bounded(bells: Bells) -> None:
    """Forged bells, and clients that live long, cost no memory."""
    for n in range(30_000):
        end(bells, rung=False, task_id=f"{n}")
    assert not bells.is_old("0")
    assert bells.is_old("29999")
    assert len(bells._ended) <= 10_000
    bells.named_nobody(f"text {n}" for n in range(100_000))
    for n in range(200):
        bells.named_nobody(f"text {n}-{k}" for k in range(100))
    assert len(bells._early) <= 5_000
    assert bells.was_early("text 199-99")


def test_one_bell_full_of_texts_does_not_push_out_all_others(bells: Bells) -> None:
    bells.named_nobody(["a"])
    bells.named_nobody(f"text {n}" for n in range(100_000))
    assert bells.was_early("a")


def test_the_first_bell_is_heard_at_once_and_further_ones_share_a_look(bells: Bells) -> None:
    assert bells.next_look(100.0) == 100.0
    looks = [bells.next_look(100.0 + n / 100) for n in range(1, 10)]
    assert looks == pytest.approx([100.1] * 9)
    assert bells.next_look(100.5) == 100.5


@given(GAPS)
def test_looks_for_bells_are_a_little_apart(gaps: list[float]) -> None:
    bells, now, planned = Bells(shortest=1.0), 0.0, []
    for gap in gaps:
        now += gap
        planned.append(bells.next_look(now))
        assert now <= planned[-1] <= now + 0.1 + 1e-6
    moments = sorted(set(planned))
    assert all(b - a >= 0.1 - 1e-6 for a, b in pairwise(moments))


@given(GAPS, st.integers(0, 100_000))
def test_looks_at_all_are_as_far_apart_as_the_crowd_asks(gaps: list[float], waiting: int) -> None:
    bells, now, moments = Bells(shortest=1.0), 0.0, [float("-inf")]
    pause = max(1.0, waiting / 5_000)
    for gap in gaps:
        now += gap
        planned = bells.next_look_at_all(now, waiting)
        if planned is None:
            # One that is still to come is for this bell too.
            assert now < moments[-1]
        else:
            assert now <= planned <= now + pause + 1e-6
            assert planned - moments[-1] >= pause - 1e-6
            moments.append(planned)


def test_looks_at_all_hold_up_no_look_at_one(bells: Bells) -> None:
    bells.next_look_at_all(100.0, 100_000)
    assert bells.next_look(100.0) == 100.0
