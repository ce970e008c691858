"""Following a job: what is seen of it, whenever that changes, up to its end."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any, Final, Generic, Self, TypeVar

from a2e_async import clock
from a2e_async.jobs.snapshot import Snapshot
from a2e_async.jobs.watch import OutOfTime
from a2e_async.tasks import checks
from a2e_async.tasks.record import Record

if TYPE_CHECKING:
    from a2e_async.jobs.job import Job, Timeout

R = TypeVar("R", bound=Record)
T = TypeVar("T")

_EVERY = checks.Number(0, noun="a number of seconds")
# So often a person may see how the line in front of a job moves.
_LOOK: Final = 1.0


class Following(Generic[R, T]):
    """Something seen of a job as it changes, up to the final one.

    It waits by what the job's other waiters wait by, and holds nothing between two steps: whoever
    leaves it leaves nothing behind.
    """

    def __init__(self, job: Job[R], every: float, timeout: Timeout) -> None:
        """Made by `Job.updates` and `Job.watch`.

        Args:
            job: whom to follow.
            every: seconds from one to the next at the least, except for the final one.
            timeout: seconds from the first step to the last, as for `Job.wait`.

        Raises:
            TypeError, ValueError: `every` is no finite number of seconds from 0.
        """
        _EVERY.check("every", every)
        self._job = job
        self._every = float(every)
        self._timeout: Timeout = timeout
        self._end: float | None = None
        self._next = float("-inf")
        self._given: Hashable = None
        self._over = False

    async def aclose(self) -> None:
        """Do nothing: an iterator that is left holds nothing open. For `contextlib.aclosing`."""

    def __aiter__(self) -> Self:
        """Give itself."""
        return self

    async def __anext__(self) -> T:
        """Wait for the next change."""
        if self._over:
            raise StopAsyncIteration
        self._set_end()
        error: Exception | None = None
        while not self._is_due(key := self._key()):
            if error is not None and not self._goes_on_after(error):
                self._job._raise(error, self._timeout)  # noqa: SLF001
            waits_on = self._is_news(key)
            until = self._until(self._next if waits_on else self._look_again())
            error = await self._job._change(until, only_end=waits_on)  # noqa: SLF001
            self._set_end()
        self._given, self._over = key, self._job.done
        self._next = clock.now() + self._every
        return self._seen()

    def _set_end(self) -> None:
        # A job that waits to be started has no end before it is, unless the caller set one.
        if self._end is None:
            self._end = self._job._end(self._timeout)  # noqa: SLF001

    def _is_news(self, key: Hashable) -> bool:
        return key is not None and key != self._given

    def _is_due(self, key: Hashable) -> bool:
        return self._is_news(key) and (self._job.done or clock.now() >= self._next)

    def _until(self, again: float | None) -> float | None:
        moments = [moment for moment in (again, self._end) if moment is not None]
        return min(moments, default=None)

    def _goes_on_after(self, error: Exception) -> bool:
        return isinstance(error, OutOfTime) and (self._end is None or clock.now() < self._end)

    def _look_again(self) -> float | None:
        """Tell when there may be something new of which nobody tells; None for never."""
        return None

    def _key(self) -> Hashable:
        """Give what has to differ for the next one to be news; None for nothing to be seen."""
        raise NotImplementedError

    def _seen(self) -> T:
        """Give what is seen now."""
        raise NotImplementedError


class Updates(Following[R, R]):
    """The records of a job as they change, up to the final one."""

    def _key(self) -> Hashable:
        return self._job._shown()  # noqa: SLF001

    def _seen(self) -> R:
        record = self._job.record
        assert record is not None
        return record


class Snapshots(Following[R, Snapshot[R]]):
    """What a person would see of a job, whenever it changes, up to the final one."""

    def _key(self) -> Any:
        snapshot = self._job.snapshot
        unknown = snapshot.started and snapshot.record is None
        return None if unknown or snapshot.error is not None else snapshot.shown

    def _seen(self) -> Snapshot[R]:
        return self._job.snapshot

    def _look_again(self) -> float | None:
        return None if self._job.snapshot.started else clock.now() + max(self._every, _LOOK)
