"""Streaming rooms: paid up front, refunded for what is not used. Pure."""

from __future__ import annotations

import math

import attrs

PRICE = 1
"""Coins for a second."""


@attrs.define(eq=False)
class Room:
    """One room.

    Attributes:
        channel: Its name, which all calls carry.
        avatar_id: Who speaks in it.
        uid: Id of the user in it.
        opened: Simulated moment at which it was opened, in seconds.
        expires: Simulated moment at which it ends by itself.
        coins: What was charged for it; less once it was left early.
        left: Simulated moment at which it was left, None before.
        context: What questions are answered from, None before it is set.
        asked: The questions, oldest first.
        spoken: What the avatar was told to say, oldest first.
    """

    channel: str
    avatar_id: str
    uid: int
    opened: float
    expires: float
    coins: int
    left: float | None = None
    context: str | None = None
    asked: list[str] = attrs.field(factory=list)
    spoken: list[str] = attrs.field(factory=list)

    def open(self, now: float) -> bool:
        """Tell whether it was neither left nor has ended."""
        return self.left is None and now < self.expires

    def leave(self, now: float) -> int:
        """Close it.

        Returns:
            The coins for the whole seconds that were not used.
        """
        unused = max(0, math.floor(self.expires - now)) * PRICE
        self.left = now
        self.coins -= unused
        return unused
