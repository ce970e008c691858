"""Reading rows that are JSON: an object per line, or a list of objects. Pure."""

from __future__ import annotations

import json
import re
import reprlib
from collections.abc import Iterable, Iterator
from typing import Any

import attrs

from a2e_async.cli.entry import Bad, Raw

ITEMS = "items"
"""The member that holds the list, where the whole is an object."""

_EXPECTED = (
    f'expected a JSON list of objects, or {{"{ITEMS}": [...]}} (for an object per line: '
    "--format jsonl)"
)
_BLANK = re.compile(r"[ \t\r\n]*")


class _NoRows(Exception):
    """What ends the reading."""

    def __init__(self, bad: Bad) -> None:
        super().__init__(bad.error)
        self.bad = bad


class _Twice(dict[str, Any]):
    """An object with a name that is there twice: which value counts, nobody can tell."""

    name: str


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    twice, names = _Twice(found), [name for name, _ in pairs]
    twice.name = next(name for name in names if names.count(name) > 1)
    return twice


_DECODER = json.JSONDecoder(object_pairs_hook=_object)


def read_lines(lines: Iterable[str]) -> Iterator[Raw | Bad]:
    """Read JSON lines.

    Args:
        lines: an object each; empty ones do not count.

    Yields:
        The rows, each with its line.
    """
    for at, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield _row(at, _DECODER.decode(line.rstrip()))
        except json.JSONDecodeError as error:
            yield Bad(at, f"expected a JSON object: {error.msg}, at character {error.pos + 1}")
        except (ValueError, RecursionError) as error:
            yield Bad(at, f"expected a JSON object: {error}")


def _row(line: int, value: Any) -> Raw | Bad:
    if not isinstance(value, dict):
        return Bad(line, f"expected a JSON object, got {reprlib.repr(value)}")
    if isinstance(value, _Twice):
        return Bad(line, f"{value.name}: given twice")
    return Raw(line, value)


def read_list(text: str) -> Iterator[Raw | Bad]:
    """Read a JSON list of objects, or an object that holds it as ``items``.

    Args:
        text: the whole.

    Yields:
        The rows, each with the line in which it begins. What cannot be read ends it.
    """
    cursor = _Cursor(text)
    try:
        yield from _whole(cursor)
    except _NoRows as end:
        yield end.bad
    except json.JSONDecodeError as error:
        yield Bad(error.lineno, f"expected JSON: {error.msg}, at character {error.colno}")
    except (ValueError, RecursionError) as error:
        yield Bad(cursor.line, f"expected JSON: {error}")


@attrs.define
class _Cursor:
    """A place in a JSON text."""

    text: str
    line: int = 1
    _at: int = 0

    def peek(self) -> str:
        """Go to the next character that is not blank and give it; empty at the end."""
        blank = _BLANK.match(self.text, self._at)
        assert blank is not None
        self._go(blank.end())
        return self.text[self._at : self._at + 1]

    def _go(self, to: int) -> None:
        self.line += self.text.count("\n", self._at, to)
        self._at = to

    def take(self, *expected: str) -> str:
        """Go beyond the next character, which is one of those."""
        found = self.peek()
        if not found or found not in expected:
            words = " or ".join(map(repr, expected))
            raise json.JSONDecodeError(f"expected {words}", self.text, self._at)
        self._go(self._at + 1)
        return found

    def value(self) -> Any:
        """Read a value and go beyond it."""
        self.peek()
        value, end = _DECODER.raw_decode(self.text, self._at)
        self._go(end)
        return value


def _whole(cursor: _Cursor) -> Iterator[Raw | Bad]:
    begin = cursor.peek()
    if begin not in {"{", "["}:
        raise _NoRows(Bad(cursor.line, _EXPECTED))
    yield from _holder(cursor) if begin == "{" else _items(cursor)
    if cursor.peek():
        raise _NoRows(Bad(cursor.line, "expected nothing after the end of the list"))


def _holder(cursor: _Cursor) -> Iterator[Raw | Bad]:
    begun, found = cursor.line, False
    for _ in _members(cursor, "{", "}"):
        line, name = cursor.line, cursor.value()
        cursor.take(":")
        if name != ITEMS:
            cursor.value()
        elif found:
            raise _NoRows(Bad(line, f"{ITEMS}: given twice"))
        else:
            found = True
            yield from _items(cursor)
    if not found:
        raise _NoRows(Bad(begun, _EXPECTED))


def _items(cursor: _Cursor) -> Iterator[Raw | Bad]:
    for _ in _members(cursor, "[", "]"):
        yield _row(cursor.line, cursor.value())


def _members(cursor: _Cursor, begin: str, end: str) -> Iterator[None]:
    """Stop at each member between two brackets."""
    cursor.take(begin)
    if cursor.peek() == end:
        cursor.take(end)
        return
    while True:
        cursor.peek()
        yield
        if cursor.take(",", end) == end:
            return
