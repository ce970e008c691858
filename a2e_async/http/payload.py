"""What may be ids in a payload whose shape nobody has documented. Pure."""

from __future__ import annotations

import re
from itertools import islice

LARGEST = 1024 * 1024
"""Bytes of a payload that are looked into."""

_MOST = 10_000
# What JSON and forms write for another character, also JSON in them, is no part of the next word.
_PIECE = re.compile(r"(?:\\|%5[cC])+(?:u[0-9a-fA-F]{4}|[bfnrt])?|%[0-9a-fA-F]{2}|([\w-]{1,256})")


def words_in(body: bytes) -> tuple[str, ...]:
    """Collect the words of a payload, of which some may be ids.

    It is not parsed: so it makes no difference whether it is JSON of one shape or another, a form,
    text, or broken off, nor how deep it goes.

    Args:
        body: the payload; a longer one than `LARGEST` is not looked into at all.

    Returns:
        Its first words, 10,000 at the most, each once.
    """
    if len(body) > LARGEST:
        return ()
    pieces = islice(_PIECE.finditer(body.decode("utf-8", "replace")), _MOST)
    return tuple(dict.fromkeys(piece[1] for piece in pieces if piece[1]))
