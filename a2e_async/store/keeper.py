"""Takes starts of one client that are kept or wait in line, and gives them back later."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable, Hashable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar
from weakref import WeakValueDictionary

import anyio

from a2e_async import logs
from a2e_async.durable.run import FamilyOf
from a2e_async.errors import ConfigurationError, JournalError, renewed
from a2e_async.http.sockets import closed
from a2e_async.http.unbroken import to_the_end
from a2e_async.jobs.core import Core
from a2e_async.jobs.family import check_single
from a2e_async.jobs.job import Job
from a2e_async.jobs.queued import QueuedJob
from a2e_async.journal import kept as kepts
from a2e_async.journal.item import State
from a2e_async.journal.kept import Kept
from a2e_async.journal.store import StoreJournal
from a2e_async.store.life import KeptLife
from a2e_async.store.run import PATIENCE, SHORT_PATIENCE, KeptRun, Shelf
from a2e_async.store.unkept import UnkeptStore
from a2e_async.tasks.record import Record
from a2e_async.tasks.request import Request

_log = logs.get("a2e_async.store")

R = TypeVar("R", bound=Record)

GRACE = 10.0
"""Seconds that starts under way have to be answered when the client is closed."""
_BETWEEN_PRUNINGS = 3600.0
_MOST_PRUNINGS = 25


class Keeper:
    """The kept starts of one client."""

    def __init__(self, core: Core, family: FamilyOf, path: str | os.PathLike[str] | None) -> None:
        """Prepare; nothing is opened yet.

        Args:
            core: the parts of the client.
            family: gives the family of a product by its name.
            path: the store's file; None where starts only wait in line.
        """
        self._core = core
        self._family = family
        self._path = None if path is None else Path(path)
        self._run: KeptRun | None = None
        self._lives: WeakValueDictionary[int, KeptLife] = WeakValueDictionary()
        self._opening = anyio.Lock()
        self._closed = False
        self._pruned = 0.0
        self._pruning: asyncio.Future[None]
        self._take_back: list[Callable[[], None]] = []

    @property
    def keeps(self) -> bool:
        """Whether starts outlive the process."""
        return self._path is not None

    async def submit(
        self, request: Request[R], *, tag: Any = None, group: Hashable, key: str | None
    ) -> QueuedJob[R]:
        """Keep a request and wait until it was started, as `A2E.submit` does."""
        check_single(request)
        return (await self._started(request, tag, group, key)).queued

    async def submit_all(
        self, request: Request[R], *, tag: Any = None, group: Hashable, key: str | None
    ) -> list[Job[R]]:
        """Keep a request that makes several tasks and wait until it was started."""
        life = await self._started(request, tag, group, key)
        assert self._run is not None
        kept = {it.item.task_id: it for it in life.siblings}
        others = [
            self._life(self._run, kept[job.id], request, PATIENCE).queued if job.id in kept else job
            for job in life.jobs[1:]
        ]
        return [life.queued, *others]

    async def _started(
        self, request: Request[R], tag: Any, group: Hashable, key: str | None
    ) -> KeptLife:
        life = await self._take(request, tag, group, key, SHORT_PATIENCE)
        try:
            await asyncio.wait([life.news()])
        except asyncio.CancelledError:
            await to_the_end(life.give_up())
            raise
        if life.job is not None:
            return life
        assert life.error is not None
        if life.refused and life.callers == 1:
            # Whoever asked for it is told now, and nobody else waits for it.
            await life.acknowledge()
        raise renewed(life.error)

    async def enqueue(
        self, request: Request[R], *, tag: Any = None, group: Hashable, key: str | None
    ) -> QueuedJob[R]:
        """Keep a request and have it started when its turn comes, as `A2E.enqueue` does."""
        check_single(request)
        return (await self._take(request, tag, group, key, PATIENCE)).queued

    async def _take(
        self, request: Request[R], tag: Any, group: Hashable, key: str | None, seconds: float
    ) -> KeptLife:
        self.check(tag, group, key)
        self._core.claim(request.product.kind, group=group, tasks=request.expected_tasks)
        self._core.check_starting()
        run = await self._opened()
        keeping = asyncio.create_task(run.shelf.keep(request, tag=tag, group=group, key=key))
        try:
            kept = await asyncio.shield(keeping)
        except asyncio.CancelledError:
            # It may be kept by now, and nobody knows of it.
            await to_the_end(self._give_up(run, keeping, request))
            raise
        life = self._life(run, kept, request, seconds)
        life.callers += 1
        try:
            # From here on it has its place in the line.
            await asyncio.sleep(0)
        except asyncio.CancelledError:
            await to_the_end(life.give_up())
            raise
        return life

    async def _give_up(
        self, run: KeptRun, keeping: asyncio.Task[Kept], request: Request[Any]
    ) -> None:
        with suppress(Exception):
            life = self._life(run, await keeping, request, SHORT_PATIENCE)
            life.callers += 1
            await life.give_up()

    def check(self, tag: Any, group: object, key: object) -> None:
        """Raise what is wrong with a tag, a group or a key, before anything is kept."""
        if not self.keeps and (tag is not None or key is not None):
            field = "key" if tag is None else "tag"
            raise _no_store(field)
        kepts.pack_tag(tag)
        if self.keeps:
            kepts.check_text("group", group)
        kepts.check_text("key", key)

    def _life(
        self, run: KeptRun, kept: Kept, request: Request[Any] | JournalError, seconds: float
    ) -> KeptLife:
        life = self._lives.get(kept.item.row)
        if life is None:
            life = self._lives[kept.item.row] = KeptLife(run, kept, request, seconds=seconds)
            life.begin()
        return life

    def _look_after(self, first: KeptLife) -> None:
        assert self._run is not None
        for kept in first.siblings:
            self._life(self._run, kept, first.request, PATIENCE)

    async def unfinished(self, group: str | None) -> AsyncIterator[QueuedJob[Any]]:
        """Give the jobs that were not handed over, as `A2E.unfinished` does."""
        shelf = await self._kept("unfinished")
        kepts.check_text("group", group)
        after = 0
        while rows := await shelf.open_rows(after, group):
            for row in rows:
                # As it is now: whoever goes through them may take hours for it.
                life = self._lives.get(row) or await self._again(shelf, row)
                if life is not None and not life.queued.acknowledged:
                    life.callers += 1
                    life.resume()
                    yield life.queued
            after = rows[-1]

    async def _again(self, shelf: StoreJournal, row: int) -> KeptLife | None:
        run = await self._opened()
        kept = await shelf.at(row)
        if kept is None:
            return None
        try:
            request: Request[Any] | JournalError = await shelf.request(kept.item)
        except JournalError as error:
            # It must not hide those after it.
            _log.error("%s", error)
            request = error
        return self._life(run, kept, request, PATIENCE)

    async def acknowledge(self, kind: str, task_id: str) -> None:
        """Note that the start of a task was handed over."""
        shelf = await self._kept("acknowledge")
        found = await shelf.find(kind, task_id)
        if found is None:
            raise ValueError(
                f"acknowledge: expected a job that was started with this store, got "
                f"{kind}:{task_id}"
            )
        life = self._lives.get(found.item.row)
        await (shelf.acknowledge(found.item) if life is None else life.acknowledge())

    async def spent(self, group: str | None, since: datetime | None) -> float:
        """Add up what was spent, as `A2E.spent` does."""
        shelf = await self._kept("spent")
        kepts.check_text("group", group)
        return await shelf.spent(group, _moment(since))

    async def _kept(self, what: str) -> StoreJournal:
        if not self.keeps:
            raise _no_store(what)
        shelf = (await self._opened()).shelf
        assert isinstance(shelf, StoreJournal)
        return shelf

    # Opening and closing

    async def _opened(self) -> KeptRun:
        self._core.session.ready()
        if self._run is None:
            await self._open_once()
        if self._run is None or self._closed:
            raise closed()
        if time.time() - self._pruned > _BETWEEN_PRUNINGS and self._pruning.done():
            self._pruned = time.time()
            self._pruning = asyncio.create_task(self._prune(self._run.shelf))
        return self._run

    async def _open_once(self) -> None:
        async with self._opening:
            if self._run is None and not self._closed:
                self._run = await self._open()

    async def _open(self) -> KeptRun:
        self._pruning = asyncio.get_running_loop().create_future()
        self._pruning.set_result(None)
        shelf: Shelf = UnkeptStore()
        if self._path is not None:
            shelf = await StoreJournal.open(self._path)
        run = KeptRun(self._core, self._family, shelf, self._look_after)
        try:
            self._take_back = [
                self._core.before_close(self._close),
                self._core.on_drain(self._send_away),
            ]
            if isinstance(shelf, StoreJournal):
                await self._take_in(run, shelf)
        except BaseException:
            for take_back in self._take_back:
                take_back()
            with anyio.CancelScope(shield=True):
                await shelf.aclose()
            raise
        return run

    async def _take_in(self, run: KeptRun, shelf: StoreJournal) -> None:
        """Have what is under way, and what may be, keep its places."""
        after = 0
        while found := await shelf.under_way(after):
            for kept in found:
                run.belongs(kept.item.row, kept.group)
                if kept.item.state is State.STARTED:
                    run.hold_item(kept.item)
                else:
                    run.hold_lost(kept.item)
            after = found[-1].item.row

    async def _prune(self, shelf: Shelf) -> None:
        """Forget what is old, in the background."""
        pruned = False
        with suppress(JournalError):
            for _ in range(_MOST_PRUNINGS):
                if not await shelf.prune():
                    break
                pruned = True
            if pruned:
                await shelf.prune_media()

    def _send_away(self) -> None:
        """Have nothing started any more by what waits or is tried again."""
        for life in list(self._lives.values()):
            life.leave_off()

    async def _close(self) -> None:
        self._closed = True
        # One that is just being opened is closed as well.
        async with self._opening:
            run = self._run
        if run is None:
            return
        run.stopping = True
        lives = list(self._lives.values())
        with anyio.move_on_after(GRACE):
            await asyncio.gather(*(life.stop() for life in lives))
            await asyncio.wait([self._pruning])
        await asyncio.gather(*(life.break_off() for life in lives))
        for take_back in self._take_back:
            take_back()
        try:
            await run.shelf.aclose()
        except JournalError as error:
            _log.error("%s", error)


def _no_store(field: str) -> ConfigurationError:
    return ConfigurationError(
        f"{field}: this needs a store that keeps jobs, such as A2E(store='jobs.db')"
    )


def _moment(since: datetime | None) -> float:
    if since is None:
        return 0.0
    if not isinstance(since, datetime):
        raise TypeError(f"since: expected a datetime or None, got {since!r}")
    if since.tzinfo is None:
        words = "a datetime with a time zone, such as datetime.now(UTC)"
        raise ValueError(f"since: expected {words}, got {since!r}")
    return since.timestamp()
