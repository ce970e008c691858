"""``a2e operations``: what of the service is reachable, and by which Python calls."""

from __future__ import annotations

import textwrap
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Annotated

import attrs
import typer
from rich.text import Text

from a2e_async.catalogue import EVIDENCE, DocumentedCall, documented_calls
from a2e_async.cli.options import command
from a2e_async.cli.output import Column
from a2e_async.cli.shell import Shell

_LONGEST = max(map(len, EVIDENCE))
_LEGEND = "What is known of an operation comes from:"
_WORDS = [f"{word:<{_LONGEST}}  {meaning}" for word, meaning in EVIDENCE.items()]
LEGEND = "\n".join([_LEGEND, *_WORDS])
"""What the words of evidence mean."""

_INDENT = "  "

_COLUMNS: Sequence[Column[DocumentedCall]] = (
    Column(title="method", value=lambda row: row.method),
    Column(title="path", value=lambda row: row.path),
    Column(title="product", value=lambda row: row.product),
    Column(title="Python call", value=lambda row: "; ".join(row.calls)),
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
    """List every operation of the service, and the Python calls that carry it out.

    Arguments that a call needs are named; where it takes more, it ends with "…".
    """
    rows = [row for row in documented_calls() if find is None or _has(row, find)]
    if not rows:
        shell.out.say(f"no operation with {find!r} in it")
    elif shell.out.drawn:
        shell.out.draw(_page(rows, shell.out.width))
    else:
        shell.out.table(rows, _COLUMNS, attrs.asdict)


def _has(row: DocumentedCall, text: str) -> bool:
    return any(text.lower() in column.plain(row).lower() for column in _COLUMNS)


def _page(rows: Sequence[DocumentedCall], width: int) -> Iterator[Text]:
    """Draw operations by product, each with its calls below it, and the legend at the end."""
    products: defaultdict[str, list[DocumentedCall]] = defaultdict(list)
    for row in rows:
        products[row.product].append(row)
    for product, members in products.items():
        yield Text(product, style="bold")
        for row in members:
            evidence = (f"  {row.evidence or ''}", "dim")
            yield Text.assemble(_INDENT, f"{row.method} {row.path}", evidence)
            for call in row.calls:
                yield from _wrapped(call, width, 3 * _INDENT, 5 * _INDENT)
        yield Text()
    yield Text(_LEGEND, style="dim")
    for word in _WORDS:
        yield from _wrapped(word, width, _INDENT, (_LONGEST + 4) * " ", style="dim")


def _wrapped(text: str, width: int, first: str, others: str, *, style: str = "") -> Iterator[Text]:
    lines = textwrap.wrap(
        text,
        width,
        initial_indent=first,
        subsequent_indent=others,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return (Text(line, style=style) for line in lines)
