"""The products and their fields, by the names that people type."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Any

import attrs

from a2e_async import A2E, Request, tasks, wire


def check_kind(kind: str) -> str:
    """Give a product's name back, or raise `ValueError` with the names that there are."""
    kinds = A2E.kinds()
    if kind not in kinds:
        known = ", ".join(kinds)
        raise ValueError(f"kind: expected one of {known}, got {kind!r}{_meant(kind, kinds)}")
    return kind


def request_class(kind: str) -> type[Request[Any]]:
    """Give a product's request class, or raise `ValueError` with the names that there are."""
    return tasks.request_class(check_kind(kind))


def name_field(kind: str) -> str | None:
    """Give the field of a product's request that names the task, or None if there is none."""
    cls = request_class(kind)
    named = cls.product.name_field
    return next((f.name for f in attrs.fields(cls) if wire.wire_names(f)[0] == named), None)


def check_fields(kind: str, names: Iterable[str], more: Iterable[str] = ()) -> None:
    """Raise `ValueError` for the first name that is no field of a product.

    Args:
        kind: the product.
        names: the names.
        more: names that may stand there besides the product's fields.
    """
    known = [field.name for field in attrs.fields(request_class(kind))]
    for name in names:
        if name not in {*known, *more}:
            words = f"{name}: {kind} has no such field; it has {', '.join(sorted(known))}"
            raise ValueError(words + _meant(name, known))


def check_complete(kind: str, names: Iterable[str]) -> None:
    """Raise `ValueError` unless all fields that a product needs are among these."""
    fields = attrs.fields(request_class(kind))
    needed = [field.name for field in fields if field.default is attrs.NOTHING]
    missing = [name for name in needed if name not in {*names}]
    if missing:
        first, *others = missing
        more = f", and {', '.join(others)}" if others else ""
        raise ValueError(f"{first}: {kind} needs it{more}")


def _meant(word: object, known: Sequence[str]) -> str:
    found = get_close_matches(str(word), known, n=1)
    return f"; did you mean {found[0]}?" if found else ""
