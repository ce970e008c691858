"""Coins: a balance and the list of what changed it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from collections.abc import Callable


@attrs.frozen
class Entry:
    """One change of the balance.

    Attributes:
        id: Its id.
        amount: Coins; below 0 is spending.
        reason: What it was for.
        moment: Simulated moment, in seconds.
    """

    id: str
    amount: int
    reason: str
    moment: float


@attrs.define
class Ledger:
    """The account.

    Attributes:
        coins: The balance.
        diamonds: The other currency.
        entries: All changes, oldest first.
    """

    coins: int
    _new_id: Callable[[], str]
    diamonds: int = 0
    entries: list[Entry] = attrs.field(factory=list)

    def charge(self, amount: int, reason: str, moment: float) -> bool:
        """Take coins, all or nothing.

        Returns:
            Whether there were enough.
        """
        if amount > self.coins:
            return False
        self._book(-amount, reason, moment)
        return True

    def spend_diamond(self) -> bool:
        """Take a diamond.

        Returns:
            Whether there was one.
        """
        if self.diamonds < 1:
            return False
        self.diamonds -= 1
        return True

    def refund(self, amount: int, reason: str, moment: float) -> None:
        """Give coins back."""
        self._book(amount, reason, moment)

    def _book(self, amount: int, reason: str, moment: float) -> None:
        self.coins += amount
        if amount:
            self.entries.append(Entry(self._new_id(), amount, reason, moment))
