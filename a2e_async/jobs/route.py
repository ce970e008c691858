"""Whether a request that reads many tasks is worth making. Pure, but for a line in the log."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from a2e_async import logs
from a2e_async.errors import (
    A2EError,
    APIError,
    AuthenticationFailed,
    NotFound,
    UnexpectedResponse,
)
from a2e_async.http.retry import Fate, fate, is_transient

_log = logs.get("a2e_async.jobs")

_STRIKES = 3
_NOT_IMPLEMENTED = 501
# Seconds. What was of use before is back soon: a service was restarted, or a proxy was.
_FIRST_REST, _SHORT_REST, _LONGEST_REST = 60.0, 15.0, 300.0


@attrs.define
class ManyRoute:
    """An operation that reads many tasks at once, of which little is documented.

    Attributes:
        kind: the product.
        path: the operation's path.
        rest: seconds for which it is not asked after it was of no use too often; each time twice
            as long, until it is of use again.
        strikes: how often in a row it was of no use.
        rested: whether it has rested since it was of use.
        struck: when it was so last.
        rest_until: until when it is not asked.
    """

    kind: str
    path: str
    rest: float = _FIRST_REST
    strikes: int = 0
    rested: bool = False
    struck: float = float("-inf")
    rest_until: float = float("-inf")

    def usable(self, now: float) -> bool:
        """Tell whether to ask it now."""
        return now >= self.rest_until

    def was_of_use(self) -> None:
        """Note that it told of tasks."""
        self.strikes, self.rested, self.rest = 0, False, _SHORT_REST

    def was_of_no_use(self, reason: str, begun: float, now: float) -> bool:
        """Note that it did not help; tell whether that was once too often.

        Args:
            reason: what was wrong.
            begun: when it was asked.
            now: the present.
        """
        if begun < self.struck:
            # Requests that were under way at once have seen the same failure.
            return not self.usable(now)
        self.struck = now
        self.strikes += 1
        # After a rest, one more failure is enough.
        if self.strikes < _STRIKES and not self.rested:
            return False
        self._rest(reason, now)
        return True

    def _rest(self, reason: str, now: float) -> None:
        words = "%s: doing without %s for %.0f s: %s"
        _log.info(words, self.kind, self.path, self.rest, reason, kind=self.kind, path=self.path)
        self.strikes, self.rested, self.rest_until = 0, True, now + self.rest
        self.rest = min(2 * self.rest, _LONGEST_REST)

    def failed(self, error: A2EError, begun: float, now: float, *, comes_back: bool) -> bool:
        """Note that it ended with an error.

        Args:
            error: the error.
            begun: when it was asked.
            now: the present.
            comes_back: whether somebody asks again soon.

        Returns:
            Whether the error is that of each task, so that it makes no sense to read them by other
            requests now.
        """
        if isinstance(error, NotFound) and not isinstance(error.body, Mapping):
            # There is no such route, or a proxy says so for a moment.
            if self.usable(now):
                self._rest("there is no such route", now)
            return False
        if fate(error) is Fate.NOT_DONE or isinstance(error, AuthenticationFailed):
            # This says nothing of the route, and other requests would fare no better.
            return True
        # A service in trouble is not asked once more for each task, unless this never ends or
        # nobody asks again.
        out = self.was_of_no_use(logs.told(error), begun, now)
        return not out and comes_back and is_transient(error) and not _is_odd(error)


def _is_odd(error: A2EError) -> bool:
    """Tell whether an answer speaks against the route rather than of a service in trouble."""
    if isinstance(error, APIError):
        return isinstance(error, UnexpectedResponse) or error.status == _NOT_IMPLEMENTED
    return isinstance(error.__cause__, TimeoutError)
