"""The help of a product: what it does, and its fields. All of it is read from its request class."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any

import attrs
from rich import box
from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from a2e_async import Request
from a2e_async.cli import examples, fields
from a2e_async.cli.products import request_class
from a2e_async.tasks.fields import documented_default
from a2e_async.tasks.request import NamedRequest, NotifyingRequest

_ATTRIBUTE = re.compile(r"^    (\w+): (.*(?:\n {8}.*)*)", re.MULTILINE)
_OPERATION = re.compile(r" \(``.*?``\)")
_COMMON = [f.name for base in (NamedRequest, NotifyingRequest) for f in attrs.fields(base)]
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
    about = _described(cls)
    found = [_field(field, about.get(field.name, "")) for field in attrs.fields(cls)]
    return sorted(found, key=lambda field: (not field.needed, _place_among_common(field.name)))


def _place_among_common(name: str) -> int:
    return _COMMON.index(name) if name in _COMMON else -1


def _field(field: attrs.Attribute[Any], about: str) -> Field:
    default = documented_default(field)
    return Field(
        name=field.name,
        about=about,
        allowed=fields.allowed(field.validator),
        default="" if default is None else examples.typed(default),
        needed=field.default is attrs.NOTHING,
    )


def _described(cls: type[Request[Any]]) -> dict[str, str]:
    """Read what the docstrings of a request class and of its bases say of their fields."""
    found: dict[str, str] = {}
    for base in cls.__mro__:
        if attrs.has(base):
            found = {**dict(_attributes(base)), **found}
    return found


def _attributes(cls: type) -> Iterator[tuple[str, str]]:
    section = inspect.cleandoc(cls.__doc__ or "").partition("\nAttributes:\n")[2]
    for name, text in _ATTRIBUTE.findall(section.partition("\n\n")[0]):
        # What begins with code stays as it is.
        yield name, _plain(text[:1].upper() + text[1:])


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
