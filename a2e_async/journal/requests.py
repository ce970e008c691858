"""Requests as text: written into the journal, and made again from it. Pure.

The text is a JSON object of the fields by their Python names. What JSON does not have is an object
with one marked key: ``$path``, ``$bytes`` (a digest: the bytes are kept apart, once), ``$tuple``,
and ``$pairs`` for objects whose keys could be taken for such a mark, or are no texts.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Hashable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, cast

import attrs

from a2e_async import tasks
from a2e_async.tasks.request import Request

_MARK = "$"
_DIGEST = re.compile(r'"\$bytes":"([0-9a-f]+)"')
_PLAIN = frozenset({str, int, float, bool})
_FINGERPRINT_BYTES = 16
# `json.dumps` would make an encoder for each call.
_encoder = json.JSONEncoder(sort_keys=True, separators=(",", ":"))


@attrs.frozen(kw_only=True)
class Packed:
    """A request as text.

    Attributes:
        kind: the product's name.
        text: its fields, as JSON.
        fingerprint: digest of both, the same for equal requests.
        contents: the bytes in it, by their digests.
    """

    kind: str
    text: str
    fingerprint: str
    contents: Mapping[str, bytes] = attrs.field(repr=False)


def dump(request: Request[Any]) -> Packed:
    """Write a request as text, without its secrets."""
    contents: dict[str, bytes] = {}
    fields = {}
    for name in kept_fields(request):
        value = getattr(request, name)
        if value is not None:
            # Most are plain, and each call costs.
            plain = type(value) in _PLAIN
            fields[name] = value if plain else _written(value, contents)
    kind = request.product.kind
    # Sorted, so that a field that changes its place in a later version changes no fingerprint.
    text = _encoder.encode(fields)
    return Packed(kind=kind, text=text, fingerprint=fingerprint(kind, text), contents=contents)


def digests(text: str) -> list[str]:
    """Find the digests of the bytes that a request names, in what `dump` wrote."""
    return _DIGEST.findall(text)


def kept_fields(request: Request[Any]) -> tuple[str, ...]:
    """Name the fields of a request that are no secrets."""
    return _kept(cast("Hashable", type(request)))


@cache
def _kept(cls: Any) -> tuple[str, ...]:
    return tuple(field.name for field in attrs.fields(cls) if field.repr)


def load(kind: str, text: str, content: Callable[[str], bytes]) -> Request[Any]:
    """Make a request again.

    Args:
        kind: the product's name.
        text: what `dump` wrote.
        content: gives the bytes of a digest.

    Returns:
        The request, equal to the written one but for its secrets, which are None.

    Raises:
        KeyError: there is no such product.
        TypeError, ValueError: the product does not take these fields (any more).
    """
    cls = tasks.request_class(kind)
    return cls(**{name: _read(value, content) for name, value in json.loads(text).items()})


def fingerprint(kind: str, text: str) -> str:
    """Digest a request's text, 32 hexadecimal digits."""
    content = f"{kind}\n{text}".encode()
    return hashlib.blake2b(content, digest_size=_FINGERPRINT_BYTES).hexdigest()


def digest(content: bytes) -> str:
    """Digest bytes, 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def differing(text: str, other: str) -> list[str]:
    """Name the fields in which the texts of two requests differ."""
    left, right = json.loads(text), json.loads(other)
    return sorted(name for name in {*left, *right} if left.get(name) != right.get(name))


def _written(value: Any, contents: dict[str, bytes]) -> Any:
    if type(value) in _PLAIN:
        return value
    if isinstance(value, (Path, bytes)):
        return _media(value, contents)
    if isinstance(value, Mapping):
        return _object(value, contents)
    if isinstance(value, tuple):
        return {"$tuple": [_written(item, contents) for item in value]}
    if isinstance(value, list):
        return [_written(item, contents) for item in value]
    return value


def _media(value: Path | bytes, contents: dict[str, bytes]) -> dict[str, str]:
    if isinstance(value, Path):
        return {"$path": str(value)}
    found = digest(value)
    contents[found] = value
    return {"$bytes": found}


def _object(value: Mapping[Any, Any], contents: dict[str, bytes]) -> Any:
    items = [(key, _written(item, contents)) for key, item in value.items()]
    if all(isinstance(key, str) and not key.startswith(_MARK) for key in value):
        return dict(items)
    return {"$pairs": items}


def _read(value: Any, content: Callable[[str], bytes]) -> Any:
    if isinstance(value, list):
        return [_read(item, content) for item in value]
    if not isinstance(value, dict):
        return value
    [(mark, held)] = value.items() if len(value) == 1 else [("", None)]
    if not mark.startswith(_MARK):
        return {key: _read(item, content) for key, item in value.items()}
    return _marked(mark, held, content)


def _marked(mark: str, held: Any, content: Callable[[str], bytes]) -> Any:
    if mark == "$path":
        return Path(held)
    if mark == "$bytes":
        return content(held)
    if mark == "$tuple":
        return tuple(_read(item, content) for item in held)
    if mark == "$pairs":
        return {key: _read(item, content) for key, item in held}
    raise ValueError(f"{mark}: expected $path, $bytes, $tuple or $pairs")
