"""What a command leaves behind at the service if it is stopped now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs

from a2e_async.jobs.job import Job


@attrs.define(eq=False)
class Ledger:
    """Starts whose answer is not here yet, and jobs whose result is not.

    Attributes:
        starts: kinds of the tasks by the names under which they were started.
        jobs: jobs by their tokens.
        directory: where the jobs' results are to go, if they are.
    """

    starts: dict[str, str] = attrs.field(factory=dict)
    jobs: dict[str, Job[Any]] = attrs.field(factory=dict)
    directory: Path | None = None

    @contextmanager
    def start(self, kind: str, name: str) -> Iterator[None]:
        """Note a start until its answer is here, good or bad."""
        self.starts[name] = kind
        try:
            yield
        except Exception:
            del self.starts[name]
            raise
        del self.starts[name]

    def add(self, jobs: Sequence[Job[Any]]) -> None:
        """Note jobs that are to be followed."""
        self.jobs.update((job.token, job) for job in jobs)

    @contextmanager
    def follow(self, job: Job[Any]) -> Iterator[None]:
        """Note a job until its result is here, or an error that tells of it."""
        self.jobs[job.token] = job
        try:
            yield
        except Exception:
            self.jobs.pop(job.token, None)
            raise
        self.jobs.pop(job.token, None)
