"""What becomes of one request of a batch, and how far the whole of it is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

if TYPE_CHECKING:
    from a2e_async.jobs.job import Job
    from a2e_async.tasks.record import Record
    from a2e_async.tasks.request import Request


@attrs.frozen(kw_only=True)
class Outcome:
    """What became of one request.

    Attributes:
        index: its place in the input, from 0.
        key: its key; without one, the index as text.
        request: the request.
        job: the job of its task, or None if none was started.
        record: the record of its task as it was last seen, or None.
        error: why there is no result, or not all of it; None if all is well.
        files: the results on the disk, if they were to be fetched.
        coins: what the task cost, where that is known; of a dry run, what it would cost.
    """

    index: int
    key: str
    request: Request[Any] | Any
    job: Job[Any] | None = None
    record: Record | None = None
    error: Exception | None = None
    files: tuple[Path, ...] = ()
    coins: float | int | None = None

    @property
    def ok(self) -> bool:
        """Whether the task completed, and its files are here if they were asked for."""
        return self.error is None


@attrs.frozen(kw_only=True)
class Progress:
    """How far a batch is, at one moment.

    Attributes:
        total: how many requests there are, or None while that is not known.
        read: how many of them were read from the input.
        counts: how many of those are in each state of `a2e_async.journal.State`, by its word.
        finished: how many have an outcome.
        failed: how many of the outcomes have an error.
        in_flight: tasks that were started, or are being started, and have not ended.
        coins_spent: coins of all tasks there are, those of earlier runs of the journal included.
        coins_reserved: coins that starts under way may cost.
        rate: outcomes per second in the recent past; 0 before the first.
        time_left: seconds until all have an outcome, or None where nobody can tell.
        seconds: seconds since the batch began.
    """

    total: int | None = None
    read: int = 0
    counts: Mapping[str, int] = attrs.field(factory=dict)
    finished: int = 0
    failed: int = 0
    in_flight: int = 0
    coins_spent: float = 0
    coins_reserved: float = 0
    rate: float = 0.0
    time_left: float | None = None
    seconds: float = 0.0
