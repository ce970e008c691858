"""The tasks of a running batch: they read requests, and bring each to its outcome."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from typing import TypeAlias

from a2e_async import logs
from a2e_async.batch.dry import DryLife
from a2e_async.batch.life import BatchLife
from a2e_async.batch.outcome import Outcome
from a2e_async.batch.run import BatchRun
from a2e_async.batch.source import Entry
from a2e_async.errors import ConfigurationError, JournalError
from a2e_async.journal.item import State

_log = logs.get("a2e_async.batch")

Way: TypeAlias = BatchLife | DryLife

_OPEN = (State.STARTING, State.STARTED, State.UNCERTAIN)

GRACE = 10.0
"""Seconds that starts under way have to be answered when a batch is stopped."""


class Engine:
    """Runs the items of one batch, as many at a time as there is room for."""

    def __init__(
        self, run: BatchRun, source: AsyncIterator[Entry], *, window: int, at_once: int
    ) -> None:
        """Prepare; nothing runs yet.

        Args:
            run: what the items share.
            source: the requests.
            window: items that are read and whose outcome was not taken yet, at the most.
            at_once: how many are taken up together.
        """
        self._run = run
        self._source = source
        self._room = window
        self._more_room = asyncio.Event()
        self._at_once = at_once
        self._way = DryLife if run.settings.dry_run else BatchLife
        self._lives: dict[asyncio.Task[Outcome], Way] = {}
        self._ready: deque[Outcome] = deque()
        self._news = asyncio.Event()
        self._reader: asyncio.Task[None] | None = None
        self._failure: BaseException | None = None
        self._is_broken = False
        self._closed = False

    def begin(self) -> None:
        """Begin to read."""
        self._reader = asyncio.create_task(self._read(), name="a2e_async batch")
        self._reader.add_done_callback(self._read_all)

    async def next(self) -> Outcome | None:
        """Wait for the next outcome.

        Returns:
            It, or None when there are no more.

        Raises:
            JournalError: the journal cannot be written any more; what was started goes on.
            ConfigurationError: the client or the batch was closed before its end.
            Exception: whatever the iteration over the input ended with, after all outcomes.
        """
        while True:
            if self._ready:
                self._room += 1
                self._more_room.set()
                return self._ready.popleft()
            if self._is_broken or self._is_over():
                if self._failure is not None:
                    raise self._failure
                return None
            self._news.clear()
            await self._news.wait()

    def _is_over(self) -> bool:
        reading = self._reader is not None and not self._reader.done()
        return self._closed or not (reading or self._lives)

    async def _read(self) -> None:
        chunk: list[Entry] = []
        try:
            async for entry in self._source:
                chunk.append(entry)
                if len(chunk) == 1:
                    await self._wait_for_room()
                if len(chunk) >= self._at_once:
                    whole, chunk = chunk, []
                    await self._take_up(whole)
        except Exception as error:  # noqa: BLE001  (raised once what was read has its outcomes)
            self._fail(error)
        await self._take_up(chunk)

    async def _wait_for_room(self) -> None:
        # What is read together is written together. There is enough under way meanwhile.
        while self._room < self._at_once and not self._run.stopping:
            self._more_room.clear()
            await self._more_room.wait()

    async def _take_up(self, chunk: Sequence[Entry]) -> None:
        if not chunk or self._is_broken:
            return
        self._room -= len(chunk)
        for _ in chunk:
            self._run.tally.read()
        try:
            admitted = await self._run.admit(chunk)
        except JournalError as error:
            self._break(error)
            return
        for entry, found in zip(chunk, admitted, strict=True):
            life = self._way(self._run, entry, found)
            task = asyncio.create_task(life.live(), name=f"a2e_async batch item {entry.index}")
            self._lives[task] = life
            task.add_done_callback(self._lived)

    def _read_all(self, reader: asyncio.Task[None]) -> None:
        if not reader.cancelled() and (error := reader.exception()) is not None:
            self._break(error)
        elif not reader.cancelled():
            self._run.tally.total = self._run.tally.seen
            self._run.release_lost()
        self._news.set()

    def _lived(self, task: asyncio.Task[Outcome]) -> None:
        life = self._lives.pop(task)
        if task.cancelled():
            if not self._run.stopping:
                self._break(asyncio.CancelledError(f"item {life.entry.index} was cancelled"))
        elif (error := task.exception()) is not None:
            self._break(error)
        else:
            self._ready.append(task.result())
        self._news.set()

    def _break(self, error: BaseException) -> None:
        """End the batch, since its journal or its code fails."""
        self._fail(error)
        self._is_broken = True

    def _fail(self, error: BaseException) -> None:
        if self._failure is None:
            self._failure = error
            return
        for note in getattr(error, "__notes__", ()):
            self._failure.add_note(note)

    # Stopping

    def under_way(self) -> list[Way]:
        """Give the items whose tasks go on, or may."""
        lives = self._lives.values()
        return [life for life in lives if life.item is not None and life.item.state in _OPEN]

    async def stop(self, *, why: str) -> list[Way]:
        """Start nothing any more, and wait for nothing but the answers to starts under way.

        Args:
            why: what whoever still waits for outcomes is told.

        Returns:
            The items whose tasks go on, or may.
        """
        if not self._is_over() and self._failure is None:
            self._failure = ConfigurationError(why)
        self._run.stopping = True
        if self._reader is not None:
            self._reader.cancel()
        sending = [task for task, life in self._lives.items() if life.sending]
        for task in self._lives.keys() - set(sending):
            task.cancel()
        left = self.under_way()
        if sending:
            _log.info("waiting for the answers to %s starts", len(sending))
            await asyncio.wait(sending, timeout=GRACE)
        await self._end_all()
        self._closed = True
        self._news.set()
        return [life for life in left if life.item and life.item.state in _OPEN]

    async def _end_all(self) -> None:
        tasks = [*self._lives, *([self._reader] if self._reader is not None else [])]
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError, Exception):
                await task
