"""The help of a product: what it does, and its fields. All of it is read from its request class."""

from __future__ import annotations

import inspect
import re
from typing import Any

import attrs
from rich import box
from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from a2e_async.cli import examples, fields
from a2e_async.cli.products import request_class
from a2e_async.tasks.fields import documented_default
from a2e_async.tasks.manual import described, fields_of

_OPERATION = re.compile(r" \(``.*?``\)")
_GAP = 2


@attrs.frozen(kw_only=True)
class Field:
    """A field of a request, for people.

    Attributes:
        name: what is typed before the equals sign.
        about: what it means.
        allowed: what is typed after it.
        default: what counts where it is left out, if that is documented.
        needed: whether it may not be left out.
    """

    name: str
    about: str
    allowed: str
    default: str
    needed: bool


def purpose(kind: str) -> str:
    """Say in one line what a product does."""
    page = inspect.getdoc(request_class(kind)) or ""
    return _plain(_OPERATION.sub("", page.partition("\n\n")[0]))


def of(kind: str) -> list[Field]:
    """Describe the fields of a product: those that are needed first, the common ones last."""
    cls = request_class(kind)
    about = described(cls)
    return [_field(field, _sentence(about.get(field.name, ""))) for field in fields_of(cls)]


def _field(field: attrs.Attribute[Any], about: str) -> Field:
    default = documented_default(field)
    return Field(
        name=field.name,
        about=about,
        allowed=fields.allowed(field.validator),
        default="" if default is None else examples.typed(default),
        needed=field.default is attrs.NOTHING,
    )


def _sentence(text: str) -> str:
    # What begins with code stays as it is.
    return _plain(text[:1].upper() + text[1:])


def _plain(text: str) -> str:
    return " ".join(re.sub(r"`+", "", text).split())


def show(kind: str) -> None:
    """Write the fields of a product and an example to stdout."""
    console = Console(markup=False, highlight=False, emoji=False)
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, _GAP, 0, 0), expand=True)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, style="bold cyan")
    table.add_column(ratio=1)
    for field in of(kind):
        mark = Text("*", style="red") if field.needed else Text()
        table.add_row(mark, Text(field.name), _explained(field))
    panel = Panel(table, box=box.ROUNDED, title="Fields", title_align="left", border_style="dim")
    console.print(panel)
    console.print(Text("\n Example, to be copied:\n"))
    console.print(Text(f" {examples.line(kind)}", style="bold"), soft_wrap=True)


def _explained(field: Field) -> Text:
    default = f" [default: {field.default}]" if field.default else ""
    return Text.assemble(
        f"{field.about}\n" if field.about else "",
        (field.allowed, "yellow"),
        (default, "dim"),
    )
