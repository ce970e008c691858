"""Between Python values and the service's JSON: field names, tolerant reading, the JSON codec.

A field whose name on the wire is not its Python name says so in its metadata (`named`); nothing
else in the package spells a wire name of a request or record field.
"""

from __future__ import annotations

import json
import math
import operator
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from types import ModuleType
from typing import Any, TypeVar

import attrs
import cattrs
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

_orjson: ModuleType | None
try:
    import orjson
except ImportError:
    _orjson = None
else:
    _orjson = orjson

T = TypeVar("T")

_WIRE_NAMES = "a2e_wire_names"


def named(*wire_names: str) -> dict[str, Any]:
    """Make the metadata of a field that has another name on the wire.

    Args:
        wire_names: the name that is sent, then other spellings that are read.

    Returns:
        Metadata for ``attrs.field(metadata=…)``.
    """
    return {_WIRE_NAMES: wire_names}


def wire_names(attribute: attrs.Attribute[Any]) -> tuple[str, ...]:
    """Give a field's names on the wire, the one that is sent first."""
    names: tuple[str, ...] = attribute.metadata.get(_WIRE_NAMES, (attribute.name,))
    return names


def dumps(value: Any) -> bytes:
    """Encode a JSON value, with orjson where it is installed."""
    if _orjson is not None:
        encoded: bytes = _orjson.dumps(value)
        return encoded
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def loads(content: bytes) -> Any:
    """Decode JSON, with orjson where it is installed. Raises `ValueError` if it is none."""
    if _orjson is not None:
        return _orjson.loads(content)
    return json.loads(content)


def read_text(value: Any, _: object = None) -> str | None:
    """Read a text; a number becomes its digits, anything else and the empty text None."""
    if isinstance(value, str):
        return value or None
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def read_number(value: Any, _: object = None) -> float | int | None:
    """Read a finite number, also from a numeric text; None for anything else."""
    if isinstance(value, int):
        return None if isinstance(value, bool) else value
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    if not math.isfinite(number):
        return None
    return int(number) if number.is_integer() else number


def read_integer(value: Any, _: object = None) -> int | None:
    """Read a number and drop its fraction; None for anything that is no number."""
    number = read_number(value)
    return None if number is None else int(number)


def read_flag(value: Any, _: object = None) -> bool | None:
    """Read a truth value, also as 0, 1 or a word; None for anything else."""
    if isinstance(value, str):
        return {"true": True, "1": True, "false": False, "0": False}.get(value.strip().lower())
    return bool(value) if isinstance(value, int) and value in (0, 1) else None


def read_time(value: Any, _: object = None) -> datetime | None:
    """Read an ISO 8601 time or Unix milliseconds, as a time with a zone; None for anything else."""
    try:
        if isinstance(value, str):
            moment = datetime.fromisoformat(value)
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        number = read_number(value)
        return None if number is None else datetime.fromtimestamp(number / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def read_texts(value: Any, _: object = None) -> tuple[str, ...]:
    """Read a text, or the texts in a list or in the ``url`` of its objects, without repeats."""
    found = value if isinstance(value, list) else [value]
    texts = (item.get("url") if isinstance(item, dict) else item for item in found)
    return tuple(dict.fromkeys(text for text in texts if isinstance(text, str) and text))


def _read_json(value: Any, _: object = None) -> Any:
    return value


# By the type of a field; cattrs hands the type on as a second argument.
_READERS: dict[Any, Callable[[Any, Any], Any]] = {
    str | None: read_text,
    int | None: read_integer,
    float | None: read_number,
    int | float | None: read_number,
    bool | None: read_flag,
    datetime | None: read_time,
    tuple[str, ...]: read_texts,
    dict[str, Any]: _read_json,
}


def _structure_hook(cls: type[Any], converter: cattrs.Converter) -> Callable[[Any, Any], Any]:
    renamed = {a.name: override(rename=wire_names(a)[0]) for a in attrs.fields(cls)}
    read = make_dict_structure_fn(cls, converter, **renamed)  # type: ignore[arg-type]
    spellings = [wire_names(a) for a in attrs.fields(cls) if len(wire_names(a)) > 1]
    if not spellings:
        return read
    return lambda value, kind: read(_respelt(value, spellings), kind)


def _respelt(raw: Mapping[str, Any], spellings: list[tuple[str, ...]]) -> dict[str, Any]:
    found = dict(raw)
    for first, *others in spellings:
        for other in others:
            if found.get(first) in (None, "") and other in found:
                found[first] = found[other]
    return found


def _unstructure_hook(cls: type[Any], converter: cattrs.Converter) -> Callable[[Any], Any]:
    renamed = {a.name: override(rename=wire_names(a)[0]) for a in attrs.fields(cls)}
    write = make_dict_unstructure_fn(cls, converter, **renamed)  # type: ignore[arg-type]
    return lambda value: {key: item for key, item in write(value).items() if item is not None}


def _new_converter() -> cattrs.Converter:
    converter = cattrs.Converter(detailed_validation=False)
    converter.register_structure_hook_factory(attrs.has, _structure_hook)
    converter.register_unstructure_hook_factory(attrs.has, _unstructure_hook)
    for kind, reader in _READERS.items():
        converter.register_structure_hook_func(partial(operator.eq, kind), reader)
    return converter


_converter = _new_converter()


def structure(raw: Mapping[str, Any], cls: type[T]) -> T:
    """Read an attrs class from a JSON object.

    Args:
        raw: the object. Values that are missing, null or of an odd type read as the field's
            default or None; fields that nobody knows are passed by.
        cls: the class; its fields are of the types that the ``read_…`` functions give.

    Returns:
        The instance.
    """
    return _converter.structure(raw, cls)


def unstructure(value: Any) -> dict[str, Any]:
    """Write an attrs instance as the JSON object to send; fields that are None are left out."""
    written: dict[str, Any] = _converter.unstructure(value)
    return written
