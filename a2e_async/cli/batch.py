"""``a2e batch``: thousands of requests, none of them lost or paid twice."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import attrs
import typer

from a2e_async.cli import batch_look, batch_plan, batch_quote
from a2e_async.cli import batch_run as running
from a2e_async.cli.batch_folder import Folder
from a2e_async.cli.batch_options import (
    Budget,
    Download,
    EstimateOf,
    FormatOf,
    InFlight,
    Kind,
    ManifestPath,
    NoBudget,
    OutFolder,
    Patience,
    Pattern,
    PerKind,
    Rate,
    RunFolder,
)
from a2e_async.cli.batch_plan import Plan
from a2e_async.cli.batch_prepare import Wanted
from a2e_async.cli.batch_rows import Known
from a2e_async.cli.batch_run import Bulk
from a2e_async.cli.entry import BadRows
from a2e_async.cli.exits import LEGEND
from a2e_async.cli.manifest import Format, Manifest
from a2e_async.cli.options import command, group
from a2e_async.cli.shell import Shell
from a2e_async.cli.start import Timeout

app = typer.Typer(no_args_is_help=True, epilog=LEGEND)


@app.callback()
@group
def batch() -> None:
    """Run a file of thousands of rows; none is lost, and none is paid for twice.

    Whatever ends a run, the same command goes on where it stood.
    """


def _plan(  # noqa: PLR0913  (each is an option)
    *,
    in_flight: int | None = None,
    rate: float | None = None,
    per_kind: list[str] | None = None,
    budget: float | None = None,
    no_budget: bool = False,
    estimate: list[str] | None = None,
    pattern: str | None = None,
    timeout: float | None = None,
    patience: float | None = None,
    download: bool | None = None,
) -> Plan:
    """Read the options of a run."""
    if no_budget and budget is not None:
        raise ValueError("--budget and --no-budget: expected one of them, got both")
    plan = Plan(
        in_flight=in_flight,
        rate=rate,
        per_kind=batch_plan.per_kind(per_kind),
        budget=budget,
        estimate=batch_plan.estimate(estimate),
        pattern=pattern,
        timeout=timeout,
        patience=patience,
        download=download,
    )
    plan.check()
    return plan


@app.command(epilog=LEGEND)
@command
def run(  # noqa: PLR0913  (each is an option)
    shell: Shell,
    manifest: ManifestPath,
    *,
    out: OutFolder,
    kind: Kind = None,
    format: FormatOf = None,
    in_flight: InFlight = None,
    rate: Rate = None,
    per_kind: PerKind = None,
    patience: Patience = None,
    budget: Budget = None,
    no_budget: NoBudget = False,
    estimate: EstimateOf = None,
    pattern: Pattern = None,
    timeout: Timeout = None,
    download: Download = None,
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run", help="Check and price all rows as a2e batch quote does; start nothing."
        ),
    ] = False,
) -> None:
    """Run all rows of a manifest: start each, wait for it, fetch its results. It is charged.

    All rows are checked before the first start. The same command again goes on where it stood;
    what it leaves out, such as the budget, is as it was.
    """
    plan = _plan(
        in_flight=in_flight,
        rate=rate,
        per_kind=per_kind,
        budget=budget,
        no_budget=no_budget,
        estimate=estimate,
        pattern=pattern,
        timeout=timeout,
        patience=patience,
        download=download,
    )
    with _manifest(shell, manifest, format, kind) as rows:
        if dry_run:
            rows.check()
            batch_quote.show(shell, rows, plan)
        else:
            _run(shell, rows, Folder(out), Wanted(plan=plan, without_budget=no_budget))


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


def _run(shell: Shell, rows: Manifest, folder: Folder, wanted: Wanted) -> None:
    lines: list[Known] = []
    rows.check(lambda entry: lines.append(Known.of(entry)))
    folder.make()
    wanted = attrs.evolve(wanted, manifest=rows, rows=lines)

    def call(index: int, name: str) -> str:
        return f"{rows.source}:{lines[index].line}: {name}"

    running.run(Bulk(shell, folder, wanted, call))


@app.command(epilog=LEGEND)
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
    in_flight: InFlight = None,
    rate: Rate = None,
    per_kind: PerKind = None,
    patience: Patience = None,
    budget: Budget = None,
    no_budget: NoBudget = False,
    estimate: EstimateOf = None,
    pattern: Pattern = None,
    timeout: Timeout = None,
    download: Download = None,
) -> None:
    """Start anew what went wrong in a run, and go on with the rest of it. It is charged.

    No manifest is needed: the directory has the rows, the budget and the other options of the run.
    """
    states = [word for word, on in (("failed", failed), ("uncertain", uncertain)) if on]
    if not states:
        raise ValueError("expected --failed, --uncertain or both: what is to be started anew")
    plan = _plan(
        in_flight=in_flight,
        rate=rate,
        per_kind=per_kind,
        budget=budget,
        no_budget=no_budget,
        estimate=estimate,
        pattern=pattern,
        timeout=timeout,
        patience=patience,
        download=download,
    )
    found = Folder(folder)
    found.check_is_run()
    wanted = Wanted(plan=plan, without_budget=no_budget, retry=states)
    running.run(Bulk(shell, found, wanted, lambda _, name: f"{folder}: {name}"))


@app.command(epilog=LEGEND)
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
    plan = _plan(budget=budget, estimate=estimate)
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
