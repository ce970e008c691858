"""``a2e operations``: what of the service is reachable, and by which Python call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import attrs
import typer

from a2e_async.cli.options import command
from a2e_async.cli.output import Column
from a2e_async.cli.shell import Shell

if TYPE_CHECKING:
    from a2e_async.catalogue import DocumentedCall

_COLUMNS: Sequence[Column[DocumentedCall]] = (
    Column(title="method", value=lambda row: row.method),
    Column(title="path", value=lambda row: row.path),
    Column(title="product", value=lambda row: row.product),
    Column(title="Python call", value=lambda row: row.call, gives_way=True),
    Column(title="evidence", value=lambda row: row.evidence),
)


@command
def operations(
    shell: Shell,
    *,
    find: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="Only those with this text in any column."),
    ] = None,
) -> None:
    """List every operation of the service, and the Python call that carries it out."""
    from a2e_async.catalogue import documented_calls  # noqa: PLC0415  (loads all products)

    rows = [row for row in documented_calls() if find is None or _has(row, find)]
    shell.out.table(rows, _COLUMNS, attrs.asdict)
    if not rows:
        shell.out.say(f"no operation with {find!r} in it")


def _has(row: DocumentedCall, text: str) -> bool:
    return any(text.lower() in (value or "").lower() for value in attrs.astuple(row))
