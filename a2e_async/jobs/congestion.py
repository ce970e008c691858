"""How much of its limits a client uses while the service is busy. Pure."""

from __future__ import annotations

import math
import re

import attrs

from a2e_async.errors import APIError, RateLimited, ServiceBusy

_NEVER = float("-inf")
_AT_ONCE = re.compile(r"concurren|(tasks|jobs) (running )?at (once|the same time)", re.IGNORECASE)
# So deep the share sinks at the most, in halvings, and so soon it is doubled again.
_MOST_HALVINGS = 6.0
_SECONDS = 30.0
_SUCCESSES = 100.0


def is_busy(error: Exception | None) -> bool:
    """Tell whether an answer to a start says that too much is under way."""
    if isinstance(error, (RateLimited, ServiceBusy)):
        return True
    # Worded as a matter of the account's plan or coins, it is of another class.
    return isinstance(error, APIError) and _AT_ONCE.search(error.message) is not None


@attrs.define
class Congestion:
    """The share of its limits that a client uses, halved by busy answers.

    It is doubled again by half a minute, by a hundred starts that succeed, or by some of both.
    """

    _halvings: float = attrs.field(default=0.0, init=False)
    _as_of: float = attrs.field(default=_NEVER, init=False)
    _shrunk: float = attrs.field(default=_NEVER, init=False)

    def share(self, now: float) -> float:
        """Tell the present share, above 0 and at most 1."""
        return 0.5 ** self._left(now) if self._halvings else 1.0

    def reached(self, share: float) -> float:
        """Tell when the share reaches another one of at most 1, if nothing happens until then."""
        halvings = -math.log2(share)
        return self._as_of + max(0.0, self._halvings - halvings) * _SECONDS

    def refused(self, now: float, *, sent: float) -> None:
        """Take in a busy answer.

        Args:
            now: the present.
            sent: when the request was sent. What was sent before the share last shrank tells
                nothing of the share since.
        """
        if sent < self._shrunk:
            return
        self._halvings = min(self._left(now) + 1.0, _MOST_HALVINGS)
        self._as_of = self._shrunk = now

    def succeeded(self, now: float) -> None:
        """Take in a start that the service accepted."""
        if self._halvings:
            self._halvings = max(0.0, self._left(now) - 1.0 / _SUCCESSES)
            self._as_of = now

    def _left(self, now: float) -> float:
        if not self._halvings:
            return 0.0
        return max(0.0, self._halvings - max(0.0, now - self._as_of) / _SECONDS)
