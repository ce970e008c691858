"""The moments of a client's work that are told, and a client that tells nobody."""

# ruff: noqa: ARG002  (what nobody hears is used for nothing)

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from types import TracebackType
from typing import Protocol, Self


class Task(Protocol):
    """A task of the service, as far as it is told."""

    @property
    def ended(self) -> bool:
        """Whether its end is known."""
        raise NotImplementedError


class Counts(Protocol):
    """Who knows how many jobs are waited for."""

    def waited_for(self) -> Mapping[str, int]:
        """Give the number by product. It may be called from any thread."""
        raise NotImplementedError


class Span:
    """A part of the work: what happens in a ``with`` block. An error in it is told by its class."""

    __slots__ = ("__weakref__",)

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End."""


class Start(Span):
    """A start, from before it is sent until it is known what came of it.

    Attributes:
        attempts: how often it was sent.
        trace_id: the service's id of the request that was answered, or None.
    """

    __slots__ = ("attempts", "trace_id")

    def __init__(self) -> None:
        """Begin before the first attempt."""
        self.attempts = 0
        self.trace_id: str | None = None

    def attempted(self, outcome: object) -> None:
        """Tell what an attempt ended with: an answer or an error."""
        self.attempts += 1

    def answered(
        self, ids: Iterable[str], coins: Iterable[float | None], *, trace_id: str | None
    ) -> None:
        """Tell which tasks were made.

        Args:
            ids: theirs.
            coins: what each cost, None where the answer does not tell.
            trace_id: the service's id of the request.
        """

    def adopted(self) -> None:
        """Tell that the answer was lost, and the tasks were found."""


class Poll(Span):
    """One look at jobs of a product, which may take several requests."""

    __slots__ = ()

    def looked(self, tasks: Collection[Task], outcomes: Iterable[object], *, requests: int) -> None:
        """Tell what came of it.

        Args:
            tasks: those that were looked at.
            outcomes: what was found of each, or the error of reading it.
            requests: how many it took.
        """


SPAN, POLL = Span(), Poll()


class Telemetry:
    """Tells nobody. Its subclass tells OpenTelemetry.

    Attributes:
        on: whether somebody may listen.
    """

    on = False

    def start(self, kind: str) -> Start:
        """Begin a start of a product."""
        return Start()

    def wait(self, kind: str, task_id: str) -> Span:
        """Begin a caller's wait for a job."""
        return SPAN

    def poll(self, kind: str, jobs: int, how: str) -> Poll:
        """Begin a look at so many jobs: by ``batch``, ``list`` or ``detail``."""
        return POLL

    def download(self, kind: str, task_id: str, files: int) -> Span:
        """Begin the download of a job's results."""
        return SPAN

    def requested(self, method: str, effect: str, outcome: object) -> None:
        """Count one attempt at a request to the service.

        Args:
            method: its HTTP method.
            effect: what it does to the service, a value of `Effect`.
            outcome: the answer or the error.
        """

    def started(self, task: Task, kind: str, coins: float | None) -> None:
        """Count the coins of a task that was started here; None if that is still to be told."""

    def ended(  # noqa: PLR0913  (all but the task are keywords)
        self,
        task: Task,
        *,
        kind: str,
        status: str,
        coins: float | None,
        duration: float | None,
        lag: float | None,
    ) -> None:
        """Tell that the end of a task is known.

        Args:
            task: the task.
            kind: its product's name.
            status: how it ended.
            coins: what it cost.
            duration: seconds from its start to now; None if it was not started here.
            lag: seconds from its end to now; None if nothing tells.
        """

    def observe(self, counts: Counts) -> None:
        """Tell how many jobs are waited for, as long as who counts them is there."""


SILENT = Telemetry()
