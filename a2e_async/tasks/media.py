"""Where media stands in a request, and URLs put in its place. Pure."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, cast

import attrs

from a2e_async.tasks import checks


def media_fields(cls: type[Any]) -> tuple[str, ...]:
    """Name the fields of a request class that take media, be it within a list or an object."""
    return _media_fields(cast("Hashable", cls))


@cache
def _media_fields(cls: Any) -> tuple[str, ...]:
    return tuple(a.name for a in attrs.fields(cls) if _takes_media(a.validator))


def _takes_media(check: Any) -> bool:
    if isinstance(check, checks.ListOf):
        return _takes_media(check.item)
    if isinstance(check, checks.ObjectOf):
        return any(map(_takes_media, check.members.values()))
    return isinstance(check, checks.MediaSource)


def local_media(field: str, value: object) -> Iterator[tuple[str, Path | bytes]]:
    """Go through the media within the value of a media field that has to be uploaded.

    Args:
        field: the field's name.
        value: its value: media, or a list or an object that holds media.

    Yields:
        Where each stands, such as ``input_images[0]``, and the media.
    """
    if isinstance(value, (Path, bytes)):
        yield field, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from local_media(f"{field}.{key}", item)
    elif isinstance(value, (tuple, list)):
        for index, item in enumerate(value):
            yield from local_media(f"{field}[{index}]", item)


def with_urls(field: str, value: Any, urls: Mapping[str, str]) -> Any:
    """Give the value of a media field with URLs in the places that `local_media` names."""
    if isinstance(value, Mapping):
        return {key: with_urls(f"{field}.{key}", item, urls) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return tuple(with_urls(f"{field}[{at}]", item, urls) for at, item in enumerate(value))
    return urls.get(field, value)
