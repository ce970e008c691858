from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from a2e_async import errors
from a2e_async.errors import A2EError, APIError, ConnectionFailed
from a2e_async.http import envelope
from a2e_async.http.retry import (
    Effect,
    Fate,
    RetryPolicy,
    fate,
    is_transient,
    parse_http_date,
    parse_retry_after,
    slows_client,
)

NOW = datetime(1994, 11, 6, 8, 49, 7, tzinfo=UTC)
POLICY = RetryPolicy(attempts=5, first_delay=0.5, longest_delay=20.0, longest_retry_after=120.0)

WORDS = ["", "busy", "Too many requests", "not enough coins", "nsfw", "no such id", "server error"]
CODES: list[Any] = [None, 0, 1, 1001, "1001", 1003, 1004, 30005, 401, 403, 429, 500, 502, 503]
STATUSES = st.sampled_from([200, 201, 301, 400, 401, 403, 404, 408, 409, 429, 500, 502, 503, 504])
CHANCES = st.floats(0, 1, exclude_max=True)


def answered(status: int, code: Any, words: str, retry_after: float | None) -> APIError:
    """The error that an answer of the service becomes, read as the session reads it."""
    content = b"" if code is None and not words else b'{"code": %s, "message": "%s"}'
    filled = content and content % (_json(code), words.encode())
    outcome = envelope.read(status, filled, retry_after=retry_after)
    return outcome if isinstance(outcome, APIError) else APIError(words, status=status)


def _json(code: Any) -> bytes:
    return (
        b"null"
        if code is None
        else (b'"%s"' if isinstance(code, str) else b"%s") % (str(code).encode())
    )


ANSWERS = st.builds(
    answered,
    STATUSES | st.integers(100, 599),
    st.sampled_from(CODES) | st.integers(),
    st.sampled_from(WORDS),
    st.none() | st.floats(0, 1000),
)
ERRORS = ANSWERS | st.builds(ConnectionFailed, st.just("lost"), sent=st.booleans())


def provably_not_done(error: A2EError) -> bool:
    """The list of the design, word for word."""
    if isinstance(error, ConnectionFailed):
        return not error.sent
    assert isinstance(error, APIError)
    return (
        error.status == 429
        or error.code == 1001
        or (error.status == 503 and error.retry_after is not None)
    )


@given(ERRORS, st.integers(1, 4), CHANCES)
@example(answered(429, None, "", 121), 1, 0.0)
@example(answered(200, 1001, "", None), 4, 0.0)
@example(answered(503, None, "", None), 1, 0.0)
@example(ConnectionFailed("lost", sent=True), 1, 0.0)
@example(ConnectionFailed("refused"), 1, 0.0)
def test_a_start_is_repeated_only_if_it_was_provably_not_done(
    error: A2EError, attempt: int, chance: float
) -> None:
    delay = POLICY.delay(error, Effect.START, attempt, chance)
    patient = (getattr(error, "retry_after", None) or 0) <= POLICY.longest_retry_after
    assert (delay is not None) == (provably_not_done(error) and patient)


REASONS = (
    errors.AuthenticationFailed,
    errors.ContentRejected,
    errors.InsufficientCoins,
    errors.InvalidRequest,
    errors.NotFound,
    errors.PermissionDenied,
)


@given(ERRORS)
def test_the_fate_of_a_request_is_never_guessed(error: A2EError) -> None:
    assert (fate(error) is Fate.NOT_DONE) == provably_not_done(error)
    gives_a_reason = isinstance(error, REASONS)
    if isinstance(error, APIError) and fate(error) is Fate.REFUSED and not gives_a_reason:
        assert error.status < 500
        assert error.status != 408
        assert error.code not in range(500, 600)
        is_redirect = error.status in range(300, 400)
        assert is_redirect or not isinstance(error, errors.UnexpectedResponse)


@pytest.mark.parametrize(
    ("status", "code", "words", "expected"),
    [
        (400, 1, "bad width", Fate.REFUSED),
        (402, None, "", Fate.REFUSED),
        (403, 1, "nsfw", Fate.REFUSED),
        (404, None, "", Fate.REFUSED),
        (200, 1, "not enough coins", Fate.REFUSED),
        (200, 1003, "minor", Fate.REFUSED),
        (200, 30005, "two backgrounds", Fate.REFUSED),
        (200, None, "", Fate.UNKNOWN),
        (408, None, "", Fate.UNKNOWN),
        (500, 1, "server busy", Fate.UNKNOWN),
        (502, None, "", Fate.UNKNOWN),
        (200, 500, "", Fate.UNKNOWN),
        (200, 503, "", Fate.UNKNOWN),
        (200, 502, "server busy", Fate.UNKNOWN),
        (200, 500, "Insufficient coins", Fate.REFUSED),
        (500, 1003, "minor", Fate.REFUSED),
        (302, None, "", Fate.REFUSED),
    ],
)
def test_fate_by_answer(status: int, code: int | None, words: str, expected: Fate) -> None:
    assert fate(answered(status, code, words, None)) is expected


def test_an_error_before_sending_is_no_uncertainty() -> None:
    assert fate(errors.UploadFailed("no such file")) is Fate.REFUSED
    assert POLICY.delay(errors.UploadFailed("no such file"), Effect.READ, 1, 0.0) is None


@given(ERRORS, st.integers(1, 10), CHANCES)
def test_what_the_caller_repeats_is_not_repeated_here(
    error: A2EError, attempt: int, chance: float
) -> None:
    assert POLICY.delay(error, Effect.ONCE, attempt, chance) is None


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_reads_are_repeated_after_trouble(status: int) -> None:
    assert POLICY.delay(answered(status, None, "", None), Effect.READ, 1, 0.5) is not None


@pytest.mark.parametrize("status", [301, 302, 400, 401, 402, 403, 404, 405, 409, 422])
def test_reads_are_not_repeated_after_a_refusal(status: int) -> None:
    assert POLICY.delay(answered(status, None, "", None), Effect.READ, 1, 0.5) is None


@pytest.mark.parametrize("sent", [True, False])
def test_reads_are_repeated_after_a_lost_connection(sent: bool) -> None:
    assert is_transient(ConnectionFailed("lost", sent=sent))


def test_a_proxy_page_instead_of_an_answer_is_trouble() -> None:
    assert is_transient(answered(200, None, "", None))


@given(ERRORS, st.sampled_from([Effect.READ, Effect.START]), CHANCES)
def test_attempts_are_counted(error: A2EError, effect: Effect, chance: float) -> None:
    assert POLICY.delay(error, effect, 5, chance) is None
    assert POLICY.delay(error, effect, 6, chance) is None
    assert RetryPolicy(attempts=1).delay(error, effect, 1, chance) is None


@given(st.integers(1, 10**6), CHANCES, st.none() | st.floats(0, 120))
def test_delays_are_bounded(attempt: int, chance: float, asked: float | None) -> None:
    policy = RetryPolicy(attempts=10**7)
    delay = policy.delay(answered(429, None, "", asked), Effect.READ, attempt, chance)
    assert delay is not None
    assert max(policy.first_delay / 2, asked or 0) <= delay
    assert delay <= max(policy.longest_delay, asked or 0)


def test_delays_grow_twofold_and_are_spread() -> None:
    error = ConnectionFailed("refused")
    full = [POLICY.delay(error, Effect.READ, attempt, 1.0) for attempt in range(1, 5)]
    half = [POLICY.delay(error, Effect.READ, attempt, 0.0) for attempt in range(1, 5)]
    assert full == [0.5, 1.0, 2.0, 4.0]
    assert half == [0.25, 0.5, 1.0, 2.0]


def test_a_wait_that_is_too_long_is_given_up() -> None:
    assert POLICY.delay(answered(429, None, "", 120.0), Effect.READ, 1, 0.0) == 120.0
    assert POLICY.delay(answered(429, None, "", 120.1), Effect.READ, 1, 0.0) is None


@pytest.mark.parametrize(
    "bad",
    [{"attempts": 0}, {"first_delay": -1}, {"longest_delay": -1}, {"longest_retry_after": -1}],
)
def test_impossible_policies_are_refused(bad: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(bad))):
        RetryPolicy(**bad)


@pytest.mark.parametrize(
    ("error", "slows"),
    [
        (answered(429, None, "", 3.0), True),
        (answered(503, None, "", 3.0), True),
        (answered(500, None, "", 0.0), True),
        (answered(429, None, "", None), False),
        (answered(404, None, "", 3.0), False),
        (ConnectionFailed("lost"), False),
    ],
)
def test_who_slows_the_whole_client(error: A2EError, slows: bool) -> None:
    assert slows_client(error) is slows


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("30", 30.0),
        (" 30 ", 30.0),
        ("0", 0.0),
        ("1.5", 1.5),
        ("-5", 0.0),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 30.0),
        ("Sunday, 06-Nov-94 08:49:37 GMT", 30.0),
        ("Sun Nov  6 08:49:37 1994", 30.0),
        ("Sun, 06 Nov 1994 08:48:00 GMT", 0.0),
        (None, None),
        ("", None),
        ("  ", None),
        ("soon", None),
        ("nan", None),
        ("inf", None),
        ("Sun, 99 Nov 1994 08:49:37 GMT", None),
        ("Sun, 06 Nov 1994 08:49:37 +999999999999", None),
    ],
)
def test_retry_after(header: str | None, seconds: float | None) -> None:
    assert parse_retry_after(header, NOW) == seconds


@given(st.text(max_size=40) | st.from_regex(r"\w{3}, \d\d \w{3} \d{1,5} [\d:]{5,8} [-+\w]{1,6}"))
def test_any_retry_after_is_a_number_of_seconds_or_none(header: str) -> None:
    seconds = parse_retry_after(header, NOW)
    assert seconds is None or 0.0 <= seconds < float("inf")


@given(
    st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1)),  # noqa: DTZ001  (zones follow)
    st.integers(-14, 14),
)
def test_http_dates_are_read_in_their_zone(moment: datetime, hours: int) -> None:
    zoned = moment.replace(microsecond=0, tzinfo=timezone(timedelta(hours=hours)))
    assert parse_http_date(format_datetime(zoned)) == zoned


@pytest.mark.parametrize("header", [None, "", "30", "yesterday"])
def test_no_http_date(header: str | None) -> None:
    assert parse_http_date(header) is None
