"""What a request class says of itself: its fields in words, and which names are none. Pure."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from typing import Any

import attrs

from a2e_async.tasks.request import NamedRequest, NotifyingRequest, Request

_ATTRIBUTE = re.compile(r"^    (\w+): (.*(?:\n {8}.*)*)", re.MULTILINE)
_COMMON = [f.name for base in (NamedRequest, NotifyingRequest) for f in attrs.fields(base)]


def fields_of(cls: type[Request[Any]]) -> list[attrs.Attribute[Any]]:
    """Give the fields of a request: those that are needed first, the common ones last."""
    return sorted(attrs.fields(cls), key=_place)


def _place(field: attrs.Attribute[Any]) -> tuple[bool, int]:
    common = _COMMON.index(field.name) if field.name in _COMMON else -1
    return field.default is not attrs.NOTHING, common


def described(cls: type[Any]) -> dict[str, str]:
    """Give what the docstrings of a request class and of its bases say of the fields, by name."""
    found: dict[str, str] = {}
    for base in cls.__mro__:
        if attrs.has(base):
            found = {**dict(_attributes(base)), **found}
    return found


def _attributes(cls: type) -> Iterator[tuple[str, str]]:
    section = inspect.cleandoc(cls.__doc__ or "").partition("\nAttributes:\n")[2]
    for name, text in _ATTRIBUTE.findall(section.partition("\n\n")[0]):
        yield name, " ".join(text.split())


def signature(cls: type[Request[Any]]) -> list[inspect.Parameter]:
    """Give the fields of a request as the keyword parameters of a start."""
    made = inspect.signature(cls).parameters
    return [
        made[field.name].replace(annotation=field.type or made[field.name].annotation)
        for field in fields_of(cls)
    ]


def unknown(cls: type[Request[Any]], names: Iterable[str], more: Iterable[str] = ()) -> str | None:
    """Say which of some names is no field of a request, and what is meant perhaps.

    Args:
        cls: the request class.
        names: the names.
        more: names that may stand there besides the fields.

    Returns:
        The words, or None if all are.
    """
    known = [field.name for field in attrs.fields(cls)]
    name = next((name for name in names if name not in {*known, *more}), None)
    if name is None:
        return None
    words = f"{name}: {cls.product.kind} has no such field; it has {', '.join(sorted(known))}"
    return words + meant(name, known)


def missing(cls: type[Request[Any]], names: Iterable[str]) -> str | None:
    """Say which fields that a request needs are not among some names; None if all are."""
    given = {*names}
    needed = [field.name for field in attrs.fields(cls) if field.default is attrs.NOTHING]
    left = [name for name in needed if name not in given]
    if not left:
        return None
    more = f", and {', '.join(left[1:])}" if left[1:] else ""
    return f"{left[0]}: {cls.product.kind} needs it{more}"


def misnamed(cls: type[Request[Any]], args: Sequence[object], names: Iterable[str]) -> str | None:
    """Say what is wrong with the names of a start's arguments; None if nothing is."""
    if args:
        kind, field = cls.product.kind, fields_of(cls)[0].name
        return f"{kind}: fields are given by name, such as {field}=…, got {args[0]!r} without one"
    given = [*names]
    return unknown(cls, given) or missing(cls, given)


def meant(word: object, known: Sequence[str]) -> str:
    """Say which known word is meant perhaps, as the end of a message; empty if none is near."""
    found = get_close_matches(str(word), known, n=1)
    return f"; did you mean {found[0]}?" if found else ""
