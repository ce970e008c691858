"""The journal of a client: what is started through it, whose it is, and what was handed over."""

from __future__ import annotations

import time
from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Any

from a2e_async.journal import rows
from a2e_async.journal.admission import Admission
from a2e_async.journal.item import Item
from a2e_async.journal.journal import Journal
from a2e_async.journal.keeping import KeptDatabase
from a2e_async.journal.kept import Kept, pack_tag
from a2e_async.tasks.request import Request

if TYPE_CHECKING:
    from a2e_async.jobs.job import Job

_PAGE = 200
_DAY = 86_400.0
KEEP_ACKNOWLEDGED = 7 * _DAY
"""Seconds that a start is kept after it was handed over. What is known of it proves what became of
others, for as long as the service lists it."""
KEEP_ENDED = 30 * _DAY
"""Seconds that a start is kept after its end if nobody acknowledges it."""


class StoreJournal(Journal):
    """A journal whose items belong to somebody, and are handed over."""

    database = KeptDatabase

    async def keep(
        self, request: Request[Any], *, tag: Any = None, group: Hashable, key: str | None
    ) -> Kept:
        """Keep a start, for good.

        Args:
            request: the request.
            tag: the caller's own JSON value.
            group: whose it is.
            key: the caller's own name of it. One that is there already is given, as it stands.

        Raises:
            JournalConflict: there is another request under the key.
            TypeError, ValueError: the tag is no JSON value.
            JournalError: the journal cannot be used.
        """
        self._check(writing=True)
        wanted = Admission(0, key, request, "store", "Give it another key")
        text, at = pack_tag(tag), time.time()
        return await self._worker.call(
            lambda db: _kept(db).keep(wanted, text, group, at), durable=True
        )

    async def begin(self, before: Item, after: Item) -> None:
        """Store that a start is about to be sent, for good.

        Raises:
            JournalError: somebody else has begun it meanwhile, or the journal cannot be used.
        """
        self._check(writing=True)
        fate = (after, rows.fate_values(after))
        await self._worker.call(lambda db: _kept(db).begin_start(before, fate), durable=True)

    async def accept_all(
        self, kept: Kept, request: Request[Any], others: Sequence[Job[Any]]
    ) -> list[Kept]:
        """Keep all tasks of a start that has made several, at once and for good.

        Args:
            kept: the start, accepted with its first task.
            request: its request.
            others: the further tasks.

        Returns:
            What is kept of these.
        """
        self._check(writing=True)
        told = [None if job.record is None else job.record.coins for job in others]
        wanted = [
            (Admission(0, None, request), job.id, coins)
            for job, coins in zip(others, told, strict=True)
        ]
        fate = (kept.item, rows.fate_values(kept.item))
        return await self._worker.call(
            lambda db: _kept(db).accept_all(kept, fate, wanted), durable=True
        )

    async def find(self, kind: str, task_id: str) -> Kept | None:
        """Give the start of a task; None if it is not kept here."""
        self._check()
        return await self._worker.call(lambda db: _kept(db).find(kind, task_id), durable=False)

    async def open_rows(self, after: int, group: Hashable) -> list[int]:
        """Give the rows of the next ones that were not handed over, in their order.

        Args:
            after: the last one before them, 0 for the first.
            group: only those of this group; None for all.

        Returns:
            Some of them; none when there are no more.
        """
        self._check()
        return await self._worker.call(
            lambda db: _kept(db).open_rows(after, group, _PAGE), durable=False
        )

    async def under_way(self, after: int) -> list[Kept]:
        """Give the next ones that have a task, or may have one, and were not handed over.

        Args:
            after: the row of the last one before them, 0 for the first.
        """
        self._check()
        return await self._worker.call(lambda db: _kept(db).under_way(after, _PAGE), durable=False)

    async def at(self, row: int) -> Kept | None:
        """Give what is kept under a row, as it is now; None if nothing is any more."""
        self._check()
        return await self._worker.call(lambda db: _kept(db).at(row), durable=False)

    async def acknowledge(self, item: Item) -> None:
        """Note that a start was handed over, for good."""
        self._check(writing=True)
        at = time.time()
        await self._worker.call(
            lambda db: _kept(db).hand_over(item.row, tag=None, at=at), durable=True
        )

    async def retag(self, item: Item, tag: Any) -> None:
        """Replace the tag of a start, for good.

        Raises:
            TypeError, ValueError: it is no JSON value.
        """
        self._check(writing=True)
        text = pack_tag(tag)
        await self._worker.call(
            lambda db: _kept(db).hand_over(item.row, tag=text, at=None), durable=True
        )

    async def spent(self, group: Hashable, since: float) -> float:
        """Add up the coins of a group's starts, or of all, from a moment on."""
        self._check()
        return await self._worker.call(lambda db: _kept(db).spent(group, since), durable=False)

    async def prune(self) -> int:
        """Forget some of what is old; give how many."""
        self._check(writing=True)
        now = time.time()
        acknowledged, ended = now - KEEP_ACKNOWLEDGED, now - KEEP_ENDED
        return await self._worker.call(
            lambda db: _kept(db).prune(acknowledged, ended, _PAGE), durable=True
        )

    async def prune_media(self) -> None:
        """Forget the media of what was forgotten."""
        self._check(writing=True)
        await self._worker.call(lambda db: _kept(db).prune_media(), durable=True)


def _kept(db: object) -> KeptDatabase:
    assert isinstance(db, KeptDatabase)
    return db
