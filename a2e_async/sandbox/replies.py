"""Answers of the service before they are put on the wire. Pure."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import attrs

if TYPE_CHECKING:
    from collections.abc import Mapping


_PAGE = """<!DOCTYPE html>
<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>
"""


class Envelope(StrEnum):
    """The forms in which the service wraps its data."""

    PLAIN = "plain"
    STRING_CODE = "string-code"
    SUCCESS = "success"
    BARE_TRACE = "no-trace"


@attrs.frozen
class Reply:
    """One answer.

    Attributes:
        status: HTTP status.
        body: The bytes of the body.
        content_type: Media type without parameters.
        headers: Further headers.
        parts: What is sent piece by piece in place of the body; empty for a usual answer.
    """

    status: int
    body: bytes
    content_type: str = "application/json"
    headers: Mapping[str, str] = attrs.field(factory=dict)
    parts: tuple[bytes, ...] = ()


class Refusal(Exception):
    """Raised by a handler to refuse a request: an answer of the service, not a failure of ours.

    Attributes:
        status: HTTP status.
        code: Envelope code.
        message: Text for the caller.
    """

    def __init__(self, message: str, *, status: int = 400, code: int | None = None) -> None:
        """Keep the parts; the envelope code is the HTTP status unless told."""
        super().__init__(message)
        self.message = message
        self.status = status
        self.code = status if code is None else code


def success(data: Any, trace_id: str, form: Envelope = Envelope.PLAIN) -> Reply:
    """Wrap data in an envelope."""
    match form:
        case Envelope.STRING_CODE:
            return Reply(200, dump({"code": "0", "data": data, "trace_id": trace_id}))
        case Envelope.SUCCESS:
            return Reply(200, dump({"success": True, "result": data, "trace_id": trace_id}))
        case Envelope.BARE_TRACE:
            return Reply(200, dump({"code": 0, "data": data}))
        case _:
            return Reply(200, dump({"code": 0, "data": data, "trace_id": trace_id}))


def failure(status: int, code: int, message: str, trace_id: str) -> Reply:
    """Write a refusal."""
    return Reply(status, dump({"code": code, "message": message, "trace_id": trace_id}))


def page(status: int, title: str, headers: Mapping[str, str] | None = None) -> Reply:
    """Write an HTML page, as wrong paths and broken gateways answer."""
    return Reply(status, _PAGE.format(title=title).encode(), "text/html", headers or {})


def dump(value: Any) -> bytes:
    """Write JSON the compact way."""
    return json.dumps(value, separators=(",", ":")).encode()
