"""Reading a sheet: CSV, whose first row names the columns. Pure."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import TypeAlias

import attrs

from a2e_async.cli.entry import Bad, Raw

WrongName: TypeAlias = Callable[[str], str | None]
"""Says what is wrong with the name of a column, or gives None."""

_DELIMITERS = (",", ";", "\t")


@attrs.frozen
class _Columns:
    """The columns that have good names.

    Attributes:
        names: by their places from 0.
        count: how many columns there are, in all.
    """

    names: dict[int, str]
    count: int

    def row(self, line: int, cells: Sequence[str]) -> Raw | Bad:
        if len(cells) < self.count or any(cell.strip() for cell in cells[self.count :]):
            return Bad(
                line,
                f"expected {self.count} cells, as many as the first row has, got {len(cells)}: a "
                "cell with commas, quotes or line breaks stands in quotes",
            )
        given = {name: cells[place] for place, name in self.names.items()}
        return Raw(line, {k: text for k, text in given.items() if text.strip()}, is_typed=False)


@attrs.frozen(kw_only=True)
class Rules:
    """What the columns of a sheet may be.

    Attributes:
        wrong_name: judges the name of one.
        needs: the name of one that has to be there, or None.
        without_it: what to say where it is not.
    """

    wrong_name: WrongName
    needs: str | None = None
    without_it: str = ""


def read(
    lines: Iterable[str], rules: Rules, *, delimiter: str | None = None
) -> Iterator[Raw | Bad]:
    """Read a sheet.

    Args:
        lines: its lines, with their ends as they are.
        rules: judge its columns.
        delimiter: what stands between cells; left out, the first of comma, semicolon and tab with
            which all columns have good names, else the comma.

    Yields:
        Its rows, each with the line that it begins in; empty cells are left out, and so are empty
        rows. What is wrong with the first row comes first, and bad columns are in no row.
    """
    remaining, begin = iter(lines), [""]
    for line in remaining:
        begin.append(line)
        if line.strip():
            break
    chosen = delimiter or _delimiter_of(begin[-1], rules)
    yield from _rows(chain(begin[1:], remaining), rules, chosen)


def _delimiter_of(head: str, rules: Rules) -> str:
    def fits(delimiter: str) -> bool:
        try:
            names = next(csv.reader([head], delimiter=delimiter, strict=True), [])
        except csv.Error:
            return False
        return len(names) > 1 and not any(rules.wrong_name(name.strip()) for name in names)

    return next((it for it in _DELIMITERS if fits(it)), _DELIMITERS[0])


def _rows(lines: Iterable[str], rules: Rules, delimiter: str) -> Iterator[Raw | Bad]:
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    columns: _Columns | None = None
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            yield Bad(line, f"expected a row of CSV: {error}")
            continue
        if cells is None:
            return
        if not any(cell.strip() for cell in cells):
            continue
        if columns is None:
            columns, errors = _head(cells, rules)
            if not columns.names:
                yield Bad(line, f"{errors[0]}. The first row has to name the columns")
                return
            yield from (Bad(line, error) for error in errors)
            if rules.needs is not None and rules.needs not in columns.names.values():
                yield Bad(line, f"{rules.needs}: {rules.without_it}")
                return
        else:
            yield columns.row(line, cells)


def _head(cells: Sequence[str], rules: Rules) -> tuple[_Columns, list[str]]:
    """Read the first row; what has no name on the right does not count."""
    names = [cell.strip() for cell in cells]
    while not names[-1]:
        names.pop()
    good: dict[int, str] = {}
    errors: list[str] = []
    for place, name in enumerate(names):
        wrong = _wrong(place, name, [*good.values()], rules.wrong_name)
        if wrong is None:
            good[place] = name
        else:
            errors.append(wrong)
    return _Columns(good, len(names)), errors


def _wrong(place: int, name: str, before: Sequence[str], wrong_name: WrongName) -> str | None:
    if not name:
        return f"column {place + 1}: it has no name"
    if name in before:
        return f"{name}: two columns have this name"
    return wrong_name(name)
