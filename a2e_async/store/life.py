"""The way of one kept start, from its request to the end of its task."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import attrs

from a2e_async import logs
from a2e_async.durable.life import Life
from a2e_async.durable.patience import Patience
from a2e_async.durable.run import now
from a2e_async.durable.starting import Starting
from a2e_async.errors import (
    A2EError,
    AuthenticationFailed,
    ConfigurationError,
    InsufficientCoins,
    JobCancelled,
    JobError,
    JobTimeout,
    JournalError,
    PermissionDenied,
    renewed,
)
from a2e_async.http.unbroken import to_the_end
from a2e_async.jobs.job import Job
from a2e_async.jobs.limits import claim
from a2e_async.jobs.place import Place
from a2e_async.jobs.queued import QueuedJob
from a2e_async.journal import state as steps
from a2e_async.journal.item import Item, Note, State
from a2e_async.journal.kept import Kept
from a2e_async.store.run import KeptRun
from a2e_async.tasks.record import Record
from a2e_async.tasks.request import Request

_log = logs.get("a2e_async.store")

# Whoever asked for the job can do nothing about these.
_FOR_THE_OPERATOR = (AuthenticationFailed, PermissionDenied, InsufficientCoins)


class KeptLife(Life):
    """Starts the task of one kept request, and keeps how it ends.

    It is what a `QueuedJob` is told by: `a2e_async.jobs.queued.Start` has its attributes.

    Attributes:
        callers: how many have asked for it, and may wait for it.
        queued: the job that they have.
        siblings: what is kept of the further tasks of its start.
        jobs: all tasks that its start has made, once it was answered in this process.
    """

    run: KeptRun

    def __init__(
        self, run: KeptRun, kept: Kept, request: Request[Any] | JournalError, *, seconds: float
    ) -> None:
        """Take up a start; nothing happens yet.

        Args:
            run: what it shares with the others.
            kept: what is kept of it.
            request: its request, with its secrets as far as they are known; or why it cannot be
                made again.
            seconds: how long it is tried while nothing goes well.
        """
        super().__init__(run, kept.item)
        self._kept = kept
        self._request = request
        self._seconds = seconds
        self._place: Place | None = None
        self._news: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._task: asyncio.Task[None] | None = None
        self._cancelled = False
        self._one_by_one = asyncio.Lock()
        self.callers = 0
        self.siblings: list[Kept] = []
        self.jobs: list[Job[Any]] = []
        self.queued: QueuedJob[Any] = QueuedJob(run.core, self)
        run.belongs(kept.item.row, kept.group)

    # What the queued job asks

    @property
    def kept(self) -> Kept:
        """What is kept of it."""
        return attrs.evolve(self._kept, item=self.known_item)

    @property
    def request(self) -> Request[Any]:
        """The request."""
        if isinstance(self._request, JournalError):
            raise renewed(self._request)
        return self._request

    @property
    def in_line(self) -> Place | None:
        """Its place under the client's limits, once it wants one."""
        return self._place

    @property
    def refused(self) -> bool:
        """Whether it has ended without a task, for good."""
        return self.job is None and self.is_in(State.FAILED)

    def news(self) -> asyncio.Future[None]:
        """Give what is done as soon as there is a job or an error."""
        return self._news

    def look_on(self) -> None:
        """Have the end of the task kept, whoever waits for it."""
        if (self._task is None or self._task.done()) and self.is_in(State.STARTED):
            self.begin()

    # How it goes

    def begin(self) -> None:
        """Go on with it in the background, if that can be."""
        try:
            self._take_up()
        except Exception as error:  # noqa: BLE001  (one that cannot be read must not hide the others)
            self._tell(error)
            return
        if isinstance(self._request, JournalError) and self.job is None:
            self._tell(self._request)
            return
        if self.is_in(State.STARTED) and self.job is not None:
            self.run.goes_on(self.job)
        self._task = asyncio.create_task(self._live(), name=f"a2e_async {self.known_item.kind}")

    async def _live(self) -> None:
        try:
            if self.is_in(State.PLANNED) or self.is_in(State.UNCERTAIN):
                await self._start()
            self._tell()
            if self.is_in(State.STARTED) and not self.run.stopping:
                await self._to_its_end()
        except asyncio.CancelledError:
            if not self._cancelled:
                why = f"{self.known_item.kind}: {self.run.why_stopped}"
                self._tell(ConfigurationError(why))
            raise
        except JournalError as error:
            _log.error("%s", error)
            self._tell(error)
        except Exception as error:  # noqa: BLE001  (whoever waits has to hear of it)
            kind = self.known_item.kind
            _log.exception("%s: a start went wrong: %r", kind, error, kind=kind)
            with suppress(JournalError):
                await self._gone_wrong(error)
            self._tell(error)

    async def _gone_wrong(self, error: Exception) -> None:
        """Keep what an error means that nobody expects, such as one of a caller's middleware."""
        if self.is_in(State.STARTING):
            await self.move(steps.lose(self.known_item, error=Note.of(error)))
        elif self.is_in(State.PLANNED):
            await self.move(steps.refuse(self.known_item, error=Note.of(error), at=now()))

    def _take_up(self) -> None:
        if self.job is None:
            self.take_up()
        if self.job is None and self.is_in(State.FAILED):
            note = self.known_item.error
            was_cancelled = note is not None and note.type == JobCancelled.__name__
            self.error = self._cancellation() if was_cancelled else self.remembered()
        if self.job is not None or self.error is not None:
            self._tell(self.error)

    def _tell(self, error: Exception | None = None) -> None:
        if self.error is None and self.job is None:
            self.error = error
        if not self._news.done():
            self._news.set_result(None)

    async def _start(self) -> None:
        try:
            await Starting(self).start()
        except JournalError:
            raise
        except (A2EError, ValueError, TypeError, OSError) as error:
            await self._not_started(error)

    async def _not_started(self, error: Exception) -> None:
        # A client that is closed or drained starts nothing, and the next one does; so does one that
        # has a better token.
        if self.is_in(State.PLANNED) and isinstance(error, ConfigurationError):
            error = ConfigurationError(f"{error.message}{self.run.afterwards}")
        elif self.is_in(State.PLANNED) and isinstance(error, AuthenticationFailed):
            words = "%s waits for a better token: %s"
            _log.warning(words, self.known_item.kind, error, kind=self.known_item.kind)
        elif self.is_in(State.PLANNED):
            await self.move(steps.refuse(self.known_item, error=Note.of(error), at=now()))
        if self.refused:
            kind = self.known_item.kind
            tell = _log.warning if isinstance(error, _FOR_THE_OPERATOR) else _log.info
            tell("%s was not started: %s", kind, error, kind=kind, error=type(error).__name__)
        # Whoever is told of it finds the job as it is then.
        self.error = error

    async def place(self) -> Place:
        """Wait for a place under the client's limits."""
        item = self.known_item
        group, tasks = self.run.group_of(item.row), self.request.expected_tasks
        self._place = claim(self.run.limits, item.kind, group=group, tasks=tasks)
        await self._place.enter()
        return self._place

    @property
    def keeps_others(self) -> bool:
        """Whether each task has an item of its own, since several were asked for."""
        return self.request.expected_tasks > 1

    async def move(self, after: Item) -> None:
        """Go on to another state, which the journal has from now on."""
        if after.state is State.STARTING:
            await self.run.shelf.begin(self.known_item, after)
            self.pass_over(after)
        else:
            await super().move(after)

    async def accepted(self, after: Item, jobs: Sequence[Job[Any]]) -> None:
        """Keep all tasks of a start at once, the further ones with the same tag and group."""
        self.jobs = [*jobs]
        if self.keeps_others and len(jobs) > 1:
            kept = attrs.evolve(self.kept, item=after)
            self.siblings = await self.run.shelf.accept_all(kept, self.request, jobs[1:])
            self.pass_over(after)
            self.run.has_siblings(self)
        else:
            await super().accepted(after, jobs)

    def patience(self) -> Patience:
        """Begin to be patient with what may go wrong for a time."""
        return attrs.evolve(self.run.patience(), seconds=self._seconds)

    async def result(self) -> Record:
        """Wait for the record of the task."""
        assert self.job is not None
        record: Record = await self.job.wait()
        return record

    async def _to_its_end(self) -> None:
        assert self.job is not None
        try:
            await self.wait_for_end()
        except JobTimeout as error:
            _log.warning("%s", error, job=self.job.token, kind=self.job.kind)
        except JournalError:
            raise
        except A2EError as error:
            # Whoever waits for the job hears the same.
            words = "%s: its end is not known: %s"
            _log.info(words, self.job.token, error, job=self.job.token, kind=self.job.kind)
        self.run.ended(self.job.kind, self.job.id)

    def resume(self) -> None:
        """Go on where it was given up: a start that was lost is looked for once more."""
        self.look_on()
        is_open = self.is_in(State.PLANNED) or self.is_in(State.UNCERTAIN)
        if is_open and self._task is not None and self._task.done():
            self.error, self._news = None, asyncio.get_running_loop().create_future()
            self.begin()

    # What the caller does

    def _cancellation(self) -> JobCancelled:
        words = "was cancelled before it was started; nothing was spent"
        return JobCancelled(f"{self.known_item.kind}: this job {words}", job=self.queued)

    async def cancel(self) -> bool:
        """Have it not sent, if that can be; tell whether it could."""
        return await to_the_end(self._cancel())

    async def _cancel(self) -> bool:
        async with self._one_by_one:
            if self.refused and isinstance(self.error, JobCancelled):
                return True
            if self.sending or not self.is_in(State.PLANNED):
                return False
            self._cancelled = True
            try:
                return await self._taken_back()
            except JournalError as error:
                self._tell(error)
                raise
            finally:
                self._cancelled = False

    async def _taken_back(self) -> bool:
        await self.stop()
        if not self.is_in(State.PLANNED):
            self._tell()
            return False
        error = self._cancellation()
        await self.move(steps.refuse(self.known_item, error=Note.of(error), at=now()))
        # Whoever hears of it may tell somebody, so not before it is certain.
        self.error = error
        self._tell(error)
        return True

    async def give_up(self) -> None:
        """Hear that one of those who have asked for it wants it no more."""
        self.callers -= 1
        # Under a key, whoever comes back finds it going on.
        if self.callers <= 0 and self.known_item.key is None and await self.cancel():
            await self.acknowledge()

    def leave_off(self) -> None:
        """Have it not started any more by this client."""
        waits = self.is_in(State.PLANNED) or self.is_in(State.UNCERTAIN)
        if waits and not self.sending and self._task is not None:
            self._task.cancel()

    async def break_off(self) -> None:
        """End what goes on in the background, whatever it is."""
        if self._task is not None and not self._task.done():
            self._task.cancel()
            await asyncio.wait([self._task])

    async def stop(self) -> None:
        """End what goes on in the background, unless a start is sent whose answer counts."""
        if self._task is not None and not self._task.done():
            if not self.sending:
                self._task.cancel()
            await asyncio.wait([self._task])

    async def acknowledge(self) -> None:
        """Note that it was handed over."""
        if self.is_in(State.PLANNED) and self.error is None:
            words = "is not started yet, so there is nothing to hand over; cancel it instead"
            raise JobError(f"{self.known_item.kind}: this job {words}", job=self.queued)
        if self._kept.acknowledged_at is None:
            await self.run.shelf.acknowledge(self.known_item)
            self._kept = attrs.evolve(self._kept, acknowledged_at=now())
            self.run.forget(self.known_item.row)

    async def retag(self, tag: Any) -> None:
        """Replace the caller's own value."""
        await self.run.shelf.retag(self.known_item, tag)
        self._kept = attrs.evolve(self._kept, tag=tag)
