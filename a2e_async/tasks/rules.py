"""What one field of a request says about another. Pure.

Conditions are given by keyword: ``mode="i2v"`` holds where the field ``mode`` is ``i2v``, given or
by the service's default; ``version=("1.0", "1.1")`` where it is one of them. A rule without any
condition always counts. Each rule raises a `ValueError` that names the field, what is allowed, and
what was given.
"""

from __future__ import annotations

import reprlib
from collections.abc import Hashable
from functools import cache
from typing import Any, cast

import attrs

from a2e_async.tasks.checks import refuse
from a2e_async.tasks.fields import documented_default


def in_effect(request: Any, field: str) -> Any:
    """Give the value that a field has in effect: the given one, else the service's default."""
    value = getattr(request, field)
    if value is not None:
        return value
    return _defaults(cast("Hashable", type(request)))[field]


@cache
def _defaults(cls: Any) -> dict[str, Any]:
    return {field.name: documented_default(field) for field in attrs.fields(cls)}


def holds(request: Any, **conditions: Any) -> bool:
    """Tell whether all conditions hold."""
    return all(in_effect(request, name) in _any(value) for name, value in conditions.items())


def need(request: Any, *fields: str, **conditions: Any) -> None:
    """Refuse a request without one of these fields while the conditions hold."""
    for field in fields:
        if _missing(request, field) and holds(request, **conditions):
            refuse(ValueError, field, f"a value{_told(' with', conditions)}", None)


def needs(request: Any, field: str, *others: str) -> None:
    """Refuse a request with a field but without one of these others."""
    for other in () if _missing(request, field) else others:
        if _missing(request, other):
            refuse(ValueError, other, f"a value together with {field}", None)


def need_one(request: Any, *fields: str, hint: str = "", **conditions: Any) -> None:
    """Refuse a request without any of these fields while the conditions hold."""
    if all(_missing(request, field) for field in fields) and holds(request, **conditions):
        words = f"{fields[0]}: expected this or {' or '.join(fields[1:])}"
        words += f"{_told(' with', conditions)}, got neither"
        raise ValueError(f"{words}; {hint}" if hint else words)


def exclude(request: Any, first: str, second: str) -> None:
    """Refuse a request with both of two fields."""
    if not _missing(request, first) and not _missing(request, second):
        values = (reprlib.repr(getattr(request, field)) for field in (first, second))
        words = f"{first}: expected this or {second}, got both: {' and '.join(values)}"
        raise ValueError(words)


def only(request: Any, *fields: str, **conditions: Any) -> None:
    """Refuse a request with one of these fields, unless the conditions hold.

    A field that is False, or that says what the service does anyway, is as good as left out.
    """
    for field in fields:
        value = getattr(request, field)
        if value is None or value is False or value == ():
            continue
        as_ever = value == _defaults(cast("Hashable", type(request)))[field]
        if not as_ever and not holds(request, **conditions):
            effect = {name: in_effect(request, name) for name in conditions}
            raise ValueError(
                f"{field}: only{_told('', conditions)} takes it, got {reprlib.repr(value)}"
                f"{_told(' with', effect)}"
            )


def within(request: Any, field: str, allowed: tuple[Any, ...], **conditions: Any) -> None:
    """Refuse another value than these in a field while the conditions hold."""
    value = getattr(request, field)
    if value is not None and value not in allowed and holds(request, **conditions):
        words = f"one of {', '.join(map(repr, allowed))}{_told(' with', conditions)}"
        refuse(ValueError, field, words, value)


def between(request: Any, field: str, least: float, most: float, **conditions: Any) -> None:
    """Refuse a number, or a text of one, beyond these bounds while the conditions hold."""
    value = getattr(request, field)
    if value is not None and not least <= float(value) <= most and holds(request, **conditions):
        refuse(ValueError, field, f"{least} to {most}{_told(' with', conditions)}", value)


def count(request: Any, field: str, least: int, most: int, **conditions: Any) -> None:
    """Refuse more or fewer entries in a list than these while the conditions hold."""
    given = len(getattr(request, field) or ())
    if given == least == 0:
        return
    if not least <= given <= most and holds(request, **conditions):
        bounds = f"{least} to {most}" if least else f"at most {most}"
        words = f"{field}: expected {bounds} entries{_told(' with', conditions)}, got {given}"
        raise ValueError(words)


def _missing(request: Any, field: str) -> bool:
    return getattr(request, field) in (None, ())


def _any(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def _told(word: str, conditions: dict[str, Any]) -> str:
    told = (f"{name}={' or '.join(map(repr, _any(it)))}" for name, it in conditions.items())
    return f"{word} {' and '.join(told)}" if conditions else ""
