"""Items as rows of the database, each with a checksum. Pure.

SQLite tells of damage to its own structure, not of a wrong byte in a value; the checksums do.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from typing import Any, Final, TypeAlias

import attrs

from a2e_async.errors import redact
from a2e_async.journal.item import Item, Note, State
from a2e_async.journal.requests import Packed

_PLAN = 7
"""Values of the table of requests that tell of an item, its checksum included."""
_FATE = 15
"""Values of the table of what became of items."""
KEPT: Final = 5
"""Values of the table of what was handed over."""


# `json.dumps` would make an encoder for each call.
_encoder = json.JSONEncoder(separators=(",", ":"))
_SECRETS: Final = frozenset({"webhook_token", "webhookToken"})
_MARKS: Final = ("webhook_token", "webhookToken", "sk_eyJ", '"sk_', '"eyJ', "earer ")
"""What the text of a record has in it if it may hold a secret. The service tells none, so far."""


Fate: TypeAlias = tuple[Item, tuple[Any, ...]]
"""An item that is to be stored, and its `fate_values`."""


class Damaged(Exception):
    """What was read is not what was written."""


def plan_values(
    row: int, index: int, key: str | None, packed: Packed, at: float
) -> tuple[Any, ...]:
    """Give the values of a request's row: all but its text, and the checksum last."""
    return sealed(row, index, key, packed.kind, packed.fingerprint, at)


def fate_values(item: Item) -> tuple[Any, ...]:
    """Give the values of the row of what became of an item, the checksum last.

    Raises:
        TypeError, ValueError: they cannot be written, such as a record that is no JSON.
    """
    # SQLite takes no text with half a character; better told here than for a whole group.
    f"{item.name}{item.task_id}".encode()
    try:
        return _fate_values(item)
    except RecursionError:
        raise ValueError(f"record: the one of item {item.row} is nested too deeply") from None


def _fate_values(item: Item) -> tuple[Any, ...]:
    return sealed(
        item.row,
        item.state.value,
        item.attempts,
        item.name,
        item.task_id,
        item.coins,
        item.coins_before,
        item.reserved,
        _packed_record(item.record),
        _packed(None if item.error is None else attrs.asdict(item.error)),
        _packed(item.files or None),
        item.starting_at,
        item.started_at,
        item.ended_at,
    )


def check(found: Sequence[Any]) -> None:
    """Raise `Damaged` unless rows as for `read_item` are what was written.

    Those of a store are followed by that of what was handed over.
    """
    plan, fate, kept = found[:_PLAN], found[_PLAN : _PLAN + _FATE], found[_PLAN + _FATE :]
    opened(plan)
    if fate[0] is not None:
        opened(fate)
    if kept:
        opened(kept)


def read_item(found: Sequence[Any]) -> Item:
    """Make an item of a request's row, joined with that of what became of it, if there is one.

    Raises:
        Damaged: the rows are not what was written.
    """
    plan, fate = found[:_PLAN], found[_PLAN:]
    try:
        row, index, key, kind, fingerprint, at = opened(plan)
        item = Item(
            row=row, index=index, key=key, kind=kind, fingerprint=fingerprint, planned_at=at
        )
        return item if fate[0] is None else _with_fate(item, opened(fate))
    except (ValueError, TypeError) as error:
        raise Damaged(f"item {found[0]}") from error


def _with_fate(item: Item, fate: Sequence[Any]) -> Item:
    (row, state, attempts, name, task_id, coins, before, reserved, record, error, files) = fate[:11]
    if row != item.row:
        raise Damaged(f"item {item.row}")
    starting_at, started_at, ended_at = fate[11:]
    return attrs.evolve(
        item,
        state=State(state),
        attempts=attempts,
        name=name,
        task_id=task_id,
        coins=coins,
        coins_before=before,
        reserved=reserved,
        record=_unpacked(record),
        error=None if error is None else Note(**json.loads(error)),
        files=tuple(_unpacked(files) or ()),
        starting_at=starting_at,
        started_at=started_at,
        ended_at=ended_at,
    )


def _packed(value: Any) -> str | None:
    # Plain ASCII: a service's text may have half a character, which SQLite does not take.
    return None if value is None else _encoder.encode(value)


def _packed_record(record: dict[str, Any] | None) -> str | None:
    text = _packed(record)
    if text is None or not any(mark in text for mark in _MARKS):
        return text
    return _packed(_without_secrets(record))


def _without_secrets(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {key: it for key, it in value.items() if key not in _SECRETS}
        return {key: _without_secrets(item) for key, item in kept.items()}
    if isinstance(value, list):
        return [_without_secrets(item) for item in value]
    # The signature in a result's address may look like a token, and belongs to it.
    is_address = isinstance(value, str) and value.startswith(("https://", "http://"))
    return value if is_address else redact(value)


def _unpacked(text: str | None) -> Any:
    return None if text is None else json.loads(text)


def sealed(*values: Any) -> tuple[Any, ...]:
    """Add the checksum of values to them."""
    return (*values, _checksum(values))


def opened(values: Sequence[Any]) -> Sequence[Any]:
    """Take the checksum off values.

    Raises:
        Damaged: it is not theirs.
    """
    *given, checksum = values
    if checksum != _checksum(tuple(given)):
        raise Damaged(f"item {values[0]}")
    return given


def _checksum(values: tuple[Any, ...]) -> int:
    return zlib.crc32(repr(values).encode())
