"""How fast starts may follow each other. Pure."""

from __future__ import annotations

import attrs

# Seconds by which a loop that is late may catch up; the pace is as much slower, so that no second
# ever holds more starts than it should.
_LATE = 0.02


@attrs.define
class Pace:
    """So many starts per second, evenly apart: none at once to begin with, none after a pause.

    Attributes:
        per_second: starts per second, above 0.
    """

    per_second: float
    _from: float = attrs.field(default=float("-inf"), init=False)

    def ready_at(self, now: float, share: float = 1.0, position: int = 1) -> float:
        """Tell when the next start may be sent, which is now or later.

        Args:
            now: the present.
            share: how much of the pace is used, above 0 and at most 1.
            position: the how manieth start, if not the next.
        """
        distance = self._distance(share)
        return max(now, self._from + distance) + (position - 1) * distance

    def take(self, now: float, share: float = 1.0) -> None:
        """Count a start that is sent now, which is when one may be, or later."""
        self._from = max(self._from + self._distance(share), now - _LATE)

    def _distance(self, share: float) -> float:
        return (1.0 + _LATE) / (self.per_second * share)
