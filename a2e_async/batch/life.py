"""The way of one item of a batch, from its request to its outcome."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import anyio

from a2e_async import clock
from a2e_async.batch import files
from a2e_async.batch.outcome import Outcome
from a2e_async.batch.run import BatchRun
from a2e_async.batch.source import Entry
from a2e_async.durable.life import Life
from a2e_async.durable.patience import may_pass
from a2e_async.durable.starting import Starting
from a2e_async.errors import (
    A2EError,
    AuthenticationFailed,
    DownloadFailed,
    JobTimeout,
    JournalError,
)
from a2e_async.files.disk import remove_parts
from a2e_async.files.naming import safe_name
from a2e_async.jobs.job import Deadline
from a2e_async.jobs.limits import Place
from a2e_async.journal import state as steps
from a2e_async.journal.item import Item, Note, State
from a2e_async.tasks.record import Record
from a2e_async.tasks.request import Request


class BatchLife(Life):
    """Brings one item to its outcome."""

    run: BatchRun

    def __init__(self, run: BatchRun, entry: Entry, found: Item | Exception) -> None:
        """Take up an item, or what is wrong with it; nothing happens yet."""
        super().__init__(run, found if isinstance(found, Item) else None)
        self.entry = entry
        self._known = False
        self._left_off = False
        self.error = found if isinstance(found, Exception) else None

    async def live(self) -> Outcome:
        """Do all there is to be done. Raises `JournalError`, which ends the batch."""
        if self.error is None:
            await self._taken_up()
        return await self._finished()

    async def _taken_up(self) -> None:
        item = self.known_item
        self._known = self.run.is_done(item)
        self._left_off = item.state is State.COMPLETED
        self.take_up()
        try:
            await self._to_its_end()
        except JournalError:
            raise
        except (A2EError, ValueError, TypeError, OSError) as error:
            self.error = error

    @property
    def request(self) -> Request[Any]:
        """The item's request."""
        request: Request[Any] = self.entry.request
        return request

    async def place(self) -> Place:
        """Wait for a place among the tasks of this batch and of the client."""
        return await self.run.place(self.known_item.kind)

    async def _to_its_end(self) -> None:
        again = "uncertain" in self.run.settings.retry
        await Starting(self, again=again).start()
        if self.job is None or not self.job.done:
            self.run.check_stopping()
        if self.is_in(State.STARTED):
            await self.wait_for_end()
        if self.is_in(State.FAILED):
            self.error = self.error or self.remembered()
        if self.is_in(State.COMPLETED):
            await self._fetch()

    def pass_over(self, after: Item) -> None:
        """Go on to another state without writing it."""
        self.run.tally.passed(self.known_item.state, after.state)
        super().pass_over(after)

    # After the start

    async def result(self) -> Record:
        """Wait for the record of the task as long as the batch's caller wants."""
        try:
            return await self._result()
        except AuthenticationFailed as error:
            self.run.halt(error)
            raise

    async def _result(self) -> Record:
        assert self.job is not None
        begun, timeout = clock.now(), self.run.settings.timeout
        while True:
            try:
                record: Record = await self.job.wait(timeout=timeout)
            except JobTimeout as error:
                # While the service is away, nobody can know that a task has ended.
                away = isinstance(timeout, Deadline) and error.__cause__ is not None
                if not away or clock.now() - begun > self.run.settings.patience:
                    raise
            else:
                return record

    async def ended(self, state: State, record: Record | None, error: A2EError | None) -> None:
        """Keep how the task has ended, and what it cost."""
        await super().ended(state, record, error)
        told = self.told_coins(record)
        cost = self.charged if told is None else told
        self.run.correct(self.charged, cost)
        self.charged = cost
        if self.reserved is not None:
            self.run.learn_price(self.reserved, told)

    async def _fetch(self) -> None:
        """Fetch the results, unless they are here."""
        directory = self.run.settings.download_to
        if directory is None or not self.run.makes_files(self.known_item.kind):
            return
        if self.known_item.files and await self._are_here():
            return
        try:
            paths = await self._download(directory)
        except DownloadFailed as error:
            known = tuple(map(self._relative, error.files))
            await self.move(steps.fetched(self.known_item, files=known, error=Note.of(error)))
            raise
        await self.move(
            steps.fetched(self.known_item, files=tuple(map(self._relative, paths)), error=None)
        )

    async def _download(self, directory: Path) -> list[Path]:
        assert self.job is not None
        stem = files.stem_of(
            self.run.settings.pattern,
            index=self.known_item.index,
            key=self.entry.key,
            request=self.request,
            id=self.job.id,
        )
        # A run that was killed may have left the file of this item, which no other name has.
        own = self._left_off
        if own:
            await remove_parts(directory, safe_name(stem))
        patience = self.run.patience()
        while True:
            try:
                return await self.job.download(directory, stem=stem, replace=own)
            except DownloadFailed as error:
                chance = random.random()  # noqa: S311
                pause = patience.pause(error, clock.now(), chance, patience.begun)
                if pause is None or not may_pass(error):
                    raise
            await anyio.sleep(pause)

    async def _are_here(self) -> bool:
        return all([await anyio.Path(path).is_file() for path in self._paths()])

    def _relative(self, path: Path) -> str:
        base, whole = self.run.base, self.run.cwd / path
        return whole.relative_to(base).as_posix() if whole.is_relative_to(base) else str(whole)

    def _paths(self) -> tuple[Path, ...]:
        """Give the files as the caller's own paths lead to them."""
        journal = self.run.settings.journal
        base = Path() if journal is None else journal.parent
        return tuple(base / path for path in self.known_item.files)

    # The end

    async def _finished(self) -> Outcome:
        run, item = self.run, self.item
        if self.reserved is not None:
            run.learn_price(self.reserved, None)
        if self.job is not None:
            run.ended(self.job.kind, self.job.id)
        if run.results is not None and item is not None and not self._known:
            await run.results.add(item, self.request)
        run.tally.finished(clock.now(), ok=self.error is None, known=self._known)
        return Outcome(
            index=self.entry.index,
            key=self.entry.name,
            request=self.entry.request,
            job=self.job,
            record=self.record if self.job is None else self.job.record or self.record,
            error=self.error,
            files=() if item is None else self._paths(),
            coins=None if item is None else item.coins,
        )
