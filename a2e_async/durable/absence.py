"""Whether what a product's list shows proves that a start has made no task. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence

import attrs

from a2e_async.journal.known import Known

PRECISION = 30.0
"""Seconds by which two clocks may differ that tell the same time."""
LISTED = 2 * 86400.0
"""Records stay in the lists for about three days: so old a one is there for sure."""
_NEVER = float("inf")


@attrs.frozen(kw_only=True)
class Row:
    """A task as a page of the list shows it.

    Attributes:
        id: its id.
        name: its name, or None.
        created: when it was started, as the service dates it, in seconds since 1970; or None.
        took: seconds from then to its end, as the service dates them; or None.
        running: whether it is surely said to be under way.
        known: what is known of it for sure; None if that is nothing.
    """

    id: str
    name: str | None
    created: float | None = None
    took: float | None = None
    running: bool = False
    known: Known | None = None


@attrs.frozen(kw_only=True)
class Lost:
    """A start whose answer was lost.

    Attributes:
        begun: when it was sent, in seconds since 1970.
        noticed: when it was known that it is lost.
    """

    begun: float
    noticed: float


@attrs.define
class Dates:
    """What the dates of a walk are worth.

    Attributes:
        skew: seconds by which the service's clock is ahead of this machine's.
        lowest: the earliest date; infinite before any row.
        newest: the latest date of a known task.
        ordered: whether all rows have dates, and are newest first by them.
        agreed: whether the dates of known tasks are the moments at which they were started; None
            before any such task.
    """

    skew: float
    lowest: float = _NEVER
    newest: float = -_NEVER
    ordered: bool = True
    agreed: bool | None = None

    def take(self, row: Row) -> None:
        """Take in the next row."""
        if row.created is None or row.created > self.lowest + PRECISION:
            self.ordered = False
            return
        self.lowest = min(self.lowest, row.created)
        if row.known is not None:
            self._compare(row.created - self.skew, row.known)
            self.newest = max(self.newest, row.created)

    def _compare(self, created: float, known: Known) -> None:
        if not known.begun - PRECISION <= created <= known.answered + PRECISION:
            self.agreed = False
        elif self.agreed is None and known.answered - known.begun <= PRECISION:
            self.agreed = True

    def reach(self, begun: float) -> bool:
        """Tell whether all tasks were seen that were started from a moment on.

        That the list is sorted shows where a known task of that time stands before older rows.
        """
        first = begun + self.skew - 2 * PRECISION
        good = self.ordered and self.agreed is True
        return good and self.newest >= first and self.lowest < first - PRECISION


@attrs.define(kw_only=True)
class Walk:
    """What was seen on the pages of a list, one after the other.

    Attributes:
        begun: when the first was asked for, in seconds since 1970.
        dates: what the dates are worth.
        settle: seconds after which a task that there is can be expected to be listed.
        is_good: whether all pages were pages, so far.
        ended: whether there is nothing more to be read.
        empty: whether an empty page has ended it.
        stated: the largest number of tasks that an answer has stated; None if none has.
        rows: how many tasks were seen.
        named: whether all known tasks have shown the names that they were started with; None
            before any.
        running: whether a task under way was seen.
        longest: the most seconds that a known task has taken; None before any has ended.
        latest: when the latest known task was started that was seen.
        answered: when the known tasks that were seen were known, in order once it has ended.
        missing: how many tasks under way were not seen that should have been.
    """

    begun: float
    dates: Dates
    settle: float
    is_good: bool = True
    ended: bool = False
    empty: bool = False
    stated: int | None = None
    rows: int = 0
    named: bool | None = None
    running: bool = False
    longest: float | None = None
    latest: float = -_NEVER
    answered: list[float] = attrs.field(factory=list)
    missing: int = 0
    _seen: set[str] = attrs.field(factory=set)

    def fresh(self, ids: Collection[str]) -> list[str]:
        """Choose the tasks that were not seen yet."""
        return [task_id for task_id in ids if task_id not in self._seen]

    def take(self, rows: Sequence[Row], *, stated: int | None, more: bool) -> None:
        """Take in a page.

        Args:
            rows: its tasks, without those that were seen before.
            stated: how many tasks there are in all, as it says; or None.
            more: whether it has shown any task at all, seen before or not.
        """
        if stated is not None:
            self.stated = max(stated, self.stated or 0)
        for row in rows:
            self._take(row)
        if not rows:
            self.ended, self.empty = True, not more

    def _take(self, row: Row) -> None:
        self.rows += 1
        self._seen.add(row.id)
        self.dates.take(row)
        self.running = self.running or row.running
        known = row.known
        if known is None:
            return
        shown = row.name is not None and row.name == (known.name or row.name)
        self.named = shown and self.named is not False
        self.latest = max(self.latest, known.begun)
        self.answered.append(known.answered)
        took = row.took if known.ended is None else known.ended - known.begun
        if took is not None:
            self.longest = max(took, self.longest or 0.0)

    def end(self, under_way: Collection[str]) -> None:
        """Look at the whole.

        Args:
            under_way: tasks that were known to be under way for `settle` seconds before it.
        """
        self.ended = True
        self.missing = sum(task_id not in self._seen for task_id in under_way)
        self.answered.sort()
        self._seen.clear()

    @property
    def is_whole(self) -> bool:
        """Whether all tasks were seen that there are, as far as the list tells."""
        if not self.rows or (self.stated or 0) > self.rows:
            return False
        return self.empty or self.stated is not None


def doubt(lost: Lost, walk: Walk, answered: Sequence[float]) -> str | None:
    """Tell why a walk that has not shown a start's name does not prove that there is no task.

    Args:
        lost: the start.
        walk: the walk, ended.
        answered: when the known tasks of the product were known that are listed for sure, in
            order.

    Returns:
        The reason, in words that follow "the product's list …"; None if it does prove it.
    """
    if not walk.is_good:
        return "cannot be read to its end"
    if walk.named is False:
        # No other walk would show more, so this is the reason to tell.
        return "does not show the names of its tasks"
    return (
        _doubt_of_end(lost, walk, answered)
        or _doubt_of_rows(lost, walk, answered)
        or _doubt_of_time(lost, walk, answered)
    )


def _doubt_of_end(lost: Lost, walk: Walk, answered: Sequence[float]) -> str | None:
    if walk.dates.reach(lost.begun):
        return None
    if not walk.is_whole:
        return "does not show where it ends"
    # A list of so many tasks shows the newest of them, and states their number, too.
    older = bool(walk.answered) and walk.answered[0] <= lost.begun
    if not older and (not walk.empty or (answered and answered[0] <= lost.begun)):
        return "may not go back so far"
    return None


def _doubt_of_rows(lost: Lost, walk: Walk, answered: Sequence[float]) -> str | None:
    if walk.named is None:
        return "shows no task that is known"
    until = walk.begun - walk.settle
    if walk.missing or _between(walk.answered, lost.begun, until) < _between(
        answered, lost.begun, until
    ):
        return "does not show all tasks that are known"
    is_old = walk.longest is not None and walk.begun - lost.noticed > 2 * walk.longest
    if not walk.running and not is_old:
        return "may not show tasks that are under way"
    return None


def _doubt_of_time(lost: Lost, walk: Walk, answered: Sequence[float]) -> str | None:
    # A task that was surely started later, and is there, shows that the list is not behind.
    wait = walk.settle if walk.latest >= lost.noticed else 2 * walk.settle
    has_later = bool(answered) and answered[-1] > lost.noticed
    if walk.begun < lost.noticed + wait or (has_later and walk.answered[-1] <= lost.noticed):
        return "may be behind"
    if walk.begun > lost.begun + LISTED:
        return "may not go back so far"
    return None


def _between(moments: Sequence[float], first: float, last: float) -> int:
    return max(0, bisect_right(moments, last) - bisect_left(moments, first))
