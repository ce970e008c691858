"""Rows that people write, and the requests that they stand for."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import attrs

from a2e_async import AvatarVideo, Request
from a2e_async.batch.source import LONGEST_KEY
from a2e_async.cli import fields, products
from a2e_async.cli.fields import ReadMedia
from a2e_async.tasks import checks
from a2e_async.tasks.checks import Media

OWN = frozenset({"kind", "key"})
"""Fields of a row that are not the request's."""

SPEECH = frozenset({"text", "tts_id", "user_voice_id", "speech_rate"})
"""Fields of an avatar video that is spoken first."""

SEPARATOR = "|"
"""Stands between the items of a list in a cell."""

EMPTY = '""'
"""A cell that is an empty text, since one with nothing in it is left out."""

_LONGEST_SHOWN = 200
_ZEROS = re.compile(r"\.0+$")


@attrs.frozen
class Raw:
    """A row as it stands there.

    Attributes:
        line: the line in which it begins.
        fields: what is given, by its name.
        is_typed: whether the values have types, as in JSON; else they are texts.
    """

    line: int
    fields: Mapping[str, Any]
    is_typed: bool = True


@attrs.frozen
class Bad:
    """What is no row.

    Attributes:
        line: the line in which it begins.
        error: what is wrong.
    """

    line: int
    error: str


class BadRows(ValueError):
    """Rows that cannot be started.

    Attributes:
        errors: what is wrong, each with the line.
        more: how many more there are.
    """

    def __init__(self, errors: list[ValueError], more: int = 0) -> None:
        """Keep the errors."""
        super().__init__(str(errors[0]))
        self.errors = errors
        self.more = more


def kind_of(row: Raw, otherwise: str | None = None, *, lists: bool = True) -> str:
    """Give the product of a row.

    Args:
        row: the row.
        otherwise: the product of rows that name none.
        lists: whether an error tells the names that there are.

    Raises:
        ValueError: there is no such product.
    """
    given = row.fields.get("kind")
    kind = given.strip() if isinstance(given, str) else given
    found = kind or otherwise
    if not found:
        raise ValueError("kind: expected the name of a product, got none")
    return products.check_kind(found, lists=lists)


def key_of(row: Raw) -> str | None:
    """Give the key of a row, None if it has none.

    Raises:
        ValueError: it is no text, or too long.
    """
    given = row.fields.get("key")
    if given is None:
        return None
    is_number = isinstance(given, int) and not isinstance(given, bool)
    key = str(given).strip() if isinstance(given, str) or is_number else ""
    if not 0 < len(key) <= LONGEST_KEY:
        checks.refuse(ValueError, "key", f"a text of 1 to {LONGEST_KEY} characters", given)
    return key


@cache
def _checks(kind: str) -> dict[str, Any]:
    known = attrs.fields(products.request_class(kind))
    return {field.name: field.validator for field in known}


def names_of(kind: str) -> Collection[str]:
    """Name the fields of a product."""
    return _checks(kind).keys()


def read_fields(
    row: Raw, kind: str, media: ReadMedia, more: Collection[str] = ()
) -> dict[str, Any]:
    """Read the fields of a row by what the product's fields take.

    Args:
        row: the row.
        kind: its product.
        media: makes media of texts that stand for it.
        more: names that may stand there besides the product's fields.

    Returns:
        The values.

    Raises:
        ValueError: a field that the product does not have, or a value that cannot be read.
    """
    known = _checks(kind)
    given = {name: value for name, value in row.fields.items() if name not in OWN}
    if not given.keys() <= known.keys():
        products.check_fields(kind, given, more)
    read = fields.with_media if row.is_typed else _of_cell
    return {name: read(name, known.get(name), value, media) for name, value in given.items()}


def _of_cell(name: str, check: Any, text: str, media: ReadMedia) -> Any:
    if check is None or isinstance(check, checks.Text):
        return "" if text.strip() == EMPTY else text
    text = text.strip()
    if isinstance(check, checks.ListOf) and not fields.is_json_list(text):
        parts = text.split(SEPARATOR) if _is_plain(check.item) else [text]
        return [_of_cell(f"{name}[{n}]", check.item, it, media) for n, it in enumerate(parts)]
    if isinstance(check, checks.Integer):
        # Some programs write the whole numbers of a column with gaps so.
        text = _ZEROS.sub("", text)
    return fields.from_text(name, check, text, media)


def _is_plain(check: checks.Check) -> bool:
    return not isinstance(check, (checks.ListOf, checks.ObjectOf, checks.JsonObject))


def media_in(directory: Path, *, look: bool = True) -> ReadMedia:
    """Make the function that reads media: a text without ``://`` is the path of a local file.

    Args:
        directory: where the paths begin.
        look: whether to make sure that the file is there.
    """

    def read(field: str, text: str) -> Media:
        if "://" in text:
            return text
        path = directory / text
        if look and not fields.is_file(path):
            shown = str(path) if len(text) < _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
            raise ValueError(f"{field}: expected a URL or a file, and there is no file {shown!r}")
        return path

    return read


def request_of(kind: str, given: Mapping[str, Any]) -> Request[Any]:
    """Make the request of a row.

    Args:
        kind: its product.
        given: its fields, read.

    Raises:
        TypeError: a value of another type than the field's.
        ValueError: a field is missing or out of bounds, or the request makes several tasks.
    """
    products.check_complete(kind, given)
    request = products.request_class(kind)(**given)
    if request.expected_tasks > 1:
        raise ValueError(f"a row makes one task, this one makes {request.expected_tasks}")
    return request


def speaks(kind: str, names: Mapping[str, Any]) -> bool:
    """Tell whether a row is an avatar video that is spoken first."""
    return kind == AvatarVideo.product.kind and "text" in names


def worded(error: Exception) -> str:
    """Say what is wrong with a row in the words of those who write it."""
    return fields.as_typed(str(error)).replace("or @ and the path", "or the path")
