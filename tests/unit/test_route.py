"""Whether a request that reads many tasks is worth making."""

from __future__ import annotations

import logging

import pytest

from a2e_async.errors import (
    A2EError,
    APIError,
    AuthenticationFailed,
    ConnectionFailed,
    NotFound,
    PermissionDenied,
    RateLimited,
    ServerError,
    ServiceBusy,
    UnexpectedResponse,
)
from a2e_async.jobs.route import ManyRoute

REST = 60.0


@pytest.fixture
def route() -> ManyRoute:
    return ManyRoute("text_to_image", "/api/v1/userText2Image/batchDetail")


def failed(route: ManyRoute, error: A2EError, *, comes_back: bool = True) -> bool:
    return route.failed(error, 0.0, 0.0, comes_back=comes_back)


def of_no_use(route: ManyRoute, now: float = 0.0) -> bool:
    return route.was_of_no_use("it holds none", now, now)


def rest_of(route: ManyRoute, now: float) -> float:
    """How long it rests, if it rests now."""
    return route.rest_until - now


def test_one_that_is_of_no_use_rests_for_a_while(
    route: ManyRoute, caplog: pytest.LogCaptureFixture
) -> None:
    assert route.usable(0.0)
    with caplog.at_level(logging.INFO, "a2e_async.jobs"):
        assert [of_no_use(route, now) for now in (0.0, 10.0, 20.0)] == [False, False, True]
    assert [route.usable(now) for now in (20.0, 79.9, 80.0)] == [False, False, True]
    (line,) = caplog.messages
    assert "batchDetail" in line
    assert "it holds none" in line


def test_one_that_stays_of_no_use_rests_ever_longer(route: ManyRoute) -> None:
    now, rests = 0.0, []
    for _ in range(2):
        of_no_use(route, now)
    for _ in range(5):
        assert of_no_use(route, now)
        rests.append(rest_of(route, now))
        now = route.rest_until
    assert rests == [60.0, 120.0, 240.0, 300.0, 300.0]


def test_one_that_was_of_use_is_soon_tried_again(route: ManyRoute) -> None:
    route.was_of_use()
    for _ in range(3):
        of_no_use(route)
    assert rest_of(route, 0.0) == 15.0


def test_requests_that_were_under_way_at_once_count_once(route: ManyRoute) -> None:
    assert not any(route.was_of_no_use("x", 1.0, 2.0 + n) for n in range(50))
    assert route.usable(60.0)


def test_use_in_between_starts_the_count_again(route: ManyRoute) -> None:
    for _ in range(10):
        of_no_use(route)
        of_no_use(route)
        route.was_of_use()
    assert route.usable(0.0)


def test_one_that_does_not_exist_is_asked_again_much_later(route: ManyRoute) -> None:
    assert not failed(route, NotFound("html", status=404, body="<html>"))
    assert not failed(route, NotFound("html", status=404, body="<html>"))
    assert [route.usable(now) for now in (0.0, 59.9, 60.0)] == [False, False, True]


def test_a_task_that_does_not_exist_is_no_missing_route(route: ManyRoute) -> None:
    assert not failed(route, NotFound("no task", status=404, body={"code": 404}))
    assert route.usable(0.0)


@pytest.mark.parametrize(
    "error",
    [
        RateLimited("slow", status=429, body={}),
        ServiceBusy("busy", status=503, body={}, retry_after=1.0),
        APIError("occupied", status=200, code=1001, body={}),
        AuthenticationFailed("expired", status=401, body={}),
        ConnectionFailed("refused", sent=False),
    ],
)
def test_what_says_nothing_of_the_route_counts_for_nothing(
    route: ManyRoute, error: A2EError
) -> None:
    assert all(failed(route, error) for _ in range(50))
    assert route.usable(0.0)


@pytest.mark.parametrize(
    "error",
    [ServerError("oops", status=500, body={}), ConnectionFailed("dropped", sent=True)],
)
def test_a_service_in_trouble_is_not_asked_for_each_task_at_once(
    route: ManyRoute, error: A2EError
) -> None:
    """Unless the trouble does not end, or nobody asks again."""
    assert [failed(route, error) for _ in range(3)] == [True, True, False]
    assert not route.usable(0.0)
    assert not failed(route, error, comes_back=False)


@pytest.mark.parametrize(
    "error",
    [
        UnexpectedResponse("html", status=200, body="<html>"),
        PermissionDenied("no", status=403, body={}),
        ServerError("not implemented", status=501, body={}),
        APIError("no", status=200, code=9999, body={}),
    ],
)
def test_what_speaks_against_the_route_costs_no_round(route: ManyRoute, error: A2EError) -> None:
    assert [failed(route, error) for _ in range(3)] == [False] * 3
    assert not route.usable(0.0)


def test_a_look_that_took_too_long_speaks_against_the_route(route: ManyRoute) -> None:
    error = ConnectionFailed("took too long", sent=True)
    error.__cause__ = TimeoutError()
    assert [failed(route, error) for _ in range(3)] == [False] * 3
