"""``a2e jobs``: look at tasks that were started here or elsewhere, fetch or delete them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import attrs
import typer

from a2e_async import A2E, A2EError, AuthenticationFailed, ConnectionFailed, Job, Record
from a2e_async.cli import follow, messages
from a2e_async.cli.follow import Delivery, Result
from a2e_async.cli.options import command, group
from a2e_async.cli.output import Column, count, joined
from a2e_async.cli.products import check_kind, request_class
from a2e_async.cli.shell import Shell
from a2e_async.cli.start import Out, Timeout

app = typer.Typer(no_args_is_help=True)

Token = Annotated[str, typer.Argument(metavar="TOKEN", help="Token of a job, of the form kind:id.")]
Tokens = Annotated[
    list[str], typer.Argument(metavar="TOKEN...", help="Tokens of jobs, of the form kind:id.")
]

_AT_ONCE = 8
"""Products that are asked at the same time."""

_MOST = 100
"""Characters of a prompt in a list: it may have thousands of them."""

_UNITS = ((86400.0, "d"), (3600.0, "h"), (60.0, "min"), (1.0, "s"))


@app.callback()
@group
def jobs() -> None:
    """Look at tasks that were started here or elsewhere, wait for them, fetch or delete them."""


@attrs.frozen
class _Row:
    """A task in a list."""

    kind: str
    record: Record

    @property
    def token(self) -> str:
        return request_class(self.kind).product.token(self.record.id)

    @property
    def about(self) -> str | None:
        text = getattr(self.record, "prompt", None) or self.record.name
        return messages.shortened(text, _MOST) if text else None

    @property
    def age(self) -> str:
        created = self.record.created_at
        if created is None:
            return ""
        seconds = max(0.0, (datetime.now(UTC) - created).total_seconds())
        unit, name = next((u for u in _UNITS if seconds >= u[0]), _UNITS[-1])
        return f"{seconds / unit:.0f} {name}"

    def as_dict(self) -> dict[str, Any]:
        seen = attrs.asdict(self.record, recurse=False)
        del seen["raw"]
        return {"token": self.token, "kind": self.kind, **seen}


_Rows: TypeAlias = list[_Row]

_COLUMNS: Sequence[Column[_Row]] = (
    Column(title="token", value=lambda row: row.token),
    Column(title="status", value=lambda row: row.record.current_status),
    Column(title="coins", value=lambda row: row.record.coins, right=True),
    Column(
        title="age",
        value=lambda row: row.record.created_at and row.record.created_at.isoformat(),
        shown=lambda row: row.age,
        right=True,
    ),
    Column(title="prompt or name", value=lambda row: row.about, gives_way=True),
)


@app.command("list")
@command
def list_jobs(
    shell: Shell,
    *,
    kind: Annotated[
        str | None,
        typer.Option(metavar="KIND", help="Only tasks of this product: see a2e run --help."),
    ] = None,
    name: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Only tasks of this name or title.")
    ] = None,
    limit: Annotated[
        int, typer.Option(min=1, metavar="N", help="How many tasks at the most.")
    ] = 20,
) -> None:
    """List tasks, newest first. The service leaves out those that have expired."""
    listed = _listed() if kind is None else [check_kind(kind)]
    outcomes: dict[int, _Rows | Exception] = {}
    shell.run(lambda a2e: _ask(a2e, listed, name, limit, outcomes))
    found = [row for rows in outcomes.values() if isinstance(rows, list) for row in rows]
    rows = sorted(found, key=_created, reverse=True)[:limit]
    shell.out.table(rows, _COLUMNS, _Row.as_dict)
    errors = [(listed[at], it) for at, it in sorted(outcomes.items()) if isinstance(it, Exception)]
    shell.failed(errors, len(listed))
    if not rows and not errors:
        shell.out.say("no tasks")


def _listed() -> list[str]:
    """Name the products to ask: for each list of the service the first that reads it."""
    found: dict[str, str] = {}
    for kind in A2E.kinds():
        pages = request_class(kind).product.pages
        if pages is not None:
            found.setdefault(pages.path, kind)
    return [*found.values()]


async def _ask(
    a2e: A2E,
    kinds: Sequence[str],
    name: str | None,
    limit: int,
    outcomes: dict[int, _Rows | Exception],
) -> None:
    """Ask for the newest tasks of products, several at the same time.

    Raises:
        ConnectionFailed: no product was reached.
        AuthenticationFailed: no product takes the token.
    """
    refusals: list[A2EError] = []

    async def newest(kind: str) -> _Rows:
        if refusals:
            raise refusals[0]
        try:
            return await _newest(a2e, kind, name, limit)
        except (ConnectionFailed, AuthenticationFailed) as error:
            # Where none has answered, none is going to.
            if not _answers(outcomes):
                refusals.append(error)
            raise

    await follow.each(kinds, newest, outcomes, at_once=_AT_ONCE)
    if refusals and not _answers(outcomes):
        raise refusals[0]


def _answers(outcomes: Mapping[int, _Rows | Exception]) -> bool:
    return any(isinstance(outcome, list) for outcome in outcomes.values())


def _created(row: _Row) -> datetime:
    return row.record.created_at or datetime.min.replace(tzinfo=UTC)


async def _newest(a2e: A2E, kind: str, name: str | None, limit: int) -> _Rows:
    found: _Rows = []
    async for record in a2e.family(kind).list():
        if name is None or record.name == name:
            found.append(_Row(kind, record))
        if len(found) == limit:
            break
    return found


@app.command()
@command
def get(shell: Shell, token: Token) -> None:
    """Show one task as it is now."""

    async def work(a2e: A2E) -> tuple[Job[Any], Record]:
        job = a2e.job(token)
        return job, await job.refresh()

    follow.show_pairs(shell, follow.describe(*shell.run(work)))


@app.command()
@command
def wait(shell: Shell, tokens: Tokens, *, timeout: Timeout = None) -> None:
    """Wait until tasks have ended, and print their status and the URLs of their results."""
    _finish(shell, tokens, Delivery(timeout=timeout))


@app.command()
@command
def download(shell: Shell, tokens: Tokens, *, out: Out = Path(), timeout: Timeout = None) -> None:
    """Fetch the results of tasks, and wait for them first if need be."""
    _finish(shell, tokens, Delivery(directory=out, timeout=timeout))


def _finish(shell: Shell, tokens: Sequence[str], wanted: Delivery) -> None:
    outcomes: dict[int, Result | Exception] = {}

    async def work(a2e: A2E) -> None:
        await follow.finish_all(shell, jobs_of(a2e, tokens), wanted, outcomes)

    try:
        shell.run(work)
    finally:
        follow.hand_over(shell, outcomes, follow.results_to(shell))


def jobs_of(a2e: A2E, tokens: Sequence[str]) -> list[Job[Any]]:
    """Make the jobs of tokens, each once."""
    return [a2e.job(token) for token in dict.fromkeys(token.strip() for token in tokens)]


@app.command()
@command
def delete(
    shell: Shell,
    tokens: Tokens,
    *,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Delete tasks and their results at the service."""
    client = shell.client()
    names = [job.token for job in jobs_of(client, tokens)]
    if not yes:
        shell.ask(f"Delete {count(len(names), 'task')} ({joined(names)}) for good?", "--yes")

    outcomes: dict[int, Exception | None] = {}

    async def work(a2e: A2E) -> None:
        await follow.each(jobs_of(a2e, tokens), Job[Any].delete, outcomes)

    def show(index: int, _: None) -> None:
        shell.out.result({"token": names[index], "deleted": True}, f"deleted {names[index]}")

    try:
        shell.run(work)
    finally:
        follow.hand_over(shell, outcomes, show)
