"""What a command leaves behind at the service if it is stopped now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs

from a2e_async.jobs.job import Job


@attrs.frozen(eq=False)
class Begun:
    """A start whose answer is not here yet.

    Attributes:
        kind: the product.
        name: the name that its task was given, or None if its tasks have none.
    """

    kind: str
    name: str | None


@attrs.define(eq=False)
class Ledger:
    """Starts whose answer is not here yet, and jobs whose result is not.

    Attributes:
        starts: the starts.
        jobs: jobs by their tokens.
        directory: where the jobs' results are to go, if they are.
    """

    starts: list[Begun] = attrs.field(factory=list)
    jobs: dict[str, Job[Any]] = attrs.field(factory=dict)
    directory: Path | None = None

    @contextmanager
    def start(self, kind: str, name: str | None) -> Iterator[None]:
        """Note a start until its answer is here, good or bad."""
        begun = Begun(kind, name)
        self.starts.append(begun)
        try:
            yield
        except Exception:
            self.starts.remove(begun)
            raise
        self.starts.remove(begun)

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
