"""The job: an awaitable handle on one task of the service."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Generator, Hashable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, Literal, NoReturn, TypeAlias, TypeVar

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
from a2e_async.jobs.watch import ClosedWhileWaiting, LookingStopped, News, OutOfTime, Watch
from a2e_async.status import JobStatus
from a2e_async.tasks.product import Product
from a2e_async.tasks.record import Record

if TYPE_CHECKING:
    from a2e_async.jobs.snapshot import Snapshot
    from a2e_async.jobs.updates import Snapshots, Updates

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

    __slots__ = ("_core", "_watched")

    def __init__(self, core: Core, watch: Watch[R]) -> None:
        """Made by a family's ``start`` and ``job``, and by `A2E.job`."""
        self._core = core
        self._watched = watch

    @classmethod
    def of_record(cls, core: Core, product: Product[R], record: R) -> Job[R]:
        """Make the job of a task that a record tells of. Nothing is sent."""
        watch = core.poller.watch(product, record.id)
        core.poller.learn(watch, record)
        return cls(core, watch)

    @property
    def _watch(self) -> Watch[R]:
        return self._watched

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
    def started(self) -> bool:
        """Whether it has a task; only a `QueuedJob` may have none yet."""
        return True

    @property
    def tag(self) -> Any:
        """The JSON value that the caller gave with a start that a store keeps; else None."""
        return None

    @property
    def status(self) -> JobStatus:
        """The status that was last seen."""
        return self._watch.status or JobStatus.SENT

    @property
    def done(self) -> bool:
        """Whether the task is known to have ended, well or not."""
        return self._watch.ended

    @property
    def snapshot(self) -> Snapshot[R]:
        """What a person would see of the job now."""
        from a2e_async.jobs.snapshot import Snapshot  # noqa: PLC0415  (loaded at first use)

        record = self.record
        return Snapshot(
            kind=self.kind,
            token=self.token,
            status=self.status,
            progress=None if record is None else record.progress,
            record=record,
        )

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
            JobError: the client was closed or drained during the wait.
            ConfigurationError: the client is closed, or belongs to another event loop.
        """
        # No other coroutine or scope in here: a hundred thousand of these may wait at once.
        end = self._end(timeout)
        with nullcontext() if self.done else self._core.telemetry.wait(self.kind, self.id):
            while not self.done:
                waiter = self._news(end, changes=False)
                try:
                    error = await waiter
                finally:
                    waiter.cancel()
                if error is not None and not self.done:
                    self._raise(error, timeout)
            return self._result()

    def updates(self, *, every: float = 0.0, timeout: Timeout = _DEFAULT) -> Updates[R]:
        """Follow the task.

        Args:
            every: seconds from one record to the next at the least, from 0. Of the changes in
                between, the newest is given. The final record comes at once.
            timeout: seconds from the first step to the last, as for `wait`.

        Returns:
            An asynchronous iterator over records. The first one is what is known already; each
            further one differs from the one before in status, progress or outputs; the last one is
            final, completed or failed. It can be left at any moment and holds nothing open.
            Going on raises what `wait` raises, `JobFailed` excepted.

        Raises:
            TypeError, ValueError: ``every`` is no finite number of seconds from 0.
        """
        from a2e_async.jobs.updates import Updates  # noqa: PLC0415  (loaded at first use)

        return Updates(self, every, timeout)

    def watch(self, *, every: float = 0.0, timeout: Timeout = _DEFAULT) -> Snapshots[R]:
        """Follow the job as a person would, from its place in the line to its end.

        Args:
            every: seconds from one snapshot to the next at the least, as for `updates`.
            timeout: seconds from the first step to the last, as for `wait`.

        Returns:
            An asynchronous iterator over snapshots, as `updates` is one over records. Each one
            differs from the one before in what `describe` tells. The place in the line is looked
            at once a second, or each ``every`` seconds if that is longer.

        Raises:
            TypeError, ValueError: ``every`` is no finite number of seconds from 0.
        """
        from a2e_async.jobs.updates import Snapshots  # noqa: PLC0415  (loaded at first use)

        return Snapshots(self, every, timeout)

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

    async def acknowledge(self) -> None:
        """Note in the client's store that the result, or the failure, was handed over.

        `A2E.unfinished` gives the job no more then. Doing it again changes nothing.

        Raises:
            ConfigurationError: the client has no store.
            ValueError: the store has no start of this task.
            JournalError: the store cannot be used.
        """
        await self._core.keeper.acknowledge(self.kind, self.id)

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
        results = len(record.outputs)
        with self._named_errors(), self._core.telemetry.download(self.kind, self.id, results):
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

    def _shown(self) -> Hashable:
        """Give what of the record is news when it changes; None before there is one."""
        watch = self._watch
        return None if watch.status is None else watch.shown

    async def _change(self, until: float | None, *, only_end: bool) -> News:
        """Wait for whoever follows the job.

        Args:
            until: when to give up, by the loop's clock; None for never.
            only_end: whether to come back at the end only, not at each change.

        Returns:
            None if there may be something new, else the error that ends the wait: `OutOfTime` at
            ``until``, or any that `_raise` takes.
        """
        waiter = self._news(until, changes=not only_end)
        try:
            return await waiter
        finally:
            waiter.cancel()

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
        except ClosedWhileWaiting as closing:
            words = (
                f"{self.token}: {closing.why}. The task goes on: resume it with "
                f"a2e.job({self.token!r})"
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
