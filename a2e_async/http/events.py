"""Server-sent events out of bytes, by the rules of the WHATWG. Pure."""

from __future__ import annotations

import re

import attrs

_LINE_END = re.compile(rb"\r\n|\r|\n")
_BOM = b"\xef\xbb\xbf"


@attrs.frozen
class Event:
    """One event.

    Attributes:
        type: its ``event`` field, ``message`` where it has none.
        data: its ``data`` lines.
        id: the last ``id`` that was told, with this event or before it.
    """

    type: str
    data: str
    id: str = ""


class EventParser:
    """Reads a stream that comes in pieces, cut anywhere.

    An event is whole with the blank line after it: one that the stream's end cuts off is none.
    """

    def __init__(self) -> None:
        """Begin a stream."""
        self._line: list[bytes] = []
        self._begun = False
        self._ends_in_cr = False
        self._type = ""
        self._data: list[str] = []
        self._id = ""

    def feed(self, piece: bytes) -> list[Event]:
        """Read the next piece.

        Args:
            piece: bytes as they came.

        Returns:
            The events that are whole with it.
        """
        read = (self._read(line) for line in self._lines(piece))
        return [event for event in read if event is not None]

    def _lines(self, piece: bytes) -> list[bytes]:
        if not piece:
            return []
        # CR LF may be cut in two: the line has ended with the CR.
        rest = piece.removeprefix(b"\n") if self._ends_in_cr else piece
        self._ends_in_cr = piece.endswith(b"\r")
        first, *more = _LINE_END.split(rest)
        self._line.append(first)
        lines = []
        for begun in more:
            lines.append(b"".join(self._line))
            self._line = [begun]
        return lines

    def _read(self, line: bytes) -> Event | None:
        if not self._begun:
            self._begun = True
            line = line.removeprefix(_BOM)
        if not line:
            return self._whole()
        # Line ends are no part of any other character, so that a line can be decoded as a whole.
        name, _, value = line.decode("utf-8", "replace").partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            self._data.append(value)
        elif name == "event":
            self._type = value
        elif name == "id" and "\0" not in value:
            self._id = value
        return None

    def _whole(self) -> Event | None:
        type_, data = self._type, self._data
        self._type, self._data = "", []
        return Event(type_ or "message", "\n".join(data), self._id) if data else None
