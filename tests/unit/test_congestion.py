"""How much of its limits a client uses while the service is busy."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from a2e_async.errors import (
    APIError,
    ConnectionFailed,
    ContentRejected,
    PermissionDenied,
    RateLimited,
    ServerError,
    ServiceBusy,
)
from a2e_async.jobs.congestion import Congestion, is_busy

# Seconds since the last event, and what happens: an answer to a start that was sent so many seconds
# before, busy or not.
EVENTS = st.lists(st.tuples(st.floats(0, 100), st.floats(0, 5), st.booleans()), max_size=50)
RECOVERY = 6 * 30.0


def after(events: list[tuple[float, float, bool]]) -> tuple[Congestion, float]:
    congestion, now = Congestion(), 0.0
    for gap, before, busy in events:
        now += gap
        if busy:
            congestion.refused(now, sent=now - before)
        else:
            congestion.succeeded(now)
    return congestion, now


@given(EVENTS, st.floats(0, 1000))
def test_the_share_stays_within_bounds_and_comes_back(
    events: list[tuple[float, float, bool]], more: float
) -> None:
    congestion, now = after(events)
    assert 1 / 64 <= congestion.share(now) <= 1
    assert congestion.share(now) <= congestion.share(now + more)
    assert congestion.share(now + RECOVERY) == 1


@given(EVENTS, st.floats(0.001, 5))
def test_a_busy_answer_halves_the_share(
    events: list[tuple[float, float, bool]], later: float
) -> None:
    congestion, now = after(events)
    now += later
    before = congestion.share(now)
    congestion.refused(now, sent=now)
    assert congestion.share(now) == pytest.approx(max(before / 2, 1 / 64))


@given(EVENTS)
def test_a_round_trip_halves_it_once(events: list[tuple[float, float, bool]]) -> None:
    congestion, now = after(events)
    sent = now + 1
    congestion.refused(now + 2, sent=sent)
    share = congestion.share(now + 2)
    for _ in range(20):
        congestion.refused(now + 2, sent=sent)
    assert congestion.share(now + 2) == share


@given(EVENTS)
def test_a_success_never_shrinks_it(events: list[tuple[float, float, bool]]) -> None:
    congestion, now = after(events)
    before = congestion.share(now)
    congestion.succeeded(now)
    assert congestion.share(now) >= before


def test_a_hundred_successes_double_it() -> None:
    congestion = Congestion()
    congestion.refused(0.0, sent=0.0)
    for _ in range(100):
        congestion.succeeded(0.0)
    assert congestion.share(0.0) == pytest.approx(1.0)


@given(EVENTS, st.floats(1 / 64, 1))
def test_it_tells_when_a_share_is_reached(
    events: list[tuple[float, float, bool]], share: float
) -> None:
    congestion, now = after(events)
    if congestion.share(now) >= share:
        return
    moment = congestion.reached(share)
    assert congestion.share(moment) == pytest.approx(share)


@pytest.mark.parametrize(
    ("error", "busy"),
    [
        (RateLimited("x", status=429), True),
        (ServiceBusy("busy", status=200, code=1001), True),
        (PermissionDenied("Your plan allows 2 Concurrent tasks", status=403), True),
        (APIError("concurrency limit", status=200), True),
        (ServerError("x", status=500), False),
        (ContentRejected("x", status=200), False),
        (ConnectionFailed("concurrent"), False),
        (None, False),
    ],
)
def test_what_busy_means(error: Exception | None, busy: bool) -> None:
    assert is_busy(error) is busy
