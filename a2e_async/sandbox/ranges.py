"""Range requests as HTTP defines them (RFC 9110, section 14). Pure."""

from __future__ import annotations

import re
from email.utils import format_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from a2e_async.sandbox.media.render import File


@attrs.frozen
class Slice:
    """What is to be sent of a file.

    Attributes:
        status: 200, 206 or 416.
        start: First byte.
        stop: One past the last byte.
    """

    status: int
    start: int
    stop: int


def cut(size: int, asked: str | None) -> Slice:
    """Apply a Range header.

    Args:
        size: Bytes of the file.
        asked: The header; None, several ranges or nonsense mean the whole file.

    Returns:
        What to send; status 416 when the range starts behind the end.
    """
    found = re.fullmatch(r"bytes=(\d*)-(\d*)", (asked or "").strip())
    if found is None or found[0] == "bytes=-":
        return Slice(200, 0, size)
    first, last = found[1], found[2]
    if not first:
        start, stop = max(0, size - int(last)), size
    else:
        start, stop = int(first), min(size, int(last) + 1 if last else size)
    if first and last and int(last) < int(first):
        return Slice(200, 0, size)
    return Slice(416, 0, 0) if start >= size else Slice(206, start, stop)


def still_valid(condition: str | None, file: File) -> bool:
    """Tell whether an If-Range header still means this file; True without a header."""
    return condition is None or condition in (file.etag, http_date(file.modified))


def headers(file: File, part: Slice) -> Mapping[str, str]:
    """Return the headers of an answer with a part of a file."""
    size = len(file.content)
    common = {
        "Accept-Ranges": "bytes",
        "ETag": file.etag,
        "Last-Modified": http_date(file.modified),
    }
    if part.status == HTTPStatus.PARTIAL_CONTENT:
        return {**common, "Content-Range": f"bytes {part.start}-{part.stop - 1}/{size}"}
    if part.status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
        return {**common, "Content-Range": f"bytes */{size}"}
    return common


def http_date(moment: datetime) -> str:
    """Write a date the way HTTP does."""
    return format_datetime(moment, usegmt=True)
