"""What the page shows of a row: checked, since a row is untrusted. Pure."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import attrs

from a2e_async.errors import redact

STATES = {
    "completed": "Completed",
    "failed": "Failed",
    "uncertain": "Uncertain",
    "running": "Under way",
    "planned": "Not started",
    "unknown": "Unknown",
}
"""The states that the page tells apart, with the words for them, in the order of its filters."""

_LATEST = datetime(9999, 1, 1, tzinfo=UTC).timestamp()
_STATE_OF = {"starting": "running", "started": "running"} | {name: name for name in STATES}


@attrs.frozen(kw_only=True)
class Entry:
    """One item of the run.

    Attributes:
        index: the item's place in the input, from 0.
        key: the caller's key, or None.
        kind: the product's name.
        state: one of `STATES`.
        prompt: what was asked for in words, or None.
        settings: the other fields of the request, as text.
        name: the task's unique name, or None.
        token: what resumes the job, or None.
        coins: what the item cost, earlier attempts included, or None if nothing told.
        coins_before: what the earlier attempts cost, or None if there were none.
        files: where its files are, relative to the run's directory.
        error: what went wrong, by ``type``, ``message``, ``status`` and ``code``; empty if nothing.
        started: when the task was started, in seconds since 1970, or None.
        ended: when it ended, or None.
    """

    index: int
    key: str | None = None
    kind: str = ""
    state: str = "unknown"
    prompt: str | None = None
    settings: tuple[tuple[str, str], ...] = ()
    name: str | None = None
    token: str | None = None
    coins: float | None = None
    coins_before: float | None = None
    files: tuple[str, ...] = ()
    error: Mapping[str, str] = attrs.field(factory=dict)
    started: float | None = None
    ended: float | None = None

    @property
    def seconds(self) -> float | None:
        """How long the item took, or None if that is not known."""
        if self.started is None or self.ended is None:
            return None
        return max(0.0, self.ended - self.started)


def entry_of(row: Mapping[str, Any]) -> Entry:
    """Read a row.

    Args:
        row: an object as in ``results.jsonl``, with anything in its fields.

    Returns:
        What the page shows of it. A value of a wrong type is left out.
    """
    index = _number(row.get("index"))
    before = _number(row.get("coins_before")) or None
    return Entry(
        index=0 if index is None else int(index),
        key=_text(row.get("key")),
        kind=_text(row.get("kind")) or "",
        state=_STATE_OF.get((_text(row.get("status")) or "").lower(), "unknown"),
        prompt=_text(row.get("prompt")),
        settings=tuple(_settings(row.get("request"), row.get("prompt"))),
        name=_text(row.get("name")),
        token=_text(row.get("token")),
        coins=_sum(_number(row.get("coins")), before),
        coins_before=before,
        files=tuple(_files(row.get("files"))),
        error=_error(row.get("error")),
        started=_time(row.get("started_at")),
        ended=_time(row.get("ended_at")),
    )


def _text(value: Any) -> str | None:
    return str(redact(value)) if isinstance(value, str) and value else None


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        return value if math.isfinite(value) else None
    except OverflowError:
        return None


def _sum(one: float | None, other: float | None) -> float | None:
    known = [value for value in (one, other) if value is not None]
    return sum(known) if known else None


def _time(value: Any) -> float | None:
    if not isinstance(value, str):
        return None
    try:
        when = datetime.fromisoformat(value)
        at = (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
    return at if 0 <= at < _LATEST else None


def _settings(request: Any, prompt: Any) -> Sequence[tuple[str, str]]:
    if not isinstance(request, Mapping):
        return ()
    # The prompt stands by itself, whatever the product calls it.
    return [
        (redact(str(name)), _shown(redact(value)))
        for name, value in request.items()
        if value is not None and not (isinstance(value, str) and value == prompt)
    ]


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _files(value: Any) -> Sequence[str]:
    if not isinstance(value, Sequence) or isinstance(value, (str, bytes)):
        return ()
    # Not redacted: a name that was changed would lead to no file.
    return [name for name in value if isinstance(name, str) and name]


def _error(value: Any) -> Mapping[str, str]:
    if not isinstance(value, Mapping):
        return {}
    kept = ((field, value.get(field)) for field in ("type", "message", "status", "code"))
    return {field: _shown(redact(it)) for field, it in kept if it is not None and it != ""}
