"""``a2e batch``: thousands of requests, none of them lost or paid twice."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from a2e_async import A2E
from a2e_async.cli import batch_folder, batch_look, batch_options, batch_quote
from a2e_async.cli import batch_run as running
from a2e_async.cli.batch_folder import Folder, Known
from a2e_async.cli.batch_options import (
    DEFAULT_IN_FLIGHT,
    DEFAULT_PATTERN,
    Budget,
    Download,
    EstimateOf,
    FormatOf,
    InFlight,
    Kind,
    ManifestPath,
    OutFolder,
    Pattern,
    PerKind,
    Plan,
    Rate,
    RunFolder,
)
from a2e_async.cli.batch_run import Bulk
from a2e_async.cli.entry import BadRows
from a2e_async.cli.manifest import Format, Manifest
from a2e_async.cli.options import command, group
from a2e_async.cli.shell import Shell
from a2e_async.cli.start import Timeout

app = typer.Typer(no_args_is_help=True)


@app.callback()
@group
def batch() -> None:
    """Run a file of thousands of rows; none is lost, and none is paid for twice.

    Whatever ends a run, the same command goes on where it stood.
    """


@app.command()
@command
def run(  # noqa: PLR0913  (each is an option)
    shell: Shell,
    manifest: ManifestPath,
    *,
    out: OutFolder,
    kind: Kind = None,
    format: FormatOf = None,
    in_flight: InFlight = DEFAULT_IN_FLIGHT,
    rate: Rate = None,
    per_kind: PerKind = None,
    budget: Budget = None,
    estimate: EstimateOf = None,
    pattern: Pattern = DEFAULT_PATTERN,
    timeout: Timeout = None,
    download: Download = True,
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run", help="Check and price all rows as a2e batch quote does; start nothing."
        ),
    ] = False,
) -> None:
    """Run all rows of a manifest: start each, wait for it, fetch its results. It is charged.

    All rows are checked before the first start. The same command again goes on where it stood.
    """
    plan = Plan(
        in_flight=in_flight,
        rate=rate,
        per_kind=batch_options.per_kind(per_kind),
        budget=budget,
        estimate=batch_options.estimate(estimate),
        pattern=pattern,
        timeout=timeout,
        download=download,
    )
    with _manifest(shell, manifest, format, kind) as rows:
        if dry_run:
            rows.check()
            batch_quote.show(shell, rows, plan)
        else:
            _run(shell, rows, Folder(out), plan)


@contextmanager
def _manifest(
    shell: Shell, source: str, format: Format | None, kind: str | None
) -> Iterator[Manifest]:
    """Open a manifest; tell all that is wrong with it, if something is."""
    with Manifest(source, format=format, kind=kind) as rows:
        try:
            yield rows
        except BadRows as bad:
            running.tell_bad_rows(shell, bad)


def _run(shell: Shell, rows: Manifest, folder: Folder, plan: Plan) -> None:
    lines: list[Known] = []
    rows.check(lambda entry: lines.append(Known.of(entry)))
    folder.make()

    def call(index: int, key: str) -> str:
        place = f"{rows.source}:{lines[index].line}"
        return place if lines[index].key is None else f"{place}: {key}"

    bulk = Bulk(shell, folder, plan, call)

    async def work(a2e: A2E) -> None:
        await batch_folder.prepare(folder, shell.service, rows=lines, source=rows.source)
        await bulk.go(a2e, rows)

    running.run(bulk, work)


@app.command()
@command
def retry(  # noqa: PLR0913  (each is an option)
    shell: Shell,
    folder: RunFolder,
    *,
    failed: Annotated[bool, typer.Option("--failed", help="Start what has failed anew.")] = False,
    uncertain: Annotated[
        bool,
        typer.Option(
            "--uncertain",
            help="Start anew where the answer was lost, although there may be a task: it may be "
            "paid for twice.",
        ),
    ] = False,
    in_flight: InFlight = DEFAULT_IN_FLIGHT,
    rate: Rate = None,
    per_kind: PerKind = None,
    budget: Budget = None,
    estimate: EstimateOf = None,
    pattern: Pattern = DEFAULT_PATTERN,
    timeout: Timeout = None,
    download: Download = True,
) -> None:
    """Start anew what went wrong in a run, and go on with the rest of it. It is charged.

    No manifest is needed: the directory has the rows.
    """
    states = [word for word, on in (("failed", failed), ("uncertain", uncertain)) if on]
    if not states:
        raise ValueError("expected --failed, --uncertain or both: what is to be started anew")
    plan = Plan(
        in_flight=in_flight,
        rate=rate,
        per_kind=batch_options.per_kind(per_kind),
        budget=budget,
        estimate=batch_options.estimate(estimate),
        pattern=pattern,
        timeout=timeout,
        download=download,
    )
    bulk = Bulk(shell, Folder(folder), plan, lambda _, key: f"{folder}: {key}")

    async def work(a2e: A2E) -> None:
        await batch_folder.prepare(bulk.folder, shell.service)
        await bulk.go(a2e, None, states)

    running.run(bulk, work)


@app.command()
@command
def quote(  # noqa: PLR0913  (each is an option)
    shell: Shell,
    manifest: ManifestPath,
    *,
    kind: Kind = None,
    format: FormatOf = None,
    budget: Budget = None,
    estimate: EstimateOf = None,
) -> None:
    """Tell what the rows of a manifest would cost. Nothing is started, and nothing is charged."""
    plan = Plan(budget=budget, estimate=batch_options.estimate(estimate))
    with _manifest(shell, manifest, format, kind) as rows:
        rows.check()
        batch_quote.show(shell, rows, plan)


@app.command()
@command
def status(shell: Shell, folder: RunFolder) -> None:
    """Tell how far a run is, also while it goes on."""
    batch_look.status(shell, Folder(folder))


@app.command()
@command
def report(shell: Shell, folder: RunFolder) -> None:
    """Write the page of a run, index.html in its directory, also while the run goes on."""
    batch_look.report(shell, Folder(folder))
