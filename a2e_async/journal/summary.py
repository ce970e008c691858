"""What a journal holds in all. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from a2e_async import wire
from a2e_async.journal.item import ENDED, State


@attrs.frozen(kw_only=True)
class Summary:
    """The items of a journal, counted.

    Attributes:
        counts: how many are in each state, the empty ones included.
        coins_spent: what was paid, earlier attempts included: as the service told, or as was
            reserved for what has ended without a price.
        coins_reserved: what is set aside for open and uncertain starts whose price is not told.
    """

    counts: Mapping[State, int]
    coins_spent: float
    coins_reserved: float

    @property
    def total(self) -> int:
        """How many items there are."""
        return sum(self.counts.values())

    @classmethod
    def of(cls, found: Iterable[tuple[Any, ...]]) -> Summary:
        """Add up what each state has: its word, items, earlier coins, told and reserved ones."""
        counts = dict.fromkeys(State, 0)
        spent = reserved = 0.0
        for word, count, before, told, untold in found:
            state = State(word)
            counts[state] = count
            spent += before + told
            if state in ENDED:
                spent += untold
            else:
                reserved += untold
        return cls(counts=counts, coins_spent=_number(spent), coins_reserved=_number(reserved))


def _number(value: float) -> float:
    # Whole coins are shown as such.
    return wire.read_number(value) or 0
