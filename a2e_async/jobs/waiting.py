"""How long it takes until a start's turn has come. Pure."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Collection, Iterable, Sequence

import attrs

# Of a kind, so many of the latest durations tell what is usual.
_MEMORY = 64
# What is under way for longer than the usual time is taken to need so many times what it had.
_LONGER = 1.25


@attrs.frozen
class Wait:
    """How far a start is from being sent.

    Attributes:
        position: its place in the line, from 1, which is next.
        seconds: how long it is likely to wait yet; None if nothing tells.
    """

    position: int
    seconds: float | None


def longest(waits: Iterable[Wait]) -> Wait | None:
    """Put together what a start waits for under several limits; None if it waits for nothing."""
    waits = [*waits]
    if not waits:
        return None
    told = [wait.seconds for wait in waits if wait.seconds is not None]
    seconds = max(told) if len(told) == len(waits) else None
    return Wait(max(wait.position for wait in waits), seconds)


class Stays:
    """How long the tasks of each kind have kept their places lately."""

    def __init__(self, told: Callable[[str], float | None]) -> None:
        """Know nothing.

        Args:
            told: gives the mean of a kind that somebody else tells, in seconds, or None. It counts
                as long as nothing was seen.
        """
        self._told = told
        self._ended: defaultdict[str, deque[float]] = defaultdict(lambda: deque(maxlen=_MEMORY))

    def note(self, kind: str, seconds: float) -> None:
        """Take in how long a task has kept its place."""
        self._ended[kind].append(max(0.0, seconds))

    def usual(self, kind: str, ages: Sequence[float]) -> float | None:
        """Tell how long a task of a kind keeps its place; None if nothing tells.

        Args:
            kind: the kind.
            ages: how long those that are under way have had theirs. Of a crowd of which only the
                quick ones have ended yet, the others count too.
        """
        ended = self._ended.get(kind)
        if ended is None:
            return self._told(kind)
        mean = _mean(ended)
        if len(ended) < len(ages):
            mean = _mean([*ended, *(_LONGER * age for age in ages if age > mean)])
        return mean


def _mean(numbers: Collection[float]) -> float:
    # To import `statistics` takes as long as half of the package.
    return sum(numbers) / len(numbers)
