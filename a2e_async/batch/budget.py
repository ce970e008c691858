"""A limit on coins that no start goes beyond. Pure."""

from __future__ import annotations

import attrs


@attrs.define
class Budget:
    """Coins that are spent, and those that starts under way may cost.

    Attributes:
        limit: the most that may be spent, or None for any number.
        spent: coins of tasks there are, or may be.
        reserved: coins of starts whose answer is not here yet.
    """

    limit: float | None = None
    spent: float = 0
    reserved: float = 0
    _open: int = 0

    @property
    def pending(self) -> bool:
        """Whether a reservation is open that may turn out cheaper."""
        return self._open > 0

    @property
    def left(self) -> float | None:
        """Coins that can still be reserved; None for any number."""
        return None if self.limit is None else self.limit - self.spent - self.reserved

    def reserve(self, coins: float) -> bool:
        """Put coins aside for a start; tell whether they are there."""
        if self.left is not None and coins > self.left:
            return False
        self.reserved += coins
        self._open += 1
        return True

    def settle(self, reserved: float, coins: float) -> None:
        """Replace a reservation by what the start has cost, 0 if nothing was started."""
        self._open -= 1
        self.reserved = self.reserved - reserved if self._open else 0
        self.spent += coins

    def correct(self, before: float, after: float) -> None:
        """Replace what a task was said to cost by what it says now."""
        self.spent += after - before
