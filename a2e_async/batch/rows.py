"""What is written about each item: a line of ``results.jsonl``, a row of the report. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Any, TypeAlias

from a2e_async import wire
from a2e_async.journal.item import Item
from a2e_async.journal.requests import kept_fields
from a2e_async.tasks.request import Request

Row: TypeAlias = dict[str, Any]

_PROMPTS = ("prompt", "text", "msg", "title")


def row_of(item: Item, request: Request[Any]) -> Row:
    """Describe an item.

    Args:
        item: the item.
        request: its request.

    Returns:
        A JSON object.
    """
    fields = shown(request)
    texts = (fields.get(name) for name in _PROMPTS)
    return {
        "index": item.index,
        "key": item.key,
        "kind": item.kind,
        "status": item.state.value,
        "prompt": next((text for text in texts if isinstance(text, str) and text), None),
        "request": fields,
        "name": item.name,
        "token": None if item.task_id is None else request.product.token(item.task_id),
        "coins": item.coins,
        "coins_before": wire.read_number(item.coins_before) or 0,
        "files": [PurePath(path).as_posix() for path in item.files],
        "error": None if item.error is None else _error(item),
        "planned_at": _moment(item.planned_at),
        "started_at": _moment(item.started_at),
        "ended_at": _moment(item.ended_at),
        "record": item.record,
    }


def shown(request: Request[Any]) -> dict[str, Any]:
    """Show the fields of a request as JSON: media as addresses and paths, no secrets."""
    given = ((name, getattr(request, name)) for name in kept_fields(request))
    return {name: _plain(value) for name, value in given if value is not None}


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return f"<{len(value)} bytes>"
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, PurePath) else value


def _error(item: Item) -> dict[str, Any]:
    note = item.error
    assert note is not None
    return {
        "type": note.type,
        "message": note.message,
        "status": note.status,
        "code": note.code,
    }


def _moment(seconds: float | None) -> str | None:
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
