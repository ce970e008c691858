"""The job: an awaitable handle on one task of the service."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import Any, Generic, Literal, NoReturn, TypeAlias, TypeVar

from a2e_async import clock
from a2e_async.config import read_seconds
from a2e_async.errors import (
    A2EError,
    DownloadFailed,
    JobError,
    JobFailed,
    JobNotFound,
    JobTimeout,
    NotFound,
    Unsupported,
)
from a2e_async.http import once
from a2e_async.jobs.core import Core
from a2e_async.jobs.names import is_made_up
from a2e_async.jobs.watch import ClosedWhileWaiting, LookingStopped, News, OutOfTime, Watch, news
from a2e_async.status import JobStatus
from a2e_async.tasks.product import Product
from a2e_async.tasks.record import Record

R = TypeVar("R", bound=Record)


class Deadline(Enum):
    """How long a wait lasts unless the caller gives seconds, or None for no end."""

    OF_FAMILY = "the family's default"

    def __repr__(self) -> str:
        """Show it as a default in a signature."""
        return f"<{self.value}>"


Timeout: TypeAlias = float | Literal[Deadline.OF_FAMILY] | None
_DEFAULT = Deadline.OF_FAMILY


class Job(Generic[R]):
    """One task of the service, to await.

    Awaiting it, from as many tasks as you like, polls until the task completed or failed. A
    cancelled wait stops waiting only: the task at the service goes on, and the job can be awaited
    again, here or in another process (`A2E.job` with the job's `token`).

    The states are those of `JobStatus`. The job ends as ``COMPLETED`` or ``FAILED`` and stays so.
    """

    __slots__ = ("_core", "_watch")

    def __init__(self, core: Core, watch: Watch[R]) -> None:
        """Made by a family's ``start`` and ``job``, and by `A2E.job`."""
        self._core = core
        self._watch = watch

    @classmethod
    def of_record(cls, core: Core, product: Product[R], record: R) -> Job[R]:
        """Make the job of a task that a record tells of. Nothing is sent."""
        watch = core.poller.watch(product, record.id)
        core.poller.learn(watch, record)
        return cls(core, watch)

    @property
    def id(self) -> str:
        """The task's id."""
        return self._watch.task_id

    @property
    def kind(self) -> str:
        """Name of the job's family, such as ``text_to_image``."""
        return self._watch.product.kind

    @property
    def token(self) -> str:
        """``kind:id``, a plain text from which `A2E.job` makes the job again. Not a secret."""
        return self._watch.product.token(self.id)

    @property
    def record(self) -> R | None:
        """The record that was last seen; None for a resumed job that nobody has looked at."""
        return self._watch.record

    @property
    def status(self) -> JobStatus:
        """The status that was last seen."""
        return self._watch.status or JobStatus.SENT

    @property
    def done(self) -> bool:
        """Whether the task is known to have ended, well or not."""
        return self._watch.ended

    def __repr__(self) -> str:
        """Show the token and the status."""
        seen = self._watch.status
        word = "not looked at yet" if seen is None else seen.value
        return f"<Job {self.token} {word}>"

    def __await__(self) -> Generator[Any, None, R]:
        """Wait for the result as `wait` does, with the family's deadline."""
        return self.wait().__await__()

    async def wait(self, *, timeout: Timeout = _DEFAULT) -> R:
        """Wait until the task has ended.

        Args:
            timeout: seconds that this wait lasts at the most, from 0; None for no limit; left
                out, the deadline of the job's family.

        Returns:
            The record of the completed task.

        Raises:
            JobFailed: the service ended the task as failed.
            JobTimeout: the time is up. The task goes on, and the job can be awaited again.
            JobNotFound: the service does not know the task.
            APIError: looking is refused, for one because the token is not good any more.
            JobError: the client was closed during the wait.
            ConfigurationError: the client is closed, or belongs to another event loop.
        """
        # No other coroutine or scope in here: a hundred thousand of these may wait at once.
        end = self._end(timeout)
        while not self.done:
            waiter = self._news(end, changes=False)
            try:
                error = await waiter
            finally:
                waiter.cancel()
            if error is not None and not self.done:
                self._raise(error, timeout)
        return self._result()

    def updates(self, *, timeout: Timeout = _DEFAULT) -> Updates[R]:
        """Follow the task.

        Args:
            timeout: seconds from the first step to the last, as for `wait`.

        Returns:
            An asynchronous iterator over records. The first one is what is known already; each
            further one differs from the one before in status, progress or outputs; the last one is
            final, completed or failed. It can be left at any moment and holds nothing open.
            Going on raises what `wait` raises, `JobFailed` excepted.
        """
        return Updates(self, timeout)

    async def refresh(self) -> R:
        """Look at the task once, now.

        Returns:
            The record.

        Raises:
            JobNotFound: the service does not know the task, which right after a start may only
                mean that it does not know it yet.
            APIError: looking failed.
            ConnectionFailed: there was no answer.
        """
        with self._named_errors():
            return await self._core.poller.refresh(self._watch)

    async def delete(self) -> None:
        """Delete the task with the service, by the product's documented delete operation.

        Nothing documented says that a running task is stopped or paid back. Whoever still waits
        for the job gets `JobNotFound`.

        Raises:
            JobNotFound: the service does not know the task.
            Unsupported: the service documents no deletion of the product's tasks.
            APIError: it refuses.
            ConnectionFailed: there was no answer.
        """
        with self._named_errors():
            await self._delete()
        self._core.poller.deleted(self._watch)

    async def _delete(self) -> None:
        operation = self._watch.product.delete
        if operation is None:
            raise Unsupported(f"{self.kind}: the service documents no deletion of these tasks")
        await once.delete(self._core.session, operation.call(self.id))

    async def download(
        self,
        directory: str | os.PathLike[str],
        *,
        stem: str | None = None,
        replace: bool = True,
        progress: Callable[[int, int | None], None] | None = None,
    ) -> list[Path]:
        """Fetch the results, waiting for them first if need be.

        A file appears under its name when it is whole and not before. A broken transfer goes on
        where it stopped, and an expired address is renewed from the task's record.

        Args:
            directory: where to; made if missing.
            stem: file name without its suffix, by default the task's name or kind, then its id.
                Several results are numbered.
            replace: whether a file of the same name is replaced; if not, the task's id is added to
                the name.
            progress: called with the bytes fetched so far of a file and its size, None if unknown.

        Returns:
            The files, in the order of ``record.outputs``.

        Raises:
            JobError: what `wait` raises.
            Unsupported: the product makes no files.
            DownloadFailed: a result could not be fetched whole, or there is none.
        """
        media = self._watch.product.media
        if media is None:
            raise Unsupported(f"{self.kind}: what comes of these tasks is no file")
        record = await self.wait()
        if not record.outputs:
            record = await self.refresh()
        with self._named_errors():
            if not record.outputs:
                fields = ", ".join(self._watch.product.result_fields)
                words = f"completed without a result: no address in {fields}; see record.raw"
                raise DownloadFailed(f"{self.token}: {words}", url="")
            return await self._core.downloads.save(
                record.outputs,
                directory,
                stem=stem or f"{self._title(record)}-{self.id}",
                media=media,
                spare=None if replace else self.id,
                refresh=self._fresh_outputs,
                progress=progress,
            )

    def _title(self, record: R) -> str:
        # A product that takes no name may have one of the service's own.
        name = record.name if self._watch.product.name_field else None
        return self.kind if name is None or is_made_up(name) else name

    async def _fresh_outputs(self) -> Sequence[str]:
        return (await self.refresh()).outputs

    def _end(self, timeout: Timeout) -> float | None:
        if isinstance(timeout, Deadline):
            return clock.now() + self._watch.product.deadline
        seconds = read_seconds("timeout", timeout, zero=True)
        return None if seconds is None else clock.now() + seconds

    def _news(self, end: float | None, *, changes: bool) -> asyncio.Future[News]:
        return self._core.poller.wait(self._watch, changes=changes, until=end)

    def _raise(self, error: Exception, timeout: Timeout) -> NoReturn:
        """Raise what ends a wait, in the job's own words."""
        if isinstance(error, OutOfTime):
            raise self._timed_out(timeout) from self._watch.last_error
        with self._named_errors():
            # The same error may go to many waiters: each adds its own traceback to a fresh start.
            raise error.with_traceback(None)

    def _timed_out(self, timeout: Timeout) -> JobTimeout:
        given = self._watch.product.deadline if isinstance(timeout, Deadline) else timeout
        word = "not seen yet" if self.record is None else f"still {self.record.current_status}"
        return JobTimeout(
            f"{self.token}: {word} after {given:g} s. The task goes on: await the job again, or "
            f"resume it with a2e.job({self.token!r})",
            job=self,
            record=self.record,
        )

    @contextmanager
    def _named_errors(self) -> Iterator[None]:
        """Let no error out that does not tell which job it is about."""
        try:
            yield
        except NotFound as error:
            words = f"{self.token}: the service does not know this task"
            raise JobNotFound(words, job=self, record=self.record) from error
        except ClosedWhileWaiting:
            words = (
                f"{self.token}: the client was closed during the wait. The task goes on: resume it "
                f"with a2e.job({self.token!r})"
            )
            raise JobError(words, job=self, record=self.record) from None
        except LookingStopped:
            words = f"{self.token}: all tasks of the event loop were cancelled; await the job again"
            raise JobError(words, job=self, record=self.record) from None
        except A2EError as error:
            error.concern(self)
            raise

    def _result(self) -> R:
        record = self.record
        if record is not None and record.status is JobStatus.COMPLETED:
            return record
        reason = (record and record.failed_message) or "the service gives no reason"
        code = record and record.failed_code
        shown = f"{self.token} failed: {reason}" + (f" (code {code})" if code else "")
        raise JobFailed(shown, job=self, record=record)


class Updates(Generic[R]):
    """The records of a job as they change, up to the final one."""

    def __init__(self, job: Job[R], timeout: Timeout) -> None:
        """Made by `Job.updates`."""
        self._job = job
        self._timeout: Timeout = timeout
        self._started = False
        self._end: float | None = None
        self._last: R | None = None
        self._shown: tuple[Any, ...] = ()

    async def aclose(self) -> None:
        """Do nothing: an iterator that is left holds nothing open. For `contextlib.aclosing`."""

    def __aiter__(self) -> Updates[R]:
        """Give itself."""
        return self

    async def __anext__(self) -> R:
        """Wait for the next change."""
        if self._last is not None and self._last.status.terminal:
            raise StopAsyncIteration
        if not self._started:
            self._started, self._end = True, self._job._end(self._timeout)  # noqa: SLF001
        while not self._has_news():
            waiter = self._job._news(self._end, changes=True)  # noqa: SLF001
            try:
                error = await waiter
            finally:
                waiter.cancel()
            if error is not None and not self._has_news():
                self._job._raise(error, self._timeout)  # noqa: SLF001
        record = self._job.record
        assert record is not None
        self._last, self._shown = record, news(record)
        return record

    def _has_news(self) -> bool:
        watch = self._job._watch  # noqa: SLF001
        return watch.status is not None and watch.shown != self._shown
