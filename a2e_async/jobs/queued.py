"""The queued job: a job from the moment at which its request was taken, before it is started."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Hashable
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, Protocol, TypeVar

from a2e_async import clock
from a2e_async.errors import A2EError, JobError, JobTimeout, renewed
from a2e_async.jobs.core import Core
from a2e_async.jobs.job import Deadline, Job, Timeout
from a2e_async.jobs.place import Place
from a2e_async.jobs.snapshot import Snapshot
from a2e_async.jobs.watch import News, OutOfTime, Watch
from a2e_async.status import JobStatus
from a2e_async.tasks.record import Record
from a2e_async.tasks.request import Request

if TYPE_CHECKING:
    from a2e_async.journal.kept import Kept

R = TypeVar("R", bound=Record)


class Start(Protocol):
    """What a queued job is told by: the start that somebody else makes.

    Attributes:
        job: the job of its task, once there is one.
        error: why there is none, once there will not be one in this process.
    """

    job: Job[Any] | None
    error: Exception | None

    @property
    def kept(self) -> Kept:
        """What is kept of it."""
        ...

    @property
    def in_line(self) -> Place | None:
        """Its place under the client's limits, once it wants one."""
        ...

    @property
    def request(self) -> Request[Any]:
        """The request."""
        ...

    @property
    def refused(self) -> bool:
        """Whether it has ended without a task, for good."""
        ...

    def news(self) -> asyncio.Future[None]:
        """Give what is done as soon as there is a job or an error."""
        ...

    def look_on(self) -> None:
        """Have the end of the task kept, whoever waits for it."""
        ...

    async def cancel(self) -> bool:
        """Have it not sent, if that can be; tell whether it could."""
        ...

    async def acknowledge(self) -> None:
        """Note that it was handed over."""
        ...

    async def retag(self, tag: Any) -> None:
        """Replace the caller's own value."""
        ...


class Keeper(Protocol):
    """Who takes starts that are kept, or wait in line: `a2e_async.store.keeper.Keeper`."""

    def check(self, tag: Any, group: object, key: object) -> None:
        """Raise what is wrong with a tag, a group or a key."""
        ...

    async def submit(
        self, request: Request[R], *, tag: Any, group: Hashable, key: str | None
    ) -> QueuedJob[R]:
        """Keep a request and wait until it was started."""
        ...

    async def submit_all(
        self, request: Request[R], *, tag: Any, group: Hashable, key: str | None
    ) -> list[Job[R]]:
        """Keep a request that makes several tasks and wait until it was started."""
        ...

    async def enqueue(
        self, request: Request[R], *, tag: Any, group: Hashable, key: str | None
    ) -> QueuedJob[R]:
        """Keep a request and have it started when its turn comes."""
        ...

    def unfinished(self, group: str | None) -> AsyncIterator[QueuedJob[Any]]:
        """Give the jobs that were not handed over."""
        ...

    async def acknowledge(self, kind: str, task_id: str) -> None:
        """Note that the start of a task was handed over."""
        ...

    async def spent(self, group: str | None, since: datetime | None) -> float:
        """Add up what was spent."""
        ...


class QueuedJob(Job[R]):
    """A job that may not be started yet: it waits for its place under the client's limits.

    It starts by itself, and then is a job like any other. `A2E.enqueue` and `A2E.unfinished` give
    it. Until it is started, ``id`` and ``token``, and what needs them, raise `JobError`.
    """

    __slots__ = ("_start",)

    def __init__(self, core: Core, start: Start) -> None:
        """Made by the client."""
        self._core = core
        self._start = start

    @property
    def _watch(self) -> Watch[R]:
        job = self._start.job
        if job is None:
            words = "was not started, and never will be" if self.done else "is not started yet"
            raise JobError(f"{self.kind}: this job {words}, so it has no task", job=self)
        return job._watch  # noqa: SLF001  (its own job)

    @property
    def started(self) -> bool:
        """Whether it has a task at the service."""
        return self._start.job is not None

    @property
    def request(self) -> Request[R]:
        """What was asked for."""
        return self._start.request

    @property
    def kind(self) -> str:
        """Name of the job's family, such as ``text_to_image``."""
        return self._start.kept.item.kind

    @property
    def tag(self) -> Any:
        """The JSON value that the caller gave with the request; None if there is none."""
        return self._start.kept.tag

    @property
    def group(self) -> Hashable:
        """Whose it is, as the caller said; None if there was no group."""
        return self._start.kept.group

    @property
    def key(self) -> str | None:
        """The caller's own name of the request; None if it has none."""
        return self._start.kept.item.key

    @property
    def acknowledged(self) -> bool:
        """Whether it was handed over, as `acknowledge` notes."""
        return self._start.kept.acknowledged_at is not None

    @property
    def position(self) -> int | None:
        """Its place in the line: 1 is next. None where it does not wait for a place."""
        place = self._start.in_line
        return None if place is None or self.started else place.position

    @property
    def waiting_time(self) -> float | None:
        """Seconds until it is started, estimated; None if nothing tells."""
        place = self._start.in_line
        return None if place is None or self.started else place.waiting_time

    @property
    def record(self) -> R | None:
        """The record that was last seen; None before the start."""
        return super().record if self.started else None

    @property
    def status(self) -> JobStatus:
        """The status that was last seen; before the start, ``INITIALIZED``."""
        if self.started:
            return super().status
        return JobStatus.FAILED if self.done else JobStatus.INITIALIZED

    @property
    def done(self) -> bool:
        """Whether the task is known to have ended, well or not, or never will be started."""
        return super().done if self.started else self._start.refused

    @property
    def snapshot(self) -> Snapshot[R]:
        """What a person would see of the job now."""
        if self.started:
            return super().snapshot
        return Snapshot(
            kind=self.kind,
            token=None,
            status=self.status,
            position=self.position,
            waiting_time=self.waiting_time,
            error=self._start.error,
        )

    def __repr__(self) -> str:
        """Show the token and the status, or that it is not started."""
        if self.started:
            return super().__repr__()
        key = "" if self.key is None else f", key {self.key!r}"
        error = self._start.error
        word = "waiting for its start" if error is None else f"not started: {type(error).__name__}"
        return f"<Job {self.kind} {word}{key}>"

    async def wait(self, *, timeout: Timeout = Deadline.OF_FAMILY) -> R:
        """Wait until the task was started and has ended.

        Args:
            timeout: seconds that this wait lasts at the most, from 0; None for no limit; left
                out, the deadline of the job's family, which counts from the start.

        Returns:
            The record of the completed task.

        Raises:
            JobCancelled: it was cancelled before it was started.
            JobTimeout: the time is up. It is still started, or goes on, and can be awaited again.
            ConfigurationError: the client was closed or drained before it was started.
            A2EError: what `Family.start` and `Job.wait` raise.
        """
        end = self._end(timeout)
        while not self.started and not self.done:
            await self._step(end, timeout)
        end = self._end(timeout) if end is None else end
        with nullcontext() if self.done else self._core.telemetry.wait(self.kind, self.id):
            while not self.done:
                await self._step(end, timeout)
            return self._result()

    async def _step(self, end: float | None, timeout: Timeout) -> None:
        error = await self._change(end, only_end=True)
        if error is not None and not self.done:
            self._raise(error, timeout)

    async def cancel(self) -> bool:
        """Have the job not started.

        Returns:
            True if nothing was sent: nothing is spent, and it never will be started. Whoever waits
            for it gets `JobCancelled`, in this process or a later one, until it is acknowledged.
            False if it is too late: the job goes on. Nothing documented stops a task that was
            started.

        Raises:
            JournalError: the store cannot be used.
        """
        return await self._start.cancel()

    async def acknowledge(self) -> None:
        """Note that the result, or the failure, was handed over: `A2E.unfinished` gives it no more.

        Without a store there is nothing to note.

        Raises:
            JournalError: the store cannot be used.
        """
        await self._start.acknowledge()

    async def retag(self, tag: Any) -> None:
        """Replace the tag.

        Args:
            tag: a JSON value.

        Raises:
            TypeError, ValueError: it is none.
            JournalError: the store cannot be used.
        """
        await self._start.retag(tag)

    async def download(
        self,
        directory: str | os.PathLike[str],
        *,
        stem: str | None = None,
        replace: bool = True,
        progress: Callable[[int, int | None], None] | None = None,
    ) -> list[Path]:
        """Fetch the results, as `Job.download` does, waiting for start and end if need be."""
        while not self.started:
            error = await self._change(None, only_end=True)
            if error is not None:
                self._raise(error, None)
        return await super().download(directory, stem=stem, replace=replace, progress=progress)

    def _end(self, timeout: Timeout) -> float | None:
        if isinstance(timeout, Deadline) and not self.started:
            return None
        return super()._end(timeout)

    def _shown(self) -> Hashable:
        return super()._shown() if self.started else None

    async def _change(self, until: float | None, *, only_end: bool) -> News:
        if self.started:
            self._start.look_on()
            return await super()._change(until, only_end=only_end)
        if self._start.error is None:
            return await self._begun(until)
        return renewed(self._start.error)

    async def _begun(self, until: float | None) -> News:
        news = self._start.news()
        left = None if until is None else max(0.0, until - clock.now())
        done, _ = await asyncio.wait([news], timeout=left)
        if not done:
            return OutOfTime()
        return None if self._start.error is None else renewed(self._start.error)

    def _raise(self, error: Exception, timeout: Timeout) -> NoReturn:
        if isinstance(error, OutOfTime) and not self.started:
            words = f"not started after {timeout} s. It keeps its place: await it again"
            raise JobTimeout(f"{self.kind}: {words}, or cancel it", job=self)
        if self.started:
            super()._raise(error, timeout)
        raise self._about(error)

    def _result(self) -> R:
        if self.started:
            return super()._result()
        assert self._start.error is not None
        raise self._about(renewed(self._start.error))

    def _about(self, error: Exception) -> Exception:
        if isinstance(error, A2EError):
            error.concern(self)
        return error
