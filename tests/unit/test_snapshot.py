"""What a person sees of a job at one moment."""

from __future__ import annotations

import math
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from a2e_async import JobStatus, Snapshot, describe
from a2e_async.jobs.snapshot import about

UNIT = {"seconds": 1, "minutes": 60, "hours": 3600}

SNAPSHOTS: st.SearchStrategy[Snapshot[Any]] = st.builds(
    Snapshot,
    kind=st.just("text_to_image"),
    token=st.sampled_from([None, "text_to_image:a"]),
    status=st.sampled_from([word for word in JobStatus if not word.terminal]),
    position=st.none() | st.integers(1, 3),
    waiting_time=st.none() | st.floats(0, 300),
    progress=st.none() | st.integers(-1, 101),
)


def snapshot(**more: Any) -> Snapshot[Any]:
    return Snapshot(**{"kind": "k", "token": "k:1", "status": JobStatus.SENT} | more)


@given(SNAPSHOTS, SNAPSHOTS)
def test_what_is_shown_differs_just_when_what_is_told_does(
    one: Snapshot[Any], other: Snapshot[Any]
) -> None:
    assert (one.shown == other.shown) == (describe(one) == describe(other))


@given(st.floats(0, 10**6))
def test_a_waiting_time_is_rounded_up_a_little(seconds: float) -> None:
    found = about(seconds)
    assert found is not None
    unit, number = found
    assert number >= 1
    rounded = number * UNIT[unit]
    assert seconds <= rounded < seconds + max(10.01, 60.01 if seconds > 50 else 0, seconds / 1.49)


@given(st.floats(0, 10**6), st.floats(0, 10**6))
def test_a_longer_time_is_never_told_as_a_shorter_one(one: float, other: float) -> None:
    shorter, longer = (about(seconds) or ("hours", 0) for seconds in sorted((one, other)))
    assert shorter[1] * UNIT[shorter[0]] <= longer[1] * UNIT[longer[0]]


@pytest.mark.parametrize("seconds", [None, math.nan, math.inf, -math.inf])
def test_no_time_is_none(seconds: float | None) -> None:
    assert about(seconds) is None


def test_a_time_in_the_past_is_soon() -> None:
    assert about(-5.0) == ("seconds", 10)


@pytest.mark.parametrize(("told", "kept"), [(-3, 0), (0, 0), (40, 40), (250, 100), (None, None)])
def test_progress_is_in_percent(told: int | None, kept: int | None) -> None:
    assert snapshot(progress=told).progress == kept


def test_its_ends() -> None:
    assert not snapshot().done
    assert snapshot(status=JobStatus.FAILED).done
    assert not snapshot(token=None, error=ValueError("x")).done
    assert not snapshot(token=None).started
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        snapshot().kind = "x"  # type: ignore[misc]
