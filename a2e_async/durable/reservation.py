"""Coins that are put aside for a start. Pure."""

from __future__ import annotations

from collections.abc import Hashable

import attrs


@attrs.frozen
class Reservation:
    """Coins that were put aside for a start.

    Attributes:
        coins: how many.
        shape: what its price depends on.
        is_trial: whether others of its shape wait for what it will have cost.
    """

    coins: float
    shape: Hashable
    is_trial: bool = False
