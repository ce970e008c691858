"""Whether a failed request is sent again, and when. Pure: time and chance come as arguments."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import Enum
from functools import lru_cache

import attrs

from a2e_async.errors import (
    A2EError,
    APIError,
    AuthenticationFailed,
    ConnectionFailed,
    ContentRejected,
    InsufficientCoins,
    InvalidRequest,
    NotFound,
    PermissionDenied,
    RateLimited,
    ServerError,
    UnexpectedResponse,
)

_REQUEST_TIMEOUT = 408
_TOO_MANY_REQUESTS = 429
_SERVICE_UNAVAILABLE = 503
_HOSTS_OCCUPIED = 1001
# As an HTTP status or as the envelope's code: the service may have acted before it failed.
_FAILED_INSIDE = frozenset({_REQUEST_TIMEOUT, *range(500, 600)})
_REDIRECTS = range(300, 400)
# Whatever the number beside it: these give a reason why nothing was done.
_SAYS_WHY = (
    AuthenticationFailed,
    ContentRejected,
    InsufficientCoins,
    InvalidRequest,
    NotFound,
    PermissionDenied,
)


class Effect(Enum):
    """What a request does to the service when it is carried out twice."""

    READ = "read"
    """Nothing more than once: reads, and deletions of one id."""
    START = "start"
    """It is paid for twice."""
    ONCE = "once"
    """A read that the caller repeats by itself, such as a poll: never sent again here."""


class Fate(Enum):
    """What is known of a request that failed."""

    NOT_DONE = "not done"
    """It provably was not carried out."""
    REFUSED = "refused"
    """The service said no, for a reason that sending it again does not change."""
    UNKNOWN = "unknown"
    """It may have been carried out."""


def fate(error: A2EError) -> Fate:
    """Tell what is known of a request from the error that it ended with.

    Args:
        error: the error.

    Returns:
        `Fate.NOT_DONE` for a connection that was never made, HTTP 429, HTTP 503 with Retry-After
        and code 1001 only; `Fate.UNKNOWN` wherever the service may have acted.
    """
    if isinstance(error, ConnectionFailed):
        return Fate.UNKNOWN if error.sent else Fate.NOT_DONE
    if not isinstance(error, APIError):
        return Fate.REFUSED
    asked_to_wait = error.status == _SERVICE_UNAVAILABLE and error.retry_after is not None
    if error.status == _TOO_MANY_REQUESTS or error.code == _HOSTS_OCCUPIED or asked_to_wait:
        return Fate.NOT_DONE
    if isinstance(error, _SAYS_WHY):
        return Fate.REFUSED
    if isinstance(error, UnexpectedResponse):
        return Fate.REFUSED if error.status in _REDIRECTS else Fate.UNKNOWN
    failed_inside = {error.status, error.code} & _FAILED_INSIDE
    return Fate.UNKNOWN if failed_inside else Fate.REFUSED


@attrs.frozen(kw_only=True)
class RetryPolicy:
    """Limits of the retries of one request.

    Attributes:
        attempts: how often a request is sent at the most.
        first_delay: seconds before the second attempt; each later one waits twice as long.
        longest_delay: seconds that a delay grows to at the most.
        longest_retry_after: seconds of a ``Retry-After`` that are waited for; an answer that asks
            for more is raised instead.
        searches: seconds before each search for the task of a start whose answer was lost.
        settle: seconds after which a start whose answer was lost has come to the service or never
            will. A batch takes no task for missing before that.
    """

    attempts: int = attrs.field(default=5, validator=attrs.validators.ge(1))
    first_delay: float = attrs.field(default=0.5, validator=attrs.validators.ge(0.0))
    longest_delay: float = attrs.field(default=20.0, validator=attrs.validators.ge(0.0))
    longest_retry_after: float = attrs.field(default=120.0, validator=attrs.validators.ge(0.0))
    searches: tuple[float, ...] = (0.2, 0.8, 2.0, 3.0)
    settle: float = attrs.field(default=15.0, validator=attrs.validators.ge(0.0))

    def delay(self, error: A2EError, effect: Effect, attempt: int, chance: float) -> float | None:
        """Decide about a request that just failed.

        Args:
            error: the error of this attempt.
            effect: what the request does to the service.
            attempt: how often it has been sent, from 1.
            chance: a random number from 0 to below 1, which spreads the delays of many callers.

        Returns:
            Seconds to wait before sending it again, or None to give up.
        """
        if attempt >= self.attempts or not _may_repeat(error, effect):
            return None
        asked = retry_after_of(error)
        if asked is not None and asked > self.longest_retry_after:
            return None
        return max(self._backoff(attempt, chance), asked or 0.0)

    def _backoff(self, attempt: int, chance: float) -> float:
        # The exponent is bounded so that a policy with very many attempts cannot overflow.
        grown = self.first_delay * 2.0 ** min(attempt - 1, 60)
        return min(grown, self.longest_delay) * (0.5 + chance / 2)


def _may_repeat(error: A2EError, effect: Effect) -> bool:
    if effect is Effect.ONCE:
        return False
    if effect is Effect.START:
        return fate(error) is Fate.NOT_DONE
    return is_transient(error)


def is_transient(error: BaseException) -> bool:
    """Tell whether a read that ended with this error may succeed later without a change."""
    if isinstance(error, UnexpectedResponse):
        # HTML or nothing under a success is a proxy in trouble; a redirect is a wrong address.
        return 200 <= error.status < 300  # noqa: PLR2004
    if isinstance(error, APIError):
        return error.retryable or error.status == _REQUEST_TIMEOUT
    return isinstance(error, ConnectionFailed)


def retry_after_of(error: BaseException | None) -> float | None:
    """Give the seconds that the service asked to wait with this error, or None."""
    return error.retry_after if isinstance(error, APIError) else None


def slows_client(error: BaseException) -> bool:
    """Tell whether an answer asks the whole client, not this request alone, to wait."""
    if retry_after_of(error) is None:
        return False
    return isinstance(error, (RateLimited, ServerError))


def parse_retry_after(value: str | None, now: datetime) -> float | None:
    """Read a ``Retry-After`` header.

    Args:
        value: seconds, whole or with a fraction, or an HTTP date.
        now: the service's present time (its ``Date`` header, if it sent one), with a time zone.

    Returns:
        Seconds from now, at least 0; None for a missing or unreadable value.
    """
    if value is None or not value.strip():
        return None
    try:
        seconds = float(value)
    except ValueError:
        seconds = _seconds_until(value, now)
    # A comparison, not max(): it sorts out "nan" too.
    if not 0.0 <= seconds < float("inf"):
        return 0.0 if seconds < 0 else None
    return seconds


def _seconds_until(value: str, now: datetime) -> float:
    moment = parse_http_date(value)
    return float("nan") if moment is None else (moment - now).total_seconds()


# All answers of one second have the same one.
@lru_cache(16)
def parse_http_date(value: str | None) -> datetime | None:
    """Read an HTTP date such as ``Sun, 06 Nov 1994 08:49:37 GMT``; None if it is none."""
    if not value:
        return None
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
