"""Whether a request that is given again is the one that the journal has. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs

from a2e_async.journal.item import Item
from a2e_async.tasks.request import Request

_TOO_MANY = 2**63


class JournalConflict(ValueError):
    """A request that is not the one that the journal has under its key or in its place."""


@attrs.frozen
class Admission:
    """A request that is to be admitted.

    Attributes:
        index: its place in the caller's input, from 0.
        key: the caller's own name for it, or None.
        request: the request.
        where: what the journal is called.
        advice: what to do where there is another request already.
    """

    index: int
    key: str | None
    request: Request[Any]
    where: str = "journal"
    advice: str = "Give it another key, or begin another journal"

    def __attrs_post_init__(self) -> None:
        """Check what the caller gave."""
        _check_index(self.index)
        _check_key(self.key)
        _check_request(self.request)

    def after(self, furthest: int) -> Admission:
        """Give it the place after the furthest one."""
        return attrs.evolve(self, index=furthest + 1)

    @property
    def words(self) -> str:
        """Say which one it is."""
        return f"key {self.key!r}" if self.key is not None else f"item {self.index}"


def check_again(
    wanted: Admission, item: Item, fields: Sequence[str] | None, *, twice: bool
) -> JournalConflict | None:
    """Tell what is wrong with a request whose key or place the journal has an item for.

    Args:
        wanted: the request.
        item: the item that is there.
        fields: the fields in which the request of the item is another; None if it is the same.
        twice: whether the item was admitted before in the same run.

    Returns:
        The error, or None if the item is the request's.
    """
    if (wanted.key is None) is not (item.key is None):
        had = "without a key" if item.key is None else f"with the key {item.key!r}"
        return JournalConflict(
            f"{wanted.words}: the journal has item {item.index} {had}. Give keys as before: "
            "without them nobody knows what was started already"
        )
    if twice:
        first = f", first by item {item.index}" if wanted.key is not None else ""
        return JournalConflict(f"{wanted.words}: it is given twice{first}. Each needs its own")
    if fields is not None:
        return JournalConflict(
            f"{wanted.words}: the {wanted.where} has another request for it, which differs in "
            f"{', '.join(fields)}. {wanted.advice}"
        )
    return None


def _check_index(value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"index: expected a whole number, got {value!r}")
    if not 0 <= value < _TOO_MANY:
        raise ValueError(f"index: expected a whole number of at least 0, got {value!r}")


def _check_key(value: object) -> None:
    if value is None:
        return
    if not isinstance(value, str):
        raise TypeError(f"key: expected a text or None, got {type(value).__name__}")
    if not value or not _is_unicode(value):
        raise ValueError(f"key: expected a text that is not empty, or None, got {value!a}")


def _check_request(value: object) -> None:
    if not isinstance(value, Request):
        raise TypeError(f"request: expected a request, got {type(value).__name__}")


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
