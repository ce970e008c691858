"""How long an item is tried again while the service is away or has no place. Pure."""

from __future__ import annotations

import attrs

from a2e_async.errors import A2EError, APIError
from a2e_async.http.retry import Fate, fate, is_transient, retry_after_of
from a2e_async.jobs.congestion import is_busy

_LONGEST = 300.0
_MOST_ROUNDS = 60


@attrs.define
class Patience:
    """Counts the failures of one item in a row.

    Attributes:
        seconds: how long it is tried while nothing else goes well either.
        first: seconds before the second try; each later one waits twice as long.
        begun: when it was tried first.
    """

    seconds: float
    first: float
    begun: float
    rounds: int = 0

    def pause(self, error: A2EError | None, now: float, chance: float, well: float) -> float | None:
        """Decide about a failure that may pass.

        Args:
            error: what went wrong, which may ask for a pause.
            now: the time.
            chance: a random number from 0 to below 1.
            well: when something of the kind has gone well last, for any item.

        Returns:
            Seconds until the next try, or None to give up.
        """
        self.rounds += 1
        if self.rounds >= _MOST_ROUNDS or now - max(self.begun, well) >= self.seconds:
            return None
        grown = min(_LONGEST, self.first * 2.0 ** min(self.rounds - 1, 20))
        return max(grown * (0.5 + chance / 2), retry_after_of(error) or 0.0)


def is_refused_for_now(error: A2EError) -> bool:
    """Tell whether a start was provably not made, for a reason that may pass."""
    if fate(error) is Fate.UNKNOWN:
        return False
    # A page is not the service's word: something that stands before it refuses.
    is_page = isinstance(error, APIError) and not isinstance(error.body, dict)
    return is_busy(error) or fate(error) is Fate.NOT_DONE or is_page


def may_pass(error: A2EError) -> bool:
    """Tell whether a transfer may succeed later that has ended with this error."""
    cause = error.__cause__
    return is_transient(error) or (cause is not None and is_transient(cause))
