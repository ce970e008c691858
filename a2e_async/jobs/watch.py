"""What a client knows of one task, and who waits for it."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, Final, Generic, TypeAlias, TypeVar

import attrs

from a2e_async import status, wire
from a2e_async.errors import NotFound
from a2e_async.status import JobStatus
from a2e_async.tasks.product import Product
from a2e_async.tasks.record import Record

R = TypeVar("R", bound=Record)


class ClosedWhileWaiting(Exception):
    """The client was closed while somebody waited.

    Attributes:
        why: that, in words.
    """

    why = "the client was closed during the wait"


class DrainedWhileWaiting(ClosedWhileWaiting):
    """The client was drained, and the time for that was over while somebody waited."""

    why = "the client was drained, and waits no longer"


class LookingStopped(Exception):
    """The client's looking for its jobs was cancelled from outside."""


class OutOfTime(Exception):
    """A wait has lasted as long as it may."""


News: TypeAlias = Exception | None
"""What a waiter hears: that there is something new (None), or why there will not be."""

_QUEUED: Final = frozenset({JobStatus.INITIALIZED, JobStatus.SENT, JobStatus.PENDING})


@attrs.define
class Trouble:
    """What went wrong with the latest looks at one task.

    Attributes:
        failures: looks in a row that failed.
        refused: how many of them ended with a refusal.
        missed: looks in a row that did not find the task.
        missed_since: when the first of these was.
        error: what the latest look ended with.
    """

    failures: int = 0
    refused: int = 0
    missed: int = 0
    missed_since: float = 0.0
    error: Exception | None = None

    def miss(self, now: float) -> float:
        """Count a look that did not find the task; give the seconds since the first such one."""
        self.missed_since = self.missed_since if self.missed else now
        self.missed += 1
        return now - self.missed_since


class Watch(Generic[R]):
    """What a client knows of one task, shared by all job objects for it.

    There may be a hundred thousand of these: what few of them need is an object of its own.

    Attributes:
        product: the task's product.
        task_id: its id.
        status: the state that was last seen; None before any look.
        packed: the JSON of the record that was last seen, as long as nothing in it is final.
        shown: what of that record is news when it changes.
        since: when it was started, or first looked at.
        started_here: whether that is its real start.
        looked: when it was last found, or started.
        seen: whether a look has ever found it.
        due: when it is looked at next; None until somebody waits.
        interval: seconds from the last look to then.
        looking: whether a look is under way.
        anew: whether it goes on after it had ended before.
        has_bell: whether a webhook will tell its end.
        rung: when a bell was last heard for it.
        trouble: what goes wrong with it.
    """

    __slots__ = (
        "__weakref__",
        "_alive",
        "_record",
        "_to_change",
        "_to_end",
        "anew",
        "due",
        "has_bell",
        "interval",
        "looked",
        "looking",
        "packed",
        "product",
        "rung",
        "seen",
        "shown",
        "since",
        "started_here",
        "status",
        "task_id",
        "trouble",
    )

    def __init__(self, product: Product[R], task_id: str, *, anew: bool = False) -> None:
        """Know nothing yet, but whether the task goes on after it had ended before."""
        self.product = product
        self.task_id = task_id
        self.anew = anew
        self.status: JobStatus | None = None
        self.packed: bytes | None = None
        self.shown: tuple[Any, ...] = ()
        self._record: R | None = None
        self._alive: weakref.ref[R] | None = None
        self.since: float | None = None
        self.started_here = False
        self.looked: float | None = None
        self.seen = False
        self.due: float | None = None
        self.interval = 0.0
        self.looking = False
        self.has_bell = False
        self.rung: float | None = None
        self.trouble: Trouble | None = None
        self._to_end: tuple[asyncio.Future[News], ...] = ()
        self._to_change: tuple[asyncio.Future[News], ...] = ()

    @property
    def ended(self) -> bool:
        """Whether the last record is a final one."""
        return self.status is not None and self.status.terminal

    @property
    def queued(self) -> bool:
        """Whether the service had not begun with the task when it was last seen."""
        return self.status in _QUEUED

    @property
    def awaited(self) -> bool:
        """Whether somebody waits for it."""
        return any(_waiting(self._to_end)) or any(_waiting(self._to_change))

    @property
    def record(self) -> R | None:
        """What was last seen of it."""
        if self.packed is None or self.status is None:
            return self._record
        record = None if self._alive is None else self._alive()
        if record is None:
            record = self.product.read(wire.loads(self.packed))
            if record.status is not self.status:
                record = attrs.evolve(record, status=self.status)
            # Whoever holds it gets the same one again.
            self._alive = weakref.ref(record)
        return record

    def keep(self, record: R) -> None:
        """Take in what was seen of it."""
        self.status, self.shown = record.status, news(record)
        self._record, self._alive, self.packed = record, None, None

    def pack(self) -> None:
        """Keep what was seen of it in little room, if that is not final."""
        record = self._record
        # A final word in a record that is not final is to be read anew at the next look.
        if record is None or self.ended or status.read(record.current_status).terminal:
            return
        self.packed = packed(record.raw)
        if self.packed is not None:
            self._record = None

    @property
    def last_error(self) -> Exception | None:
        """What the latest look ended with; None for a record."""
        return None if self.trouble is None else self.trouble.error

    @property
    def gone(self) -> bool:
        """Whether the latest look did not find it."""
        return isinstance(self.last_error, NotFound)

    @property
    def failures(self) -> int:
        """How many looks in a row have failed."""
        return 0 if self.trouble is None else self.trouble.failures

    def troubled(self) -> Trouble:
        """Give what goes wrong with it, for more of it."""
        if self.trouble is None:
            self.trouble = Trouble()
        return self.trouble

    def age(self, now: float) -> float:
        """Give the seconds since its start, as far as that is known."""
        return 0.0 if self.since is None else max(0.0, now - self.since)

    def by_word(self, record: R) -> R:
        """Read a record of a task that goes on anew by its word: it was ready once before."""
        if not self.anew or record.current_status is None:
            return record
        return attrs.evolve(record, status=status.read(record.current_status))

    def admit(self, waiter: asyncio.Future[News], *, changes: bool) -> None:
        """Let somebody wait, for the next change or for the end."""
        if changes:
            self._to_change = (*_swept(self._to_change), waiter)
        else:
            self._to_end = (*_swept(self._to_end), waiter)

    def tell(self, error: News = None) -> None:
        """Wake those who wait for what just happened: an error or the end all, a change some."""
        waiters = self._to_change
        if error or self.ended:
            waiters += self._to_end
        for waiter in _waiting(waiters) if waiters else ():
            waiter.set_result(error)

    def __lt__(self, other: Watch[Any]) -> bool:
        """Stand in a heap beside a job that is due at the same time: either may come first."""
        return False


def _waiting(waiters: Iterable[asyncio.Future[News]]) -> Iterator[asyncio.Future[News]]:
    return (waiter for waiter in waiters if not waiter.done())


def _swept(waiters: tuple[asyncio.Future[News], ...]) -> tuple[asyncio.Future[News], ...]:
    """Count out those who have stopped waiting, at each doubling of the number."""
    number = len(waiters)
    return waiters if number & (number - 1) else tuple(_waiting(waiters))


def packed(raw: dict[str, Any]) -> bytes | None:
    """Write a task's JSON object in little room; None for what JSON cannot tell."""
    try:
        # A copy: what an encoder gives may lie in a buffer of many times its size.
        return bytes(memoryview(wire.dumps(raw)))
    except (ValueError, TypeError, RecursionError):
        return None


def news(record: Record) -> tuple[Any, ...]:
    """Give what has to differ between two records for the later one to be news."""
    # Before there are results, there is little to say, and many records that say the same.
    if not record.outputs:
        return _running_news(record.current_status, record.progress, record.status)
    return (record.current_status, record.progress, record.outputs, record.status)


@lru_cache(1000)
def _running_news(word: str | None, progress: int | None, state: JobStatus) -> tuple[Any, ...]:
    return (word, progress, (), state)
