"""Status words: which one a task shows after which share of its duration. Pure."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from collections.abc import Iterable

ORDER = (
    "initialized",
    "init",
    "start",
    "waiting",
    "sent",
    "pending",
    "pendding",
    "running",
    "processing",
    "process",
    "copy",
)
SUCCESS = frozenset({"completed", "success"})
FAILURE = frozenset({"failed", "fail"})


def _even_starts(words: Words) -> tuple[float, ...]:
    """Give the last word the second half of the time, the others equal parts of the first."""
    last = len(words.running) - 1
    return tuple(0.5 * step / max(1, last) for step in range(last + 1))


@attrs.frozen
class Words:
    """The status words of one product.

    Attributes:
        running: Words before the end, in the order a task passes them; at least one.
        success: The word of a finished task.
        failure: The word of a failed task.
        starts: Shares of the duration at which the running words begin.
    """

    running: tuple[str, ...]
    success: str
    failure: str
    starts: tuple[float, ...] = attrs.field(
        init=False, eq=False, repr=False, default=attrs.Factory(_even_starts, takes_self=True)
    )

    @classmethod
    def of(cls, values: Iterable[str]) -> Words:
        """Sort the words of a documented status list, whatever order they are listed in."""
        words = list(values)
        running = sorted((word for word in words if word in ORDER), key=ORDER.index)
        success = next(word for word in words if word in SUCCESS)
        failure = next(word for word in words if word in FAILURE)
        return cls(tuple(running), success, failure)

    def at(self, fraction: float, *, fails: bool) -> str:
        """Return the word at this share of the duration (0 = started, 1 or more = over)."""
        if fraction >= 1:
            return self.failure if fails else self.success
        return self.running[self._step(fraction)]

    def since(self, fraction: float) -> float:
        """Return the share of the duration at which the current word was entered."""
        return 1.0 if fraction >= 1 else self.starts[self._step(fraction)]

    def _step(self, fraction: float) -> int:
        return max(0, bisect_right(self.starts, fraction) - 1)


STANDARD = Words.of(("initialized", "sent", "pending", "processing", "completed", "failed"))


def percent(fraction: float) -> int:
    """Return the progress in percent; 100 only when the task is over."""
    return 100 if fraction >= 1 else max(0, min(99, int(fraction * 100)))
