"""What a person would see of a job at one moment. Pure."""

from __future__ import annotations

import math
from collections.abc import Hashable
from typing import Generic, TypeVar

import attrs

from a2e_async.status import JobStatus
from a2e_async.tasks.record import Record

R = TypeVar("R", bound=Record)

_MINUTE = 60
_HOUR = 3600
_STEP = 10
_MOST_SECONDS = 50
_MOST_MINUTES = 90
# The service's first two words are one to a person: nothing has happened yet.
_SAME = {JobStatus.INITIALIZED: JobStatus.SENT}


def percent(value: float | None) -> int | None:
    """Bring what the service tells of a progress between 0 and 100."""
    return None if value is None else int(min(max(value, 0), 100))


@attrs.frozen(kw_only=True)
class Snapshot(Generic[R]):
    """A job as it was at one moment.

    Attributes:
        kind: name of the job's family, such as ``text_to_image``.
        token: ``kind:id``, from which `A2E.job` makes the job again; None before the start.
        status: the state; before the start, `JobStatus.INITIALIZED`.
        position: place in the line before the start, from 1, which is next; None for a job that
            does not wait in one.
        waiting_time: seconds until the start, estimated; None if nothing tells.
        progress: percent done, from 0 to 100, for the products that tell it.
        record: the record that was last seen, or None.
        error: why the job was not started: for good if its status is `JobStatus.FAILED`, else in
            this process, because the client was closed or drained; or None.
    """

    kind: str
    token: str | None
    status: JobStatus
    position: int | None = None
    waiting_time: float | None = None
    progress: int | None = attrs.field(default=None, converter=percent)
    record: R | None = None
    error: Exception | None = attrs.field(default=None, eq=False, repr=False)

    @property
    def started(self) -> bool:
        """Whether the task exists at the service."""
        return self.token is not None

    @property
    def done(self) -> bool:
        """Whether the job has ended, well or not."""
        return self.status.terminal

    @property
    def shown(self) -> tuple[Hashable, ...]:
        """What of it is news to a person when it changes; `describe` tells nothing else."""
        if not self.started:
            return (self.position, about(self.waiting_time))
        if self.status is JobStatus.PROCESSING:
            return (self.status, self.progress)
        return (_SAME.get(self.status, self.status),)


def about(seconds: float | None) -> tuple[str, int] | None:
    """Round a waiting time up, as people tell it.

    Args:
        seconds: the time, or None if it is not known.

    Returns:
        ``seconds``, ``minutes`` or ``hours``, and their number, from 1; None if there is none.
    """
    if seconds is None or not math.isfinite(seconds):
        return None
    if seconds <= _MOST_SECONDS:
        return "seconds", max(_STEP, math.ceil(seconds / _STEP) * _STEP)
    if seconds <= _MOST_MINUTES * _MINUTE:
        return "minutes", math.ceil(seconds / _MINUTE)
    return "hours", math.ceil(seconds / _HOUR)
