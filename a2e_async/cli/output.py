"""Results to stdout, everything else to stderr."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, Generic, TypeVar

import attrs
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from a2e_async.cli import messages
from a2e_async.config import TOKEN_VARIABLES

T = TypeVar("T")

_LEAST_SECRET = 8
"""Shorter values of the token variables are no tokens, and would be found in any text."""

_ERROR = "error:"
_GAP = 2
_LEAST_ROOM = 8
"""Places on a terminal: between two columns, and for a column that is cut."""


@attrs.frozen(kw_only=True)
class Column(Generic[T]):
    """A column of a table.

    Attributes:
        title: its heading.
        value: gives the plain value of a row, for other programs.
        shown: gives what people read, if that differs.
        right: whether it is set to the right.
        gives_way: whether it is cut where the terminal is narrow.
    """

    title: str
    value: Callable[[T], Any]
    shown: Callable[[T], str] | None = None
    right: bool = False
    gives_way: bool = False

    def plain(self, row: T) -> str:
        """Write the value for a program."""
        return _text(self.value(row))

    def pretty(self, row: T) -> str:
        """Write the value for a reader."""
        return _text(self.shown(row) if self.shown else self.value(row))

    def width(self, rows: Iterable[T]) -> int:
        """Tell how many places on the terminal the longest value takes."""
        return max(cell_len(text) for text in (self.title, *map(self.pretty, rows)))


def _text(value: Any) -> str:
    return "" if value is None else messages.clean(str(value))


class Output:
    """Where a command's results, messages and errors go.

    Attributes:
        as_json: whether results are JSON lines.
        live: whether stderr is a terminal that can redraw lines.
        messages: the console of stderr.
        hushed: whether warnings are kept back, because the command tells the same at its end.
    """

    def __init__(self, *, as_json: bool = False) -> None:
        """Look at what stdout and stderr are."""
        self.as_json = as_json
        self.hushed = False
        self.messages = Console(stderr=True, markup=False, highlight=False, emoji=False)
        self.live = sys.stderr.isatty() and not self.messages.is_dumb_terminal
        values = (os.environ.get(variable, "").strip() for variable in TOKEN_VARIABLES)
        self._secrets = [value for value in values if len(value) >= _LEAST_SECRET]
        _spell_out_what_cannot_be_written(sys.stdout)

    @property
    def drawn(self) -> bool:
        """Whether results go to somebody who reads them on a terminal."""
        return not self.as_json and sys.stdout.isatty()

    @property
    def width(self) -> int:
        """How many places a line of the results' terminal has."""
        return _console().width

    def result(self, item: Mapping[str, Any], *lines: str) -> None:
        """Write one result to stdout: as one JSON line, or as lines of text."""
        for line in [_dumps(item)] if self.as_json else lines:
            sys.stdout.write(f"{line}\n")

    def table(
        self,
        rows: Sequence[T],
        columns: Sequence[Column[T]],
        as_dict: Callable[[T], Mapping[str, Any]],
    ) -> None:
        """Write rows to stdout: JSON lines, a table on a terminal, else tab-separated lines."""
        table = _drawn(rows, columns) if self.drawn else None
        if table is not None:
            _console().print(table)
            return
        for row in rows:
            self.result(as_dict(row), "\t".join(column.plain(row) for column in columns))

    def pairs(self, item: Mapping[str, Any], lines: Sequence[tuple[str, str]]) -> None:
        """Write one thing to stdout: a JSON line, or its names and values side by side."""
        if not self.drawn:
            self.result(item, *("\t".join((name, messages.clean(value))) for name, value in lines))
            return
        table = Table(box=None, pad_edge=False, show_header=False)
        table.add_column(style="bold", no_wrap=True)
        table.add_column(overflow="fold")
        for name, value in lines:
            table.add_row(Text(name), Text(messages.clean(value)))
        _console().print(table)

    def draw(self, lines: Iterable[Text]) -> None:
        """Write lines to a terminal, none of them cut."""
        console = _console()
        for line in lines:
            console.print(line, soft_wrap=True)

    def hush(self) -> None:
        """Keep warnings back from now on."""
        self.hushed = True

    def flush(self) -> None:
        """Hand all results over now, so that a broken pipe shows here."""
        sys.stdout.flush()

    def say(self, text: str, *, style: str = "", **fields: Any) -> None:
        """Write a message to stderr.

        Args:
            text: the message.
            style: its style on a terminal.
            fields: what stands for it in JSON; left out, the message.
        """
        if self.as_json and (fields or not self.live):
            self._to_stderr(_dumps(fields or {"message": text}))
        elif self.live:
            self.messages.print(Text(self.safe(text), style=style), soft_wrap=True)
        else:
            self._to_stderr(text)

    def error(self, error: BaseException, about: str = "") -> None:
        """Write an error to stderr, on one line; what can be done yet stands in notes below.

        Args:
            error: the error.
            about: what it is about, if it does not say so itself.
        """
        words = messages.words(error)
        told = not about or words.startswith(f"{about}: ")
        text = messages.clean(self.safe(words if told else f"{about}: {words}"))
        self.fail(text, messages.as_json(error, text))
        for note in () if self.as_json else getattr(error, "__notes__", ()):
            self.say(f"note: {note}")

    def fail(self, text: str, details: Mapping[str, Any]) -> None:
        """Write the one line of an error to stderr.

        Args:
            text: the line.
            details: what stands for it in JSON.
        """
        if self.as_json:
            self._to_stderr(_dumps({"error": details}))
        elif self.live:
            # Lines end between words, and a path that is longer than a line stays whole.
            first, *more = packed([_ERROR, *text.split()], " ", self.messages.width)
            head = Text.assemble((_ERROR, "bold red"), first.removeprefix(_ERROR))
            for line in (head, *map(Text, more)):
                self.messages.print(line, soft_wrap=True)
        else:
            self._to_stderr(f"{_ERROR} {text}")

    def safe(self, text: str) -> str:
        """Take tokens out of a text."""
        return messages.without(self._secrets, text)

    def _to_stderr(self, text: str) -> None:
        # Nobody reads it any more: no reason to give up what is being paid for.
        with suppress(OSError):
            sys.stderr.write(f"{self.safe(text)}\n")
            sys.stderr.flush()


def _console() -> Console:
    return Console(markup=False, highlight=False, emoji=False)


def _drawn(rows: Sequence[T], columns: Sequence[Column[T]]) -> Table | None:
    """Draw rows, or give None where the terminal is too narrow for what people copy from it."""
    fixed = [column.width(rows) for column in columns if not column.gives_way]
    room = _console().width - sum(fixed) - _GAP * (len(columns) - 1)
    if not rows or room < (_LEAST_ROOM if len(fixed) < len(columns) else 0):
        return None
    table = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="bold")
    for column in columns:
        table.add_column(
            column.title,
            justify="right" if column.right else "left",
            no_wrap=True,
            overflow="ellipsis",
            max_width=room if column.gives_way else None,
        )
    for row in rows:
        table.add_row(*(Text(column.pretty(row)) for column in columns))
    return table


def _dumps(value: Mapping[str, Any]) -> str:
    return json.dumps(value, default=_for_json)


def _for_json(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _spell_out_what_cannot_be_written(stream: Any) -> None:
    if isinstance(stream, io.TextIOWrapper):
        is_utf8 = stream.encoding.lower().replace("-", "") == "utf8"
        with suppress(BrokenPipeError):  # It flushes; what comes after tells of it.
            stream.reconfigure(errors="surrogateescape" if is_utf8 else "backslashreplace")


def count(number: int, noun: str) -> str:
    """Write a number with its noun."""
    return f"{messages.number(number)} {noun}{'' if number == 1 else 's'}"


def joined(values: Iterable[Any]) -> str:
    """Put values side by side."""
    return " ".join(str(value) for value in values)


def packed(texts: Sequence[str], separator: str, width: int) -> list[str]:
    """Put texts side by side, on as few lines of so many places as there must be."""
    lines: list[str] = []
    for text in texts:
        joined = f"{lines[-1]}{separator}{text}" if lines else text
        if lines and cell_len(joined) <= width:
            lines[-1] = joined
        else:
            lines.append(text)
    return lines
