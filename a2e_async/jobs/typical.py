"""How long the tasks of one family take, as far as this process has seen. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator

# So many classes of age for each factor of e, from half a unit to a hundred thousand.
_STEPS = 5
_FIRST, _LAST = -4, 57
_LONGEST_MEMORY = 500.0
# What one task shows weighs as much as what is believed without any.
_BELIEF = 1.0
# The spread of durations where only their mean is told, as that of their logarithm.
_SPREAD = 0.5


class Typical:
    """How often tasks of an age end, from the time watched at that age and the ends seen in it.

    Tasks that still run count with the time they were watched, so that a crowd of which only the
    quick ones have ended yet does not look quick as a whole.
    """

    __slots__ = ("_ends", "_spent", "_unit", "_weight")

    def __init__(self, unit: float = 1.0) -> None:
        """Know nothing.

        Args:
            unit: seconds that are short for such tasks; ages are told apart from half of it on.
        """
        self._unit = unit
        self._spent = [0.0] * (_LAST - _FIRST + 1)
        self._ends = [0.0] * (_LAST - _FIRST + 1)
        self._weight = 0.0

    def note(self, since: float, until: float, *, ended: bool) -> None:
        """Take in what two looks at one task have shown.

        Args:
            since: the task's age at the look before, when it still ran, in seconds.
            until: its age at the look now.
            ended: whether it has ended in between.
        """
        span = until - since
        if span <= 0.0:
            return
        for place, units in _classes(since / self._unit, until / self._unit):
            self._spent[place] += units
            if ended:
                self._ends[place] += units * self._unit / span
        if ended:
            self._weigh(1.0)

    def expect(self, mean: float, weight: float) -> None:
        """Take in a mean duration that somebody else tells.

        Args:
            mean: seconds.
            weight: of how many tasks it counts as the experience.
        """
        scale = math.log(mean / self._unit) - _SPREAD**2 / 2
        for place in range(len(self._spent)):
            low, high = _edge(place), _edge(place + 1)
            before, after = _running(low, scale), _running(high, scale)
            self._spent[place] += weight * (high - low) * (before + after) / 2
            self._ends[place] += weight * (before - after)
        self._weigh(weight)

    def rate(self, age: float, belief: float) -> float:
        """Give the ends per second among tasks of an age.

        Args:
            age: seconds.
            belief: the rate to go by where nothing was seen, above 0.
        """
        place = _place(age / self._unit)
        own = _BELIEF * (_edge(place + 1) - _edge(place))
        believed = belief * self._unit * own
        return (self._ends[place] + believed) / (self._spent[place] + own) / self._unit

    def _weigh(self, weight: float) -> None:
        # The service becomes faster or slower: what is long ago counts for less.
        self._weight += weight
        if self._weight > _LONGEST_MEMORY:
            self._weight /= 2
            self._spent = [units / 2 for units in self._spent]
            self._ends = [ends / 2 for ends in self._ends]


def _place(age: float) -> int:
    if age <= 0.0:
        return 0
    return min(max(math.floor(math.log(age) * _STEPS), _FIRST), _LAST) - _FIRST


def _edge(place: int) -> float:
    return math.exp((place + _FIRST) / _STEPS) if place else 0.0


def _classes(since: float, until: float) -> Iterator[tuple[int, float]]:
    """Go through the classes between two ages, with the time that falls into each."""
    place, last = _place(since), _place(until)
    while place < last:
        edge = _edge(place + 1)
        yield place, edge - since
        place, since = place + 1, edge
    yield place, until - since


def _running(age: float, scale: float) -> float:
    """Give the share of tasks that still run at an age."""
    if age <= 0.0:
        return 1.0
    return math.erfc((math.log(age) - scale) / (_SPREAD * math.sqrt(2))) / 2
