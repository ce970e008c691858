"""The products and their fields, by the names that people type."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from a2e_async import A2E, Request, tasks
from a2e_async.tasks import manual


def check_kind(kind: str, *, field: str = "kind", lists: bool = True) -> str:
    """Give a product's name back.

    Args:
        kind: the name.
        field: where it stands.
        lists: whether an error tells the names that there are.

    Raises:
        ValueError: there is no such product.
    """
    known = A2E.kinds()
    if kind in known:
        return kind
    given = f"{kind!r} is no product{manual.meant(kind, known)}"
    names = f" (expected one of {', '.join(known)})" if lists else ""
    raise ValueError(f"{field}: {given}{names}")


@cache
def request_class(kind: str) -> type[Request[Any]]:
    """Give a product's request class, or raise `ValueError` with the names that there are."""
    return tasks.request_class(check_kind(kind))


def name_field(kind: str) -> str | None:
    """Give the field of a product's request that names the task, or None if there is none."""
    return request_class(kind).name_field()


def check_fields(kind: str, names: Iterable[str], more: Iterable[str] = ()) -> None:
    """Raise `ValueError` for the first name that is no field of a product.

    Args:
        kind: the product.
        names: the names.
        more: names that may stand there besides the product's fields.
    """
    wrong = manual.unknown(request_class(kind), names, more)
    if wrong is not None:
        raise ValueError(wrong)


def check_complete(kind: str, names: Iterable[str]) -> None:
    """Raise `ValueError` unless all fields that a product needs are among these."""
    wrong = manual.missing(request_class(kind), names)
    if wrong is not None:
        raise ValueError(wrong)
