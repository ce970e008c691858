"""Reading lists of things that are no tasks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from a2e_async import wire
from a2e_async.errors import UnexpectedResponse
from a2e_async.http.envelope import Envelope
from a2e_async.http.shapes import is_page, unwrap
from a2e_async.tasks import checks
from a2e_async.tasks.product import objects_in

T = TypeVar("T")


def items(answer: Envelope) -> list[dict[str, Any]]:
    """Find the objects of a list, wrapped or not.

    Args:
        answer: the answer.

    Returns:
        The objects.

    Raises:
        UnexpectedResponse: there is no list in it.
    """
    return [item for item in _whole_list(answer) if isinstance(item, dict)]


def words(answer: Envelope, *keys: str) -> list[str]:
    """Find the texts of a list, or of these fields of its objects, each once.

    Raises:
        UnexpectedResponse: there is no list in it.
    """
    told = (
        next((item[key] for key in keys if item.get(key)), None) if isinstance(item, dict) else item
        for item in _whole_list(answer)
    )
    return list(dict.fromkeys(word for word in told if isinstance(word, str) and word))


def _whole_list(answer: Envelope) -> list[Any]:
    data = answer.data
    while isinstance(data, dict):
        data = unwrap(data)
    if data is None and (answer.data is None or is_page(answer.data)):
        return []
    if not isinstance(data, list):
        raise unexpected(answer, "the answer holds no list")
    return data


def read(raw: dict[str, Any], cls: type[T], **more: Any) -> T:
    """Read an object as a class with a `raw` field, with further values by wire name."""
    return wire.structure({**raw, **more, "raw": raw}, cls)


def children(raw: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Go through the objects nested in a group."""
    nested = raw.get("children")
    if isinstance(nested, list):
        yield from (item for item in nested if isinstance(item, dict))


def first(data: Any) -> dict[str, Any]:
    """Find the one object that an answer's data is about; an empty one where there is none.

    Args:
        data: the object, alone or wrapped, a list that begins with it, or its bare id.
    """
    found = next(objects_in(data), None)
    if found is not None:
        return found
    while isinstance(data, dict) and isinstance(inner := unwrap(data), (dict, list)):
        data = inner
    objects = data if isinstance(data, list) else [data]
    return next((item for item in objects if isinstance(item, dict)), {})


def is_address(data: Any) -> bool:
    """Tell whether data is the bare URL of a file."""
    return isinstance(data, str) and data.startswith(("https://", "http://"))


def address_in(answer: Envelope, *keys: str) -> str:
    """Find the URL that an answer consists of.

    Args:
        answer: the answer.
        keys: fields of its object that may hold the URL, where it is no bare one.

    Returns:
        The URL.

    Raises:
        UnexpectedResponse: there is none.
    """
    data = answer.data
    found = [data.get(key) for key in keys] if isinstance(data, dict) else [data]
    url = next(filter(is_address, found), None)
    if url is None:
        raise unexpected(answer, "the answer holds no URL")
    return str(url)


def given(field: str, fields: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Check fields that nobody has documented, and give the JSON object to send, if there is one.

    An operation of which no body is documented gets none unless the caller has fields for it.
    """
    return None if fields is None else needed(field, fields)


def needed(field: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Do the same with fields that cannot be left out."""
    checks.JsonObject().check(field, fields)
    return {**fields}


def check_id(field: str, value: object) -> None:
    """Raise `TypeError` or `ValueError` unless a value can be an id."""
    checks.Text().check(field, value)
    # An id of dots would make another path of the request.
    if not str(value).strip(" ."):
        raise ValueError(f"{field}: expected an id, got {value!r}")


def key_of(item: Any) -> str:
    """Give what makes an item of a list the same one on another page: its id, else all of it."""
    return item.id or repr(item.raw)


def unexpected(answer: Envelope, words: str) -> UnexpectedResponse:
    """Make the error of an answer that cannot be read."""
    return UnexpectedResponse(
        words, status=answer.status, trace_id=answer.trace_id, body=answer.body
    )
