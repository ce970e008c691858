"""How the files of a batch are called. Pure."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable
from typing import Any

from a2e_async.tasks.request import Request

PATTERN = "{index:05d}-{key}"
FIELDS = ("index", "key", "kind", "id")

_LONGEST = 40
_TELLING = ("prompt", "text", "title", "name")


def check_pattern(pattern: object) -> None:
    """Raise `TypeError` or `ValueError` unless this names the files of each item differently."""
    if not isinstance(pattern, str):
        raise TypeError(f"pattern: expected a text such as {PATTERN!r}, got {pattern!r}")
    try:
        used = _used(pattern)
        pattern.format(index=0, key="key", kind="kind", id="id")
    except (ValueError, LookupError, AttributeError) as error:
        known = ", ".join(f"{{{field}}}" for field in FIELDS)
        raise ValueError(
            f"pattern: expected {known} in a text such as {PATTERN!r}, got {pattern!r}: {error}"
        ) from None
    if "/" in pattern or "\\" in pattern:
        raise ValueError(f"pattern: expected a file name without directories, got {pattern!r}")
    if not used & {"index", "id"}:
        raise ValueError(
            "pattern: expected {index} or {id} in it, since other names may be alike, got "
            f"{pattern!r}"
        )


def stem_of(pattern: str, *, index: int, key: str | None, request: Request[Any], id: str) -> str:
    """Name the files of an item, without the suffix; without a key, a few words of its text."""
    words = words_of(request) if key is None else key
    # Items with keys may have moved to the index of another one.
    whole = pattern if key is None or _used(pattern) & {"key", "id"} else f"{pattern}-{{key}}"
    return whole.format(index=index, key=words, kind=request.product.kind, id=id)


def _used(pattern: str) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(pattern) if field is not None}


def words_of(request: Request[Any]) -> str:
    """Give a few words that tell a request from others, as part of a file name."""
    return a_few_words((getattr(request, it, None) for it in _TELLING), request.product.kind)


def a_few_words(texts: Iterable[object], otherwise: str) -> str:
    """Give some words of the first text that is one, as part of a file name.

    Args:
        texts: texts, and things that are none.
        otherwise: what is given where there are no words.
    """
    text = next((text for text in texts if isinstance(text, str) and text), "")
    return re.sub(r"\W+", "-", text.lower())[:_LONGEST].strip("-") or otherwise
