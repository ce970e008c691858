"""What the log tells of an attempt at a request. Pure."""

from __future__ import annotations

from typing import Any

from a2e_async import logs
from a2e_async.errors import A2EError
from a2e_async.http.call import Call


def line(call: Call, outcome: object) -> tuple[Any, ...]:
    """Write what it ended with, an answer or an error: a message and its arguments."""
    status = getattr(outcome, "status", None)
    if status is not None:
        return "%s %s: HTTP %s", call.method, call.path, status
    if isinstance(outcome, A2EError):
        # It names the request itself.
        return "%s", outcome
    return "%s %s: answered", call.method, call.path


def about(call: Call, outcome: object, *, attempt: int, seconds: float) -> dict[str, Any]:
    """Give the same as fields of a log record.

    Args:
        call: the request, of which neither query nor body is told.
        outcome: what it ended with.
        attempt: which attempt it was, from 1.
        seconds: how long it took.
    """
    return {
        "method": call.method,
        "path": call.path,
        "attempt": attempt,
        "seconds": round(seconds, 3),
        "http_status": getattr(outcome, "status", None),
        "trace_id": getattr(outcome, "trace_id", None),
        **(logs.failure(outcome) if isinstance(outcome, A2EError) else {}),
    }
