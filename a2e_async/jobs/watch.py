"""What a client knows of one task, and who waits for it."""

from __future__ import annotations

import asyncio
from typing import Any, Generic, TypeAlias, TypeVar

import attrs

from a2e_async import status
from a2e_async.tasks.product import Product
from a2e_async.tasks.record import Record

R = TypeVar("R", bound=Record)

News: TypeAlias = Exception | None


class ClosedWhileWaiting(Exception):
    """The client was closed while somebody waited."""


class Watch(Generic[R]):
    """What a client knows of one task, shared by all job objects for it."""

    __slots__ = (
        "__weakref__",
        "anew",
        "due",
        "failures",
        "interval",
        "last_error",
        "looked",
        "looking",
        "missed",
        "missed_since",
        "product",
        "record",
        "refused",
        "seen",
        "since",
        "task_id",
        "waiters",
    )

    def __init__(self, product: Product[R], task_id: str, *, anew: bool = False) -> None:
        """Know nothing yet, but whether the task goes on after it had ended before."""
        self.product = product
        self.task_id = task_id
        self.anew = anew
        self.record: R | None = None
        self.last_error: Exception | None = None
        self.seen = False
        self.looking = False
        self.since: float | None = None
        self.looked: float | None = None
        self.due: float | None = None
        self.interval = 0.0
        self.failures = 0
        self.refused = 0
        self.missed = 0
        self.missed_since = 0.0
        self.waiters: dict[asyncio.Future[News], bool] = {}

    @property
    def ended(self) -> bool:
        """Whether the last record is a final one."""
        return self.record is not None and self.record.status.terminal

    def by_word(self, record: R) -> R:
        """Read a record of a task that goes on anew by its word: it was ready once before."""
        if not self.anew or record.current_status is None:
            return record
        return attrs.evolve(record, status=status.read(record.current_status))

    def tell(self, error: News = None) -> None:
        """Wake those who wait for what just happened: an error or the end all, a change some."""
        for waiter, wants_changes in self.waiters.items():
            if not waiter.done() and (error or self.ended or wants_changes):
                waiter.set_result(error)


def news(record: Record) -> tuple[Any, ...]:
    """Give what has to differ between two records for the later one to be news."""
    return (record.current_status, record.progress, record.outputs, record.status)
