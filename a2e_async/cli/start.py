"""Starting tasks, and what is wanted of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import attrs
import typer

from a2e_async import A2E, Job
from a2e_async.cli import follow
from a2e_async.cli.follow import Delivery, Result
from a2e_async.cli.products import request_class
from a2e_async.cli.shell import Shell

Make: TypeAlias = Callable[[A2E], Awaitable[Sequence[Job[Any]]]]

RESULTS = "Results"

Out = Annotated[
    Path,
    typer.Option(
        "--out", "-o", metavar="DIR", help="Directory of the results.", rich_help_panel=RESULTS
    ),
]
Wait = Annotated[
    bool,
    typer.Option(
        "--wait/--no-wait",
        help="Wait for the results, or print the tokens of the jobs only.",
        rich_help_panel=RESULTS,
    ),
]
Timeout = Annotated[
    float | None,
    typer.Option(
        "--timeout",
        min=0,
        metavar="SECONDS",
        help="How long to wait for a task; left out, the product's own deadline.",
        rich_help_panel=RESULTS,
    ),
]


@attrs.frozen(kw_only=True)
class Start:
    """A start to be made.

    Attributes:
        kind: name of the product.
        name: the unique name under which a lost task is found again, or None if the product's tasks
            have no name.
        make: makes the start.
    """

    kind: str
    name: str | None
    make: Make


def start_and_fetch(shell: Shell, start: Start, wanted: Delivery, *, wait: bool) -> None:
    """Make a start, then wait for its jobs and fetch their results, or print their tokens.

    Where the product makes no files, the jobs' records are printed instead.

    Args:
        shell: what the command has in hand.
        start: the start.
        wanted: what is wanted of the jobs.
        wait: whether to wait.
    """
    outcomes: dict[int, Result | Exception] = {}
    has_files = request_class(start.kind).product.media is not None
    if not has_files:
        wanted = attrs.evolve(wanted, directory=None)

    async def work(a2e: A2E) -> Sequence[Job[Any]]:
        line = shell.board.line(start.kind)
        line.show("starting")
        with shell.ledger.start(start.kind, start.name):
            jobs = await start.make(a2e)
        shell.ledger.add(jobs)
        line.remove()
        if wait:
            await follow.finish_all(shell, jobs, wanted, outcomes)
        return jobs

    try:
        jobs = shell.run(work)
    finally:
        show = follow.results_to if has_files else follow.records_to
        follow.hand_over(shell, outcomes, show(shell))
    for job in () if wait else jobs:
        shell.out.result(follow.describe(job, job.record), job.token)
