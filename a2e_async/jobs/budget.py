"""How many requests looks may cost, so that they never crowd out starts. Pure."""

from __future__ import annotations

import attrs

_AT_ONCE_SECONDS = 8.0


@attrs.define
class Budget:
    """So many requests per second in the long run, and a few seconds' worth at once.

    Attributes:
        rate: requests per second, above 0.
    """

    rate: float
    _free_at: float = attrs.field(default=float("-inf"), init=False)

    def ready_at(self, now: float) -> float:
        """Tell when the next request may be made, which is now or later."""
        return max(now, self._free_at)

    def spend(self, requests: int, now: float) -> None:
        """Count requests that are made now; a debt delays the next ones."""
        self._free_at = max(self._free_at, now - _AT_ONCE_SECONDS) + requests / self.rate
