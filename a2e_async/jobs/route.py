"""Whether a request that reads many tasks is worth making. Pure, but for a line in the log."""

from __future__ import annotations

import logging
from collections.abc import Mapping

import attrs

from a2e_async.errors import (
    A2EError,
    APIError,
    AuthenticationFailed,
    NotFound,
    UnexpectedResponse,
)
from a2e_async.http.retry import Fate, fate, is_transient

_log = logging.getLogger("a2e_async.jobs")

_STRIKES = 3
_NOT_IMPLEMENTED = 501
_REST_SECONDS = 300.0


@attrs.define
class ManyRoute:
    """An operation that reads many tasks at once, of which little is documented.

    Attributes:
        kind: the product.
        path: the operation's path.
        rest: seconds for which it is not asked after it was of no use too often.
        absent: whether the service turned out not to have it.
        strikes: how often in a row it was of no use.
        rest_until: until when it is not asked.
    """

    kind: str
    path: str
    rest: float = _REST_SECONDS
    absent: bool = False
    strikes: int = 0
    rest_until: float = float("-inf")

    def usable(self, now: float) -> bool:
        """Tell whether to ask it now."""
        return not self.absent and now >= self.rest_until

    def was_of_use(self) -> None:
        """Note that it told of tasks."""
        self.strikes = 0

    def was_of_no_use(self, reason: str, now: float) -> bool:
        """Note that it did not help; tell whether that was once too often."""
        self.strikes += 1
        if self.strikes < _STRIKES:
            return False
        self.strikes, self.rest_until = 0, now + self.rest
        _log.info(
            "%s: %s was of no use %d times in a row, doing without it for %.0f s: %s",
            *(self.kind, self.path, _STRIKES, self.rest, reason),
        )
        return True

    def failed(self, error: A2EError, now: float, *, comes_back: bool) -> bool:
        """Note that it ended with an error.

        Args:
            error: the error.
            now: the present.
            comes_back: whether somebody asks again soon.

        Returns:
            Whether the error is that of each task, so that it makes no sense to read them by other
            requests now.
        """
        if isinstance(error, NotFound) and not isinstance(error.body, Mapping):
            _log.info("%s: no %s here, doing without it", self.kind, self.path)
            self.absent = True
            return False
        if fate(error) is Fate.NOT_DONE or isinstance(error, AuthenticationFailed):
            # This says nothing of the route, and other requests would fare no better.
            return True
        # A service in trouble is not asked once more for each task, unless this never ends or
        # nobody asks again.
        out = self.was_of_no_use(str(error), now)
        return not out and comes_back and is_transient(error) and not _is_odd(error)


def _is_odd(error: A2EError) -> bool:
    """Tell whether an answer speaks against the route rather than of a service in trouble."""
    if isinstance(error, APIError):
        return isinstance(error, UnexpectedResponse) or error.status == _NOT_IMPLEMENTED
    return isinstance(error.__cause__, TimeoutError)
