"""What goes wrong between a bot and the stand-in."""

from __future__ import annotations

import random
from collections import Counter, defaultdict, deque

import attrs


@attrs.define
class Trouble:
    """What goes wrong between the bot and Telegram.

    Attributes:
        floods: seconds to wait that the next calls of a method are answered with.
        lost_answers: share of the calls that are carried out, and whose answer is lost.
        lost_calls: share of the calls that are lost on their way.
        lost_polls: the same of the calls for updates that would confirm some.
        errors: share of the calls that are answered with 502 and a page that is no JSON.
        chance: decides it.
        happened: how often each was met.
    """

    floods: dict[str, deque[int]] = attrs.field(factory=lambda: defaultdict(deque))
    lost_answers: float = 0.0
    lost_calls: float = 0.0
    lost_polls: float = 0.0
    errors: float = 0.0
    chance: random.Random = attrs.field(factory=lambda: random.Random(1))
    happened: Counter[str] = attrs.field(factory=Counter)

    def meets(self, name: str) -> bool:
        met: bool = self.chance.random() < getattr(self, name)
        self.happened[name] += met
        return met
