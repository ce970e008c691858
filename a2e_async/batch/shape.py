"""What of a request its price can depend on. Pure."""

from __future__ import annotations

import json
from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Any

import attrs

from a2e_async import wire
from a2e_async.tasks import checks
from a2e_async.tasks.media import media_fields
from a2e_async.tasks.request import Request

# The price of a task goes by how long these are.
_TIMED = ("video", "audio")


def shape_of(request: Request[Any]) -> Hashable:
    """Give what is the same for all requests of one price: no free text, no name, no picture.

    Args:
        request: the request.

    Returns:
        Its product with its numbers, flags and choices, how many pictures there are, and which
        videos and sounds.
    """
    cls = type(request)
    media = media_fields(cls)
    name = request.product.name_field
    told = (
        (field.name, _told(field, getattr(request, field.name), is_media=field.name in media))
        for field in attrs.fields(cls)
        if field.repr and wire.wire_names(field)[0] != name
    )
    return request.product.kind, *(pair for pair in told if pair[1] is not None)


def _told(field: attrs.Attribute[Any], value: Any, *, is_media: bool) -> Hashable:
    if value is None or isinstance(value, (bool, int, float)):
        # Of one type: True and 1 are the same key.
        return None if value is None else repr(value)
    if is_media:
        return _which(value) if _is_timed(field.name) else _count(value)
    if isinstance(value, str):
        return value if isinstance(field.validator, checks.Choice) else True
    return json.dumps(value, sort_keys=True, default=_which)


def _is_timed(name: str) -> bool:
    return any(word in name for word in _TIMED)


def _count(value: Any) -> int:
    return len(value) if isinstance(value, (tuple, list)) else 1


def _which(value: Any) -> str:
    if isinstance(value, bytes):
        # The hash of bytes is kept with them; a digest of a video would hold up the loop.
        return f"{len(value)} {hash(value)}"
    if isinstance(value, Mapping):
        return json.dumps(dict(value), sort_keys=True, default=_which)
    if isinstance(value, (tuple, list)):
        return json.dumps([_which(item) for item in value])
    return str(value) if isinstance(value, (str, Path)) else repr(value)
