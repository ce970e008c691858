"""Reading lists of things that are no tasks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

from a2e_async import wire
from a2e_async.errors import UnexpectedResponse
from a2e_async.http.envelope import Envelope
from a2e_async.http.shapes import unwrap

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
    data = answer.data
    while isinstance(data, dict):
        data = unwrap(data)
    if answer.data is None:
        return []
    if not isinstance(data, list):
        raise unexpected(answer, "the answer holds no list")
    return [item for item in data if isinstance(item, dict)]


def read(raw: dict[str, Any], cls: type[T], **more: Any) -> T:
    """Read an object as a class with a `raw` field, with further values by wire name."""
    return wire.structure({**raw, **more, "raw": raw}, cls)


def children(raw: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Go through the objects nested in a group."""
    nested = raw.get("children")
    if isinstance(nested, list):
        yield from (item for item in nested if isinstance(item, dict))


def unexpected(answer: Envelope, words: str) -> UnexpectedResponse:
    """Make the error of an answer that cannot be read."""
    return UnexpectedResponse(words, status=200, trace_id=answer.trace_id, body=answer.body)
