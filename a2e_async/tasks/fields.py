"""Fields of requests that may be left out, each with its check. Pure.

A field that is left out has the service's own default, which `documented_default` tells. It is not
sent: the service decides, also about fields that count under some conditions only.
"""

from __future__ import annotations

from typing import Any, get_args

import attrs

from a2e_async.tasks import checks
from a2e_async.tasks.checks import Check
from a2e_async.wire import named

_DEFAULT = "a2e_documented_default"


def documented_default(field: attrs.Attribute[Any]) -> Any:
    """Give the default that the service documents for a field, or the one that is sent; or None."""
    if field.default not in (None, attrs.NOTHING):
        return field.default
    return field.metadata.get(_DEFAULT)


def optional(
    check: Check, *, default: Any = None, wire: str | None = None, frozen: bool = False
) -> Any:
    """Make a field that may be left out.

    Args:
        check: what it takes.
        default: the default that the service documents.
        wire: its name on the wire, where that is not its Python name.
        frozen: whether lists in it are made immutable.
    """
    metadata = {_DEFAULT: default} if default is not None else {}
    kept = checks.copied if isinstance(check, checks.JsonObject) else None
    return attrs.field(
        default=None,
        validator=check,
        hash=None if checks.is_hashable(check) else False,
        converter=checks.frozen if frozen else kept,
        metadata=metadata | (named(wire) if wire else {}),
    )


def text(
    most: int | None = None,
    *,
    default: str | None = None,
    wire: str | None = None,
    blank: bool = False,
) -> Any:
    """Make a field for a text of at most so many characters, which may be `blank`."""
    return optional(checks.Text(most, blank=blank), default=default, wire=wire)


def choice(words: Any, *, default: str | int | None = None, wire: str | None = None) -> Any:
    """Make a field for one of the values of a ``Literal``."""
    return optional(checks.Choice(get_args(words)), default=default, wire=wire)


def flag(*, default: bool | None = None, wire: str | None = None) -> Any:
    """Make a field for True or False."""
    return optional(checks.Flag(), default=default, wire=wire)


def whole(
    least: int | None = None,
    most: int | None = None,
    *,
    default: int | None = None,
    wire: str | None = None,
) -> Any:
    """Make a field for a whole number within bounds."""
    return optional(checks.Integer(least, most), default=default, wire=wire)


def number(
    least: float | None = None,
    most: float | None = None,
    *,
    default: float | None = None,
    wire: str | None = None,
) -> Any:
    """Make a field for a number within bounds."""
    return optional(checks.Number(least, most), default=default, wire=wire)


def media(*, wire: str | None = None, suffixes: tuple[str, ...] = ()) -> Any:
    """Make a field for media: an ``https`` URL, a path or bytes."""
    return optional(checks.MediaSource(suffixes), wire=wire)


def media_list(
    most: int | None = None,
    *,
    least: int = 0,
    wire: str | None = None,
    suffixes: tuple[str, ...] = (),
) -> Any:
    """Make a field for a list of media."""
    check = checks.ListOf(checks.MediaSource(suffixes), most, least)
    return optional(check, wire=wire, frozen=True)


def any_object(*, wire: str | None = None) -> Any:
    """Make a field for a JSON object whose members nobody has documented."""
    return optional(checks.JsonObject(), wire=wire)
