"""The journal's thread: it owns the database, and commits for all who write at the same time."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any, TypeAlias, TypeVar

import attrs

from a2e_async.errors import JournalError
from a2e_async.journal import faults, rows
from a2e_async.journal.database import Database
from a2e_async.journal.item import Item
from a2e_async.journal.rows import Damaged

T = TypeVar("T")

_GATHERING_SECONDS = 0.004
"""How long the first write waits for others. To put something on the disk takes as long and costs
most of what a journal costs, however much it is."""

_TOLD_AT_ONCE = 100
"""So many of those who wait are woken in one turn of the loop."""

_Outcome: TypeAlias = tuple["asyncio.Future[Any]", Any, Exception | None]


@attrs.define(eq=False)
class _Order:
    """Something to do for somebody who waits for it.

    Attributes:
        future: who waits.
        do: what is done, or the item that is stored.
        durable: whether it has to be on the disk before it counts as done.
    """

    future: asyncio.Future[Any]
    do: Callable[[Database], Any] | Item
    durable: bool


class Worker:
    """A thread with a database. What is asked of it at the same time is committed together."""

    def __init__(self, make: Callable[[], Database]) -> None:
        """Begin with the opening of the database, in the thread; `opened` tells how it went.

        Args:
            make: opens it. Raises `JournalError`.
        """
        self._loop = asyncio.get_running_loop()
        self._orders: SimpleQueue[_Order | None] = SimpleQueue()
        self._broken: JournalError | None = None
        self._unsaved: JournalError | None = None
        self._make = make
        self.opened: asyncio.Future[None] = self._loop.create_future()
        # A process that ends without closing its journals must not wait for them.
        self._thread = threading.Thread(target=self._run, name="a2e journal", daemon=True)
        self._thread.start()

    def call(self, do: Callable[[Database], T], *, durable: bool) -> asyncio.Future[T]:
        """Do something with the database.

        Args:
            do: what, called in the thread. It raises before it writes, or else breaks the journal.
            durable: whether it is on the disk for good before it counts as done.

        Returns:
            What it returns. Whoever stops waiting does not stop it.
        """
        future: asyncio.Future[T] = self._loop.create_future()
        self._orders.put(_Order(future, do, durable))
        return future

    def write(self, item: Item) -> asyncio.Future[None]:
        """Store what became of an item, for good."""
        future: asyncio.Future[None] = self._loop.create_future()
        self._orders.put(_Order(future, item, durable=True))
        return future

    def stop(self) -> None:
        """Close the database, once everything that was asked for is done."""
        self._orders.put(None)

    def join(self) -> None:
        """Wait for the thread's end (blocking).

        Raises:
            JournalError: what was not yet on the disk could not be put there.
        """
        self._thread.join()
        if self._unsaved is not None:
            raise self._unsaved

    # In the thread

    def _run(self) -> None:
        try:
            database = self._make()
        except Exception as error:  # noqa: BLE001  (handed to who opens it)
            self._hand_over([(self.opened, None, error)])
            return
        self._hand_over([(self.opened, None, None)])
        for group in self._groups():
            self._hand_over(self._do(database, group))
        try:
            database.close(broken=self._broken is not None)
        except sqlite3.Error as error:
            self._unsaved = faults.explain(database.path, error)

    def _groups(self) -> Iterator[Sequence[_Order]]:
        """Take what was asked for since the last time, again and again, until the end (None)."""
        going_on = True
        while going_on:
            first = self._orders.get()
            if first is not None and first.durable:
                time.sleep(_GATHERING_SECONDS)
            group = []
            while first is not None:
                group.append(first)
                try:
                    first = self._orders.get_nowait()
                except Empty:
                    break
            going_on = first is not None
            if group:
                yield group

    def _do(self, database: Database, group: Sequence[_Order]) -> list[_Outcome]:
        if self._broken is not None:
            return [(order.future, None, self._again()) for order in group]
        try:
            outcomes = self._done(database, group)
            durable = any(order.durable for order in group)
            if durable:
                database.commit()
        except Exception as error:  # noqa: BLE001  (handed to all who wait)
            self._break(database, error)
            return [(order.future, None, self._again()) for order in group]
        if durable:
            try:
                database.begin()
            except Exception as error:  # noqa: BLE001  (what is committed is; all later ones fail)
                self._break(database, error)
        return outcomes

    def _done(self, database: Database, group: Sequence[_Order]) -> list[_Outcome]:
        outcomes: list[_Outcome] = []
        stored: list[rows.Fate] = []
        for order in group:
            result: Any = None
            problem: Exception | None = None
            try:
                if isinstance(order.do, Item):
                    stored.append((order.do, rows.fate_values(order.do)))
                else:
                    database.write(stored)
                    stored.clear()
                    result = order.do(database)
            except (Damaged, UnicodeDecodeError) as error:
                problem = faults.explain(database.path, error)
            except (ValueError, TypeError, JournalError) as error:
                problem = error
            outcomes.append((order.future, result, problem))
        database.write(stored)
        return outcomes

    def _break(self, database: Database, error: Exception) -> None:
        database.roll_back()
        if isinstance(error, JournalError):
            self._broken = error
        else:
            self._broken = faults.explain(database.path, error)

    def _again(self) -> JournalError:
        # One for each who waits: an exception that several tasks raise collects their tracebacks.
        assert self._broken is not None
        return JournalError(self._broken.message, path=self._broken.path)

    def _hand_over(self, outcomes: list[_Outcome]) -> None:
        # A closed loop has nobody left who waits.
        with suppress(RuntimeError):
            for start in range(0, len(outcomes), _TOLD_AT_ONCE):
                some = outcomes[start : start + _TOLD_AT_ONCE]
                self._loop.call_soon_threadsafe(_settle, some)


def _settle(outcomes: list[_Outcome]) -> None:
    for future, result, error in outcomes:
        if future.done():
            continue
        if error is None:
            future.set_result(result)
        else:
            future.set_exception(error)
