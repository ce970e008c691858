"""Fields of a request as people type them, ``field=value``. They are read by what a field takes.

A text stands as it is. Only fields that take media give ``@`` a meaning: it stands before the path
of a local file. A list is JSON, or the field is given several times; an object is JSON.
"""

from __future__ import annotations

import json
import reprlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NoReturn, TypeAlias, TypeVar

import attrs

from a2e_async import Request
from a2e_async.cli import examples, products
from a2e_async.jobs.names import unique_name
from a2e_async.tasks.checks import (
    Check,
    Choice,
    Flag,
    JsonObject,
    ListOf,
    MediaSource,
    Number,
    ObjectOf,
)

T = TypeVar("T")

_FLAGS = {"true": True, "false": False}
# What the checks say to Python, and what is to be typed instead.
_TYPED = (
    (MediaSource().allowed, "an https URL, or @ and the path of a local file"),
    (Flag().allowed, "true or false"),
    (JsonObject().allowed, "a JSON object"),
    ("a mapping with the keys", "a JSON object with the keys"),
)


def request(kind: str, words: Iterable[str]) -> Request[Any]:
    """Make the request of a product from the words of a command line.

    Args:
        kind: the product.
        words: its fields, each of the form ``field=value``.

    Returns:
        The request. Where tasks of the product have a name, and none is given, it has a unique one.

    Raises:
        ValueError: a word that is no field, a field that the product does not have, one that is
            missing or given twice, or a value that it does not take.
    """
    fields = _read(kind, words)
    name = products.name_field(kind)
    if name is not None:
        fields.setdefault(name, unique_name())
    try:
        return products.request_class(kind)(**fields)
    except (TypeError, ValueError) as error:
        raise ValueError(as_typed(str(error))) from None


def _read(kind: str, words: Iterable[str]) -> dict[str, Any]:
    given: dict[str, list[str]] = {}
    for word in words:
        name, equals, text = word.partition("=")
        if not (name and equals):
            such = examples.words(kind)[0]
            raise ValueError(f"expected field=value, such as {such}, got {reprlib.repr(word)}")
        given.setdefault(name, []).append(text)
    products.check_fields(kind, given)
    known = attrs.fields_dict(products.request_class(kind))
    fields = {name: _field(name, known[name].validator, texts) for name, texts in given.items()}
    products.check_complete(kind, fields)
    return fields


def allowed(check: Any) -> str:
    """Tell in words what is to be typed for a field."""
    return as_typed(check.allowed) if isinstance(check, Check) else "a value"


def as_typed(text: str) -> str:
    """Put what is to be typed in the place of what the checks say to Python."""
    for ours, typed in _TYPED:
        text = text.replace(ours, typed)
    return text


def _field(name: str, check: Any, texts: list[str]) -> Any:
    if isinstance(check, ListOf):
        return [item for text in texts for item in _items(name, check, text)]
    if len(texts) > 1:
        raise ValueError(f"{name}: given {len(texts)} times, and it is no list: expected one value")
    return from_text(name, check, texts[0], _media)


def _items(name: str, check: ListOf, text: str) -> Iterator[Any]:
    if is_json_list(text):
        yield from from_text(name, check, text, _media)
    else:
        yield from_text(name, check.item, text, _media)


def is_json_list(text: str) -> bool:
    """Tell whether the text of a list is JSON, and not an item of it."""
    return text.lstrip().startswith("[")


ReadMedia: TypeAlias = Callable[[str, str], Any]
"""Makes media of the name of a place, such as ``input_images[0]``, and of the text there."""


def from_text(name: str, check: Any, text: str, media: ReadMedia) -> Any:
    """Read the text of a field by what the field takes.

    Args:
        name: the field's name.
        check: its check.
        text: the text. Lists and objects are JSON.
        media: makes media of texts that stand for it.

    Returns:
        The value. What cannot be read stays a text, which the check refuses.

    Raises:
        ValueError: no JSON where it is needed, or media that is not there.
    """
    if isinstance(check, MediaSource):
        return media(name, text)
    if isinstance(check, Flag):
        return _FLAGS.get(text.lower(), text)
    if isinstance(check, Number):
        return _number(check, text)
    if isinstance(check, Choice) and isinstance(check.choices[0], int):
        return _converted(int, text)
    if isinstance(check, (ListOf, ObjectOf, JsonObject)):
        return _json(name, check, text, media)
    return text


def _number(check: Number, text: str) -> float | str:
    value = _converted(int, text)
    return _converted(float, text) if isinstance(value, str) and float in check.kinds else value


def _converted(kind: Callable[[str], T], text: str) -> T | str:
    # What is none stays a text, which the field's check refuses.
    try:
        return kind(text)
    except ValueError:
        return text


def _json(name: str, check: Check, text: str, media: ReadMedia) -> Any:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        _refuse(name, check, text, f": {error}")
    if isinstance(value, list) != isinstance(check, ListOf):
        _refuse(name, check, text)
    return with_media(name, check, value, media)


def with_media(name: str, check: Any, value: Any, read: ReadMedia) -> Any:
    """Read the texts within a JSON value that stand for media.

    Args:
        name: the field's name.
        check: its check.
        value: its value.
        read: makes media of the texts.

    Returns:
        The value with media in these places.
    """
    if isinstance(check, MediaSource) and isinstance(value, str):
        return read(name, value)
    if isinstance(check, ListOf) and isinstance(value, list):
        return [with_media(f"{name}[{n}]", check.item, it, read) for n, it in enumerate(value)]
    if isinstance(check, ObjectOf) and isinstance(value, dict):
        members = check.members
        return {k: with_media(f"{name}.{k}", members.get(k), v, read) for k, v in value.items()}
    return value


def _media(name: str, text: str) -> str | Path:
    if text.startswith("@"):
        path = Path(text[1:])
        if text.startswith("@~/"):  # A shell leaves it alone within a word.
            path = path.expanduser()
        if not is_file(path):
            raise ValueError(f"{name}: there is no file {str(path)!r}")
        return path
    if text and "://" not in text and is_there(Path(text)):
        raise ValueError(f"{name}: {text!r} is a local file: write it as {'@' + text!r}")
    return text


def is_file(path: Path) -> bool:
    """Tell whether a path is a file, whatever else it is."""
    return is_there(path) and path.is_file()


def is_there(path: Path) -> bool:
    """Tell whether something is there, also of what is no path."""
    try:
        return path.exists()
    except (OSError, ValueError):  # Such as a name that is too long, or has a zero byte.
        return False


def _refuse(name: str, check: Check, text: str, why: str = "") -> NoReturn:
    raise ValueError(f"{name}: expected {allowed(check)}, got {reprlib.repr(text)}{why}")
