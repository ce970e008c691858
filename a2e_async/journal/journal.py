"""The journal: a file that knows of every request what became of it, whatever happens."""

from __future__ import annotations

import os
import time
import weakref
from collections.abc import AsyncIterator, Iterable, Sequence
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Self

from a2e_async.errors import JournalError
from a2e_async.files.threads import finish_in_thread
from a2e_async.http.unbroken import to_the_end
from a2e_async.journal.admission import Admission, JournalConflict
from a2e_async.journal.database import Database
from a2e_async.journal.item import Item, State
from a2e_async.journal.known import Known
from a2e_async.journal.summary import Summary
from a2e_async.journal.worker import Worker
from a2e_async.tasks.request import Request

_PAGE = 200


class Journal:
    """Requests and what became of them, in a SQLite file on a local disk.

    One process writes it at a time, in a thread of its own; others can read it meanwhile. What
    `write` has returned from survives a kill and a loss of power. A write that cannot be done,
    since the disk is full for example, ends the writing: every later call raises `JournalError`.

    Whoever stops waiting for a call does not stop it: a cancelled write is written all the same.

    Attributes:
        database: what is opened.
        path: the file.
    """

    database: ClassVar[type[Database]] = Database

    def __init__(self, path: Path, worker: Worker, *, writes: bool) -> None:
        """Use `open` or `read`."""
        self.path = path
        self._worker = worker
        self._writes = writes
        self._closed = False
        # Others could not have the file for as long as this process lives.
        self._stop = weakref.finalize(self, worker.stop)

    @classmethod
    async def open(cls, path: str | os.PathLike[str], *, create: bool = True) -> Self:
        """Open a journal as the only process that writes it.

        Items whose start was open when an earlier process was killed are uncertain from now on.

        Args:
            path: the file, in a folder that is there.
            create: whether it is made if it is missing.

        Raises:
            JournalError: another process writes it; it is damaged, no journal, or of another
                format; it cannot be made or written.
        """
        found = Path(path)
        make = partial(cls.database.for_writing, found, create=create)
        return cls(found, await _started(make), writes=True)

    @classmethod
    async def read(cls, path: str | os.PathLike[str]) -> Self:
        """Open a journal to look at it, while another process may write it.

        Args:
            path: the file.

        Raises:
            JournalError: it is missing, damaged, no journal, or of another format.
        """
        found = Path(path)
        return cls(found, await _started(partial(cls.database.for_reading, found)), writes=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Finish what was asked for, and give the file free. Closing twice does nothing.

        Raises:
            JournalError: what was not on the disk yet could not be put there.
        """
        if self._closed:
            return
        self._closed = True
        self._stop()
        await to_the_end(finish_in_thread(self._worker.join))

    async def admit(self, index: int, key: str | None, request: Request[Any]) -> Item:
        """Find the item of a request, or insert it as planned.

        It is on the disk for good with the next thing that is written.

        Args:
            index: the request's place in the caller's input, from 0. Without a key it is found
                under this again.
            key: the caller's own name for it, or None.
            request: the request.

        Returns:
            Its item, as it was left.

        Raises:
            JournalConflict: the journal has another request for this key or place, or the same was
                admitted before since the journal was opened.
            TypeError, ValueError: index or key is none.
            JournalError: the journal cannot be used.
        """
        [found] = await self.admit_all([(index, key, request)])
        if isinstance(found, JournalConflict):
            raise found
        return found

    async def admit_all(
        self, wanted: Iterable[tuple[int, str | None, Request[Any]]]
    ) -> list[Item | JournalConflict]:
        """Admit many requests at once, which costs less than one after the other.

        Args:
            wanted: index, key and request of each, as for `admit`.

        Returns:
            For each its item, or the conflict that `admit` would raise.

        Raises:
            TypeError, ValueError: an index or key is none; nothing was admitted.
            JournalError: the journal cannot be used.
        """
        self._check(writing=True)
        admissions = [Admission(*it) for it in wanted]
        at = time.time()
        return await self._worker.call(lambda db: db.admit(admissions, at), durable=False)

    async def write(self, item: Item) -> None:
        """Store what became of an item. It is on the disk for good when this returns.

        Args:
            item: an item of this journal, changed by the functions of `a2e_async.journal.state`.

        Raises:
            JournalError: it could not be written, and nothing else can from now on.
        """
        self._check(writing=True)
        await self._worker.write(item)

    async def request(self, item: Item) -> Request[Any]:
        """Make the request of an item again, without its secrets such as ``webhook_token``.

        Raises:
            JournalError: it is damaged, or this version of the package cannot make it.
        """
        self._check()
        return await self._worker.call(lambda db: db.request(item), durable=False)

    async def items(self, *, states: Iterable[State] | None = None) -> AsyncIterator[Item]:
        """Go through the items in the order of their index, as each is when it is reached.

        Args:
            states: only items in these; by default all.

        Yields:
            The items, a few hundred of which are in memory at once.

        Raises:
            JournalError: the journal is damaged, or cannot be used.
        """
        chosen = () if states is None else tuple(dict.fromkeys(states))
        after = (-1, 0)
        while states is None or chosen:
            found = await self._page(after, chosen)
            for item in found:
                yield item
            if len(found) < _PAGE:
                return
            after = (found[-1].index, found[-1].row)

    async def summary(self) -> Summary:
        """Count the items and their coins."""
        self._check()
        return await self._worker.call(Database.summary, durable=False)

    async def knows(self, kind: str, task_id: str) -> bool:
        """Tell whether some item has this task, or had it before it was retried."""
        self._check()
        return await self._worker.call(lambda db: db.knows(kind, task_id), durable=False)

    async def known(self, kind: str, task_ids: Iterable[str]) -> dict[str, Known]:
        """Tell what is known of tasks.

        Args:
            kind: their product's name.
            task_ids: their ids.

        Returns:
            Those that an item has now, by id.
        """
        self._check()
        ids = list(dict.fromkeys(task_ids))
        return await self._worker.call(lambda db: db.known(kind, ids), durable=False)

    async def answered(self, kind: str, since: float) -> list[float]:
        """Tell when the tasks of a kind were known that items have now.

        Args:
            kind: their product's name.
            since: only those from this moment on, in seconds since 1970.

        Returns:
            The moments, the earliest first.
        """
        self._check()
        return await self._worker.call(lambda db: db.answered(kind, since), durable=False)

    async def note(self, field: str, value: Any) -> None:
        """Store a fact about the run, for good.

        Args:
            field: its name; an earlier value is replaced.
            value: a JSON value. Tokens in it are left out.
        """
        self._check(writing=True)
        await self._worker.call(lambda db: db.note(field, value), durable=True)

    async def meta(self) -> dict[str, Any]:
        """Read the facts about the run that were noted."""
        self._check()
        return await self._worker.call(Database.meta, durable=False)

    async def _page(self, after: tuple[int, int], states: Sequence[State]) -> list[Item]:
        self._check()
        chosen = tuple(states)
        return await self._worker.call(lambda db: db.page(after, chosen, _PAGE), durable=False)

    def _check(self, *, writing: bool = False) -> None:
        if self._closed:
            raise JournalError(f"journal {self.path}: it was closed", path=self.path)
        if writing and not self._writes:
            raise JournalError(f"journal {self.path}: it was opened to be read", path=self.path)


async def _started(make: Any) -> Worker:
    worker = Worker(make)
    try:
        await worker.opened
    except BaseException:
        worker.stop()
        raise
    return worker
