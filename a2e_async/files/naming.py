"""File names that every operating system takes. Pure."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 200
"""Bytes of a name at the most: file systems take 255, and a temporary name needs some of them."""

_FALLBACK = "file"
_FORBIDDEN = re.compile(r'[<>:"/\\|?*]')
_RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])", re.IGNORECASE)
_EDGES = re.compile(r"\A[\s.]+|[\s.]+\Z")
# Joiners belong to words and emoji; every other format character is invisible or turns the text.
_JOINERS = "\u200c\u200d"
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_NOT_IN_KEY = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST_KEY = 80


def safe_name(stem: str, suffix: str = "") -> str:
    """Make a file name.

    Args:
        stem: the wished name, in any characters.
        suffix: what the name ends with, such as ``-2.png``, at most half of `LONGEST` bytes.

    Returns:
        A name of at most `LONGEST` bytes in UTF-8 that is never empty, never hidden, never a
        device's and never leads out of its directory.
    """
    cleaned = _EDGES.sub("", _clean(stem)) or _FALLBACK
    end = _shorten(_clean(suffix), LONGEST // 2)
    if _RESERVED.fullmatch((cleaned + end).partition(".")[0].strip()):
        cleaned = f"_{cleaned}"
    kept = _shorten(cleaned, LONGEST - len(end.encode()))
    return _EDGES.sub("", kept + end)


def _clean(text: str) -> str:
    seen = "".join(map(_visible, unicodedata.normalize("NFC", text)))
    return _FORBIDDEN.sub("_", seen)


def _visible(character: str) -> str:
    unseen = unicodedata.category(character) in _UNSEEN and character not in _JOINERS
    return "_" if unseen else character


def _shorten(text: str, size: int) -> str:
    return text.encode()[:size].decode(errors="ignore")


def object_key(unique: str, name: str) -> str:
    """Make the key of a stored object.

    Args:
        unique: text that no other object has, in letters and digits.
        name: the file's name. What a URL would have to quote is left out.

    Returns:
        The key; it ends with the name's extension.
    """
    plain = _NOT_IN_KEY.sub("_", name).strip("._-")
    return f"{unique}-{plain[-_LONGEST_KEY:].lstrip('._-')}" if plain else unique
