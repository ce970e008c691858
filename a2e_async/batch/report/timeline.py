"""A run over time: how many items were under way, and how many had ended. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate

import attrs

from a2e_async.batch.report.entries import Entry

_SHORTEST = 1.0
_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200)
_DAY = 86_400


@attrs.frozen
class Slice:
    """One stretch of the run.

    Attributes:
        since: when it begins, in seconds since 1970.
        until: when it ends.
        started: items that were started in it.
        completed: items that were completed up to its end.
        failed: items that had failed up to its end.
        under_way: items that were under way together at the most in it.
    """

    since: float
    until: float
    started: int
    completed: int
    failed: int
    under_way: int

    @property
    def ended(self) -> int:
        """Items that had ended, well or not, up to the end of this stretch."""
        return self.completed + self.failed


@attrs.frozen
class _Event:
    at: float
    # What ends comes first: a place that one item leaves is another's in the same moment.
    step: int
    failed: bool = False
    ends: bool = False


def slices(entries: Iterable[Entry], *, count: int) -> Sequence[Slice]:
    """Cut the run into stretches of the same length.

    Args:
        entries: the items; those without any time are left out.
        count: how many stretches.

    Returns:
        The stretches in their order; none if no item has a time.
    """
    events = sorted(_events(entries), key=lambda event: (event.at, event.step))
    if not events:
        return ()
    begin = events[0].at
    length = max(events[-1].at - begin, _SHORTEST) / count
    parts: list[list[_Event]] = [[] for _ in range(count)]
    for event in events:
        parts[min(int((event.at - begin) / length), count - 1)].append(event)
    return _counted(parts, begin, length)


def _events(entries: Iterable[Entry]) -> Iterable[_Event]:
    for entry in entries:
        # Whether an uncertain item was ever under way, nobody knows.
        if entry.started is not None and entry.state in {"running", "completed", "failed"}:
            yield _Event(entry.started, 1)
        if entry.ended is not None and entry.state in {"completed", "failed"}:
            failed = entry.state == "failed"
            # An item that was refused was never under way; a clock may have been set back.
            at = max(entry.ended, entry.started or 0.0)
            yield _Event(at, 0 if entry.started is None else -1, failed, ends=True)


def _counted(parts: Sequence[Sequence[_Event]], begin: float, length: float) -> Sequence[Slice]:
    made = []
    under_way = completed = failed = 0
    for number, events in enumerate(parts):
        levels = [*accumulate((event.step for event in events), initial=under_way)]
        failed += sum(event.ends and event.failed for event in events)
        completed += sum(event.ends and not event.failed for event in events)
        started = sum(event.step > 0 for event in events)
        since, until = begin + number * length, begin + (number + 1) * length
        made.append(Slice(since, until, started, completed, failed, max(levels)))
        under_way = levels[-1]
    return made


def ticks(begin: float, end: float, *, most: int = 6) -> Sequence[float]:
    """Choose round times between two times.

    Args:
        begin: the first time, in seconds since 1970.
        end: the last time.
        most: how many times at the most.

    Returns:
        The times.
    """
    days = -(-(end - begin) // (_DAY * (most - 1)))
    steps = (*_STEPS, max(1, days) * _DAY)
    step = next(step for step in steps if (end - begin) / step <= most - 1 or step == steps[-1])
    first = -(-begin // step) * step
    return [first + n * step for n in range(most) if first + n * step <= end]


def ceiling(value: int) -> int:
    """Find the round number at or above a count, at which an axis can end."""
    power = int("1" + "0" * (len(str(max(1, value))) - 1))
    return next(n * power for n in (1, 2, 3, 4, 5, 6, 8, 10) if n * power >= value)
