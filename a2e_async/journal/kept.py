"""What a store keeps of a start besides its item: whose it is, and if it was handed over. Pure."""

from __future__ import annotations

import json
from collections.abc import Hashable, Sequence
from typing import Any, Final

import attrs

from a2e_async.journal import rows
from a2e_async.journal.item import Item
from a2e_async.journal.rows import Damaged

_LARGEST_TAG: Final = 100_000
_LONGEST_NAME: Final = 500


@attrs.frozen(kw_only=True)
class Kept:
    """A start as a store has it.

    Attributes:
        item: the request, and what became of it.
        tag: the JSON value that the caller gave with it.
        group: whose it is, or None.
        acknowledged_at: when it was handed over, in seconds since 1970; None if it was not yet.
    """

    item: Item
    tag: Any = None
    group: Hashable = None
    acknowledged_at: float | None = None


def pack_tag(tag: Any) -> str:
    """Write a tag as text.

    Raises:
        TypeError: it is no JSON value.
        ValueError: it holds itself, a number that is none, or it is too long.
    """
    words = "tag: expected a JSON value, such as {'chat': 42}"
    try:
        text = json.dumps(tag, separators=(",", ":"), allow_nan=False)
    except TypeError as error:
        raise TypeError(f"{words}: {error}") from None
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{words}: {error}") from None
    if len(text) > _LARGEST_TAG:
        raise ValueError(f"tag: expected at most {_LARGEST_TAG} characters, got {len(text)}")
    if json.loads(text) != tag:
        raise TypeError(f"{words} that comes back as it was, got {tag!r}")
    return text


def check_text(field: str, value: object) -> None:
    """Raise `TypeError` or `ValueError` unless this can be kept as a group or key, or is None."""
    words = f"{field}: expected a text of 1 to {_LONGEST_NAME} characters, or None, got {value!r}"
    if value is None:
        return
    if not isinstance(value, str):
        raise TypeError(words)
    if not 1 <= len(value) <= _LONGEST_NAME or not value.isprintable():
        raise ValueError(words)


def values(row: int, tag: str, group: Hashable, acknowledged_at: float | None) -> tuple[Any, ...]:
    """Give the values of a row of the table of what was handed over, the checksum last."""
    return rows.sealed(row, tag, group, acknowledged_at)


def read(found: Sequence[Any]) -> Kept:
    """Make it of an item's rows, followed by its own.

    Raises:
        Damaged: the rows are not what was written.
    """
    item = rows.read_item(found[: -rows.KEPT])
    row, tag, group, at = rows.opened(found[-rows.KEPT :])
    if row != item.row:
        raise Damaged(f"item {item.row}")
    return Kept(item=item, tag=json.loads(tag), group=group, acknowledged_at=at)
