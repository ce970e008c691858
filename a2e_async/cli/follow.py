"""Waiting for jobs and fetching their results."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import anyio
import attrs

from a2e_async import Job, JobFailed, JobTimeout, Record
from a2e_async.cli.output import joined
from a2e_async.cli.progress import Line
from a2e_async.cli.shell import Shell
from a2e_async.jobs.job import Deadline

T = TypeVar("T")
U = TypeVar("U")


@attrs.frozen(kw_only=True)
class Delivery:
    """What is wanted of a job.

    Attributes:
        directory: where its results go, or None to wait only.
        timeout: seconds to wait at the most, or None for the product's own deadline.
        stem: the name of its files without the suffix, or None for the SDK's.
    """

    directory: Path | None = None
    timeout: float | None = None
    stem: str | None = None


@attrs.frozen(kw_only=True)
class Result:
    """What became of a job.

    Attributes:
        job: the job.
        record: its last record.
        files: its results on the disk.
        seconds: how long it took.
    """

    job: Job[Any]
    record: Record
    files: Sequence[Path] = ()
    seconds: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        """Write it for a program."""
        return describe(self.job, self.record) | {
            "files": [str(path) for path in self.files],
            "seconds": round(self.seconds, 1),
        }


def describe(job: Job[Any], record: Record | None) -> dict[str, Any]:
    """Write a job and its record for a program."""
    seen = {} if record is None else attrs.asdict(record, recurse=False, filter=_is_shown)
    return {"token": job.token, "kind": job.kind, "id": job.id, **seen}


def _is_shown(field: attrs.Attribute[Any], _: Any) -> bool:
    return field.name not in {"id", "raw"}


async def finish(shell: Shell, job: Job[Any], line: Line, wanted: Delivery) -> Result:
    """Follow a job to its end, and fetch its results.

    Args:
        shell: what the command has in hand.
        job: the job.
        line: where it is shown.
        wanted: what is wanted of it.

    Returns:
        The result.

    Raises:
        A2EError: what `Job.wait` and `Job.download` raise.
    """
    begun = time.monotonic()
    line.started(job.token)
    shell.ledger.directory = wanted.directory
    with shell.ledger.follow(job):
        try:
            await _wait(job, line, wanted.timeout)
            files = await _fetch(job, line, wanted)
        except Exception as error:
            line.end(_word(error))
            raise
    line.end("saved" if files else "completed")
    record = job.record
    assert record is not None
    return Result(job=job, record=record, files=files, seconds=time.monotonic() - begun)


def _word(error: Exception) -> str:
    if isinstance(error, JobFailed):
        return "failed"
    return "time is up" if isinstance(error, JobTimeout) else "error"


async def _wait(job: Job[Any], line: Line, timeout: float | None) -> None:
    until = Deadline.OF_FAMILY if timeout is None else timeout
    async for record in job.updates(timeout=until):
        line.show(record.current_status or record.status, record.progress)
    await job.wait()


async def _fetch(job: Job[Any], line: Line, wanted: Delivery) -> list[Path]:
    if wanted.directory is None:
        return []

    def progress(here: int, whole: int | None) -> None:
        line.show("download", 100 * here / whole if whole else None)

    return await job.download(wanted.directory, stem=wanted.stem, progress=progress)


async def each(
    items: Sequence[T],
    work: Callable[[T], Awaitable[U]],
    outcomes: dict[int, U | Exception],
    *,
    at_once: float = math.inf,
) -> None:
    """Do something with each of some items at the same time; no failure stops the others.

    Args:
        items: the items.
        work: what to do with one.
        outcomes: takes the results and the errors as they come, by the index of the item.
        at_once: how many items are worked on at the same time.
    """
    places = anyio.CapacityLimiter(at_once)

    async def one(index: int, item: T) -> None:
        async with places:
            try:
                outcomes[index] = await work(item)
            except Exception as error:  # noqa: BLE001  (it is this item's outcome)
                outcomes[index] = error

    async with anyio.create_task_group() as group:
        for index, item in enumerate(items):
            group.start_soon(one, index, item)


async def finish_all(
    shell: Shell,
    jobs: Sequence[Job[Any]],
    wanted: Delivery,
    outcomes: dict[int, Result | Exception],
) -> None:
    """Follow jobs to their ends together, and fetch their results."""
    shell.ledger.add(jobs)

    async def one(job: Job[Any]) -> Result:
        return await finish(shell, job, shell.board.line(job.token), wanted)

    await each(jobs, one, outcomes)


def hand_over(
    shell: Shell,
    outcomes: Mapping[int, U | Exception],
    show: Callable[[int, U], None],
) -> None:
    """Write the results to stdout and the errors to stderr, in the order of the items.

    Args:
        shell: what the command has in hand.
        outcomes: the results and the errors.
        show: writes one result.
    """
    errors: list[tuple[str, Exception]] = []
    for index, outcome in sorted(outcomes.items()):
        if isinstance(outcome, Exception):
            errors.append(("", outcome))
        else:
            show(index, outcome)
    shell.failed(errors, len(outcomes))


def results_to(shell: Shell) -> Callable[[int, Result], None]:
    """Give the function that writes one job's result to stdout."""

    def show(_: int, result: Result) -> None:
        shell.out.result(result.as_dict(), *_lines(result))

    return show


def records_to(shell: Shell) -> Callable[[int, Result], None]:
    """Give the function that writes one job's record to stdout, where that is all there is."""

    def show(_: int, result: Result) -> None:
        show_pairs(shell, result.as_dict())

    return show


def _lines(result: Result) -> Iterator[str]:
    if result.files:
        yield from (str(path) for path in result.files)
    else:
        yield "\t".join([result.job.token, result.record.status, joined(result.record.outputs)])


def show_pairs(shell: Shell, described: Mapping[str, Any]) -> None:
    """Write one thing to stdout: the names and values of what is known of it."""
    lines = [(key, _value(value)) for key, value in described.items()]
    shell.out.pairs(described, [(key, value) for key, value in lines if value])


def _value(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, (tuple, list)):
        return joined(value)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    return "" if value is None else str(value)
