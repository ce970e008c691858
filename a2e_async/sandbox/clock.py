"""Simulated time: real seconds since the start, times a speed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from collections.abc import Callable


@attrs.frozen
class SimulatedClock:
    """Tell the simulated time.

    Attributes:
        real: Monotonic clock in real seconds.
        speed: Simulated seconds per real second.
        epoch: POSIX time, in seconds, of the simulated second 0.
        started: Reading of `real` at the simulated second 0.
    """

    real: Callable[[], float]
    speed: float
    epoch: float
    started: float

    def now(self) -> float:
        """Return the simulated seconds since the start."""
        return (self.real() - self.started) * self.speed

    def date(self) -> float:
        """Return the POSIX time that answers are dated with.

        It runs with real time, so that whoever measures by it does not take what happened since
        for older than it is, and never ahead of the simulated time.
        """
        real = self.real() - self.started
        return self.epoch + min(real, real * self.speed)

    def iso(self, moment: float) -> str:
        """Write a simulated moment the way the service does: UTC, milliseconds, Z."""
        when = datetime.fromtimestamp(self.epoch + moment, UTC)
        return when.isoformat(timespec="milliseconds").replace("+00:00", "Z")
