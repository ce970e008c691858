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
from functools import cache, partial
from types import ModuleType
from typing import Any, TypeAlias, TypeVar, cast

import attrs
import cattrs
from cattrs.gen import make_dict_unstructure_fn, override

_orjson: ModuleType | None
try:
    import orjson
except ImportError:
    _orjson = None
else:
    _orjson = orjson

T = TypeVar("T")

_WIRE_NAMES = "a2e_wire_names"

# `json.dumps` would make an encoder for each call, `json.loads` guess at the encoding.
_decoder = json.JSONDecoder()
_encoder = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


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
    if _orjson is None:
        return _encoder.encode(value).encode()
    try:
        encoded: bytes = _orjson.dumps(value)
    except TypeError:
        # What only the standard library writes: a subclass of float, a number beyond 64 bits.
        return _encoder.encode(value).encode()
    return encoded


def loads(content: bytes) -> Any:
    """Decode JSON, with orjson where it is installed. Raises `ValueError` if it is none."""
    if _orjson is not None:
        return _orjson.loads(content)
    return _decoder.decode(content.decode())


def read_text(value: Any, _: object = None) -> str | None:
    """Read a text; a number becomes its digits, anything else and the empty text None."""
    if isinstance(value, str):
        return value or None
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def read_number(value: Any, _: object = None) -> float | int | None:
    """Read a finite number, also from a numeric text; None for anything else."""
    if value is None:
        return None
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
    if not value:
        return ()
    found = value if isinstance(value, list) else [value]
    texts = (item.get("url") if isinstance(item, dict) else item for item in found)
    return tuple(dict.fromkeys(text for text in texts if isinstance(text, str) and text))


def _read_json(value: Any, _: object = None) -> Any:
    return value


# By the type of a field; cattrs hands the type on as a second argument.
_Reader: TypeAlias = Callable[[Any, Any], Any]
_READERS: dict[Any, _Reader] = {
    str | None: read_text,
    int | None: read_integer,
    float | None: read_number,
    int | float | None: read_number,
    bool | None: read_flag,
    datetime | None: read_time,
    tuple[str, ...]: read_texts,
    dict[str, Any]: _read_json,
}


def _unstructure_hook(cls: type[Any], converter: cattrs.Converter) -> Callable[[Any], Any]:
    told = {
        a.name: override(rename=wire_names(a)[0], omit_if_default=a.default is None)
        for a in attrs.fields(cls)
    }
    write = make_dict_unstructure_fn(cls, converter, **told)  # type: ignore[arg-type]
    return lambda value: {key: item for key, item in write(value).items() if item is not None}


def _new_converter() -> cattrs.Converter:
    converter = cattrs.Converter(detailed_validation=False)
    converter.register_unstructure_hook_factory(attrs.has, _unstructure_hook)
    for kind, reader in _READERS.items():
        converter.register_structure_hook_func(partial(operator.eq, kind), reader)
    return converter


_converter = _new_converter()


@cache
def _plan(cls: Any, beyond: Any) -> tuple[tuple[str, tuple[str, ...], Any, _Reader], ...]:
    known = {a.name for a in attrs.fields(beyond)} if beyond is not None else set()
    fields = [a for a in attrs.fields(attrs.resolve_types(cls)) if a.name not in known]
    return tuple(
        (a.name, wire_names(a), a.type, _converter.get_structure_hook(a.type)) for a in fields
    )


def read_fields(
    raw: Mapping[str, Any], cls: type[Any], *, beyond: type[Any] | None = None
) -> dict[str, Any]:
    """Read the fields of an attrs class from a JSON object.

    Args:
        raw: the object. Fields that nobody knows are passed by.
        cls: the class; its fields are of the types that the ``read_…`` functions give.
        beyond: a base class whose fields are not to be read.

    Returns:
        Values by Python name; what is missing or null is left out, an odd value is None.
    """
    found = {}
    for name, keys, kind, read in _plan(cast("Any", cls), cast("Any", beyond)):
        value = raw.get(keys[0])
        if len(keys) > 1 and value in (None, ""):
            value = next((raw[key] for key in keys if raw.get(key) not in (None, "")), None)
        if value is not None:
            found[name] = read(value, kind)
    return found


def structure(raw: Mapping[str, Any], cls: type[T]) -> T:
    """Make an instance of an attrs class from a JSON object, as `read_fields` reads it."""
    return cls(**read_fields(raw, cls))


def unstructure(value: Any) -> dict[str, Any]:
    """Write an attrs instance as the JSON object to send; fields that are None are left out."""
    written: dict[str, Any] = _converter.unstructure(value)
    return written
