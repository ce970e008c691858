"""What became of a start whose answer was lost: its task, or the proof that there is none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import anyio
import attrs

from a2e_async import clock
from a2e_async.durable.absence import Lost, doubt
from a2e_async.durable.finder import Sight
from a2e_async.durable.run import Run, now
from a2e_async.durable.witnesses import Witnesses
from a2e_async.errors import SubmitUncertain
from a2e_async.jobs.names import is_made_up
from a2e_async.journal.item import Item
from a2e_async.tasks.record import Record
from a2e_async.tasks.request import Request

_PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
_FEW = 5
"""So many looks in a row may tell nothing before the patience with it counts."""
_AGREEING = 2
"""So many walks in a row have to prove the same."""
_IDLE = 4.0
"""So many times as long as a start settles, the list may tell nothing while nothing happens."""


@attrs.define
class _Search:
    """How far the search for one start is.

    Attributes:
        name: the name that it was sent with.
        lost: the start.
        since: when the search began, on the monotonic clock.
        settle: seconds after which the start has come to the service, or never will.
        proofs: looks in a row that prove that there is no task.
        doubts: looks in a row that do not.
        blank: looks in a row that were made since the start has settled, and could be made.
        failures: looks in a row that could not be made.
        idle_since: since when nothing happens from which the list could tell more.
        why: why the latest look proves nothing.
        pace: seconds that the latest look took.
        longest: the most seconds that a known task has taken.
    """

    name: str
    lost: Lost
    since: float
    settle: float
    proofs: int = 0
    doubts: int = 0
    blank: int = 0
    failures: int = 0
    idle_since: float | None = None
    why: str | None = None
    pace: float = 0.0
    longest: float = 0.0

    def take(self, sight: Sight, at: float, *, idle: bool) -> None:
        """Take in a look that has not found the task."""
        walk = sight.walk
        self.why = doubt(self.lost, walk, sight.answered)
        self.proofs = self.proofs + 1 if self.why is None else 0
        self.doubts = self.doubts + 1 if self.why is not None else 0
        self.failures = 0 if walk.is_good else self.failures + 1
        settled = walk.is_good and at - self.since >= self.settle
        self.blank = self.blank + 1 if settled else 0
        self.idle_since = (self.idle_since or at) if idle and walk.is_good else None
        self.pace, self.longest = sight.seconds, walk.longest or 0.0

    def is_hopeless(self, at: float, patience: float) -> bool:
        """Tell whether it is no use to look again."""
        if not is_made_up(self.name) and self.blank >= _AGREEING:
            # Its not being there would prove nothing.
            return True
        if self.why is None:
            return False
        if self.doubts > _FEW and at - self.since > patience:
            return True
        return self.idle_since is not None and at - self.idle_since > self._quiet()

    def _quiet(self) -> float:
        # A list of tasks that have ended would show this one by then, too.
        return max(_IDLE * self.settle, 3 * self.longest)

    def pause(self, at: float, patience: float) -> float:
        """Give the seconds until the next look."""
        usual = _PAUSES[min(self.doubts, len(_PAUSES) - 1)]
        if not self.failures:
            # What the list lacks may come soon, and comes late only if tasks take long.
            left = self.since + self.settle - at
            grown = max(left, self.settle / 10 * 2 ** min(self.doubts, 8))
            usual = min(usual, grown)
        usual = min(usual, max(self.settle, patience / 10))
        if self.idle_since is not None:
            usual = min(usual, self._quiet() / 5)
        return max(usual, 2 * self.pace)


async def look_up(run: Run, item: Item, request: Request[Any]) -> list[Record]:
    """Find out what became of a start.

    Args:
        run: what the starts of its journal share.
        item: the start's item.
        request: its request.

    Returns:
        The records of its tasks; none where what the product's list shows proves that there are
        none.

    Raises:
        SubmitUncertain: neither can be known.
    """
    product, name = request.product, item.name
    if name is None or item.starting_at is None or not run.finder.can_tell(product):
        raise _uncertain(run, item, request, "such a task cannot be looked for by name")
    lost, witnesses = Lost(begun=item.starting_at, noticed=now()), Witnesses(run)
    found: list[Record] = []
    search = _Search(name, lost, clock.now(), run.core.session.policy.settle)
    with _sought(run, item.kind, name):
        while not run.finder.is_gone(lost.begun):
            sight = await run.finder.find(product, name, lost, witnesses)
            fresh = [r for r in sight.records if not await run.journal.knows(item.kind, r.id)]
            found = fresh or found
            if len(found) >= request.expected_tasks:
                return _surely(run, item, request, found)
            search.take(sight, clock.now(), idle=run.is_idle())
            if search.proofs >= _AGREEING and (found or is_made_up(name)):
                return found and _surely(run, item, request, found)
            if search.is_hopeless(clock.now(), run.seconds):
                break
            await anyio.sleep(search.pause(clock.now(), run.seconds))
    if found:
        return _surely(run, item, request, found)
    raise _uncertain(run, item, request, _reason(search))


def _reason(search: _Search) -> str:
    if not is_made_up(search.name):
        return "no task of that name was found"
    return f"the product's list {search.why or 'may not go back so far'}"


@contextmanager
def _sought(run: Run, kind: str, name: str) -> Iterator[None]:
    run.sought[kind, name] += 1
    try:
        yield
    finally:
        run.sought[kind, name] -= 1
        if not run.sought[kind, name]:
            del run.sought[kind, name]


def _surely(run: Run, item: Item, request: Request[Any], found: list[Record]) -> list[Record]:
    """Give the records of the start, if they are surely its."""
    assert item.name is not None
    # A name that the caller chose may be another start's as well.
    if is_made_up(item.name) or (len(found) == 1 and run.sought[item.kind, item.name] == 1):
        return found
    tokens = ", ".join(request.product.token(record.id) for record in found)
    raise _uncertain(run, item, request, f"none of these is surely its task: {tokens}")


def _uncertain(run: Run, item: Item, request: Request[Any], why: str) -> SubmitUncertain:
    return SubmitUncertain(
        f"{item.kind}: the answer to the start named {item.name!r} was lost, and {why}. It may "
        f"exist and be paid for; it was not started again{run.advice}",
        request=request,
        name=item.name,
    )
