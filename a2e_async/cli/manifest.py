"""Manifests: files of rows that stand for requests, all checked before any of them is used."""

from __future__ import annotations

import io
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import suppress
from enum import StrEnum
from functools import cache
from itertools import islice
from pathlib import Path
from tempfile import SpooledTemporaryFile
from types import TracebackType
from typing import Any, BinaryIO, Self

import attrs

from a2e_async import A2E, Request
from a2e_async.cli import entry, jsons, products, sheet
from a2e_async.cli.entry import OWN, SPEECH, Bad, BadRows, Raw
from a2e_async.cli.fields import ReadMedia
from a2e_async.files.threads import finish_in_thread
from a2e_async.tasks import manual

STDIN = "-"


class Format(StrEnum):
    """What a manifest can be."""

    CSV = "csv"
    JSONL = "jsonl"
    JSON = "json"


_SUFFIXES = {
    ".csv": Format.CSV,
    ".tsv": Format.CSV,
    ".jsonl": Format.JSONL,
    ".ndjson": Format.JSONL,
    ".json": Format.JSON,
}

_BOOKS = {".xlsx", ".xls", ".xlsm", ".ods", ".numbers"}

MOST_ERRORS = 20
"""So many errors are told, and the others are counted."""

_EMPTY = "Empty cells are left out; two quotes in a cell (in the file: six) are an empty text"

_IN_MEMORY = 16 * 2**20
_AT_ONCE = 64
"""Rows that are read in one go while a batch runs."""

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


@attrs.frozen
class Entry:
    """A row that was read.

    Attributes:
        line: the line in which it begins.
        key: its key, or None.
        request: the request that it stands for.
    """

    line: int
    key: str | None
    request: Request[Any]


class Manifest:
    """A file of rows, as it was when it was opened: later changes of the file count no more.

    Iterated, it gives the requests of the rows, or pairs of key and request, as a batch takes them.

    Attributes:
        source: its name, for messages.
        kinds: how many rows there are of each product, once it is checked.
    """

    def __init__(self, source: str | Path, *, format: Format | None, kind: str | None) -> None:
        """Take a copy of a file, and make sure that it is text.

        Args:
            source: its path, or ``-`` for stdin.
            format: what it is; left out, what the name ends in.
            kind: the product of rows that name none.

        Raises:
            ValueError: it is no text in UTF-8, or of no known format, or the product is not known.
            OSError: it cannot be read.
        """
        is_stdin = str(source) == STDIN
        self.source = "stdin" if is_stdin else str(source)
        self.kinds: Counter[str] = Counter()
        self._kind = None if kind is None else products.check_kind(kind, field="--kind")
        self._has_listed = False
        self._suffix = "" if is_stdin else Path(source).suffix.lower()
        self._format = format or self._format_of_name()
        # The same wherever the command runs, so that a journal knows them again.
        self._directory = (Path() if is_stdin else Path(source).parent).resolve()
        self._copy = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115  (closed by `close`)
        try:
            if is_stdin:
                self._take(sys.stdin.buffer)
            else:
                with Path(source).open("rb") as file:
                    self._take(file)
        except BaseException:
            self.close()
            raise

    def _format_of_name(self) -> Format:
        found = _SUFFIXES.get(self._suffix)
        if self._suffix in _BOOKS:
            raise ValueError(
                f"{self.source}: expected text, got the workbook of a spreadsheet program: save it "
                "as CSV (UTF-8)"
            )
        if found is None:
            raise ValueError(
                f"{self.source}: expected a name that ends in {', '.join(_SUFFIXES)}; else add "
                f"--format csv, jsonl or json"
            )
        return found

    def _take(self, file: BinaryIO) -> None:
        for number, line in enumerate(file, 1):
            if number == 1 and line.startswith(_UTF_16):
                raise ValueError(f"{self.source}: expected text in UTF-8, got UTF-16")
            try:
                line.decode()
            except UnicodeDecodeError as error:
                raise ValueError(
                    f"{self.source}:{number}: expected text in UTF-8, got the byte "
                    f"0x{line[error.start]:02x} after {error.start} others of the line"
                ) from None
            self._copy.write(line)

    def __enter__(self) -> Self:
        """Give it."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Forget the copy."""
        self.close()

    def close(self) -> None:
        """Forget the copy."""
        self._copy.close()

    def __len__(self) -> int:
        """Tell how many rows there are, once it is checked."""
        return self.kinds.total()

    def check(self, each: Callable[[Entry], None] | None = None) -> None:
        """Check all rows.

        Args:
            each: called with each row, as long as all are good.

        Raises:
            BadRows: some rows cannot be started, or there is none.
        """
        places: dict[str, str] = {}
        errors: list[ValueError] = []
        more = 0
        self.kinds.clear()
        self._has_listed = False
        for number, found in enumerate(self._entries(look=True)):
            bad = found if isinstance(found, Bad) else self._twice(number, found, places)
            if bad is not None:
                more += len(errors) == MOST_ERRORS
                if len(errors) < MOST_ERRORS:
                    errors.append(ValueError(f"{self.source}:{bad.line}: {bad.error}"))
            elif isinstance(found, Entry):
                self.kinds[found.request.product.kind] += 1
                if each is not None and not errors:
                    each(found)
        if not (self.kinds or errors):
            errors.append(ValueError(f"{self.source}: no rows in it"))
        if errors:
            raise BadRows(errors, more)

    async def __aiter__(self) -> AsyncIterator[Request[Any] | tuple[str, Request[Any]]]:
        """Go through the requests, the loop never held up by the reading."""
        # Whoever checked them has looked for the files; one that is gone by now stops no other row.
        entries = self._entries(look=False)
        while some := await finish_in_thread(lambda: list(islice(entries, _AT_ONCE))):
            for found in some:
                assert isinstance(found, Entry)
                yield found.request if found.key is None else (found.key, found.request)

    def _entries(self, *, look: bool) -> Iterator[Entry | Bad]:
        media = entry.media_in(self._directory, look=look)
        for number, row in enumerate(self._rows()):
            if isinstance(row, Bad):
                yield row
                continue
            try:
                yield self._entry(row, media)
            except (ValueError, TypeError) as error:
                key = row.fields.get("key")
                yield Bad(row.line, f"{self._label(number, key)}{entry.worded(error)}")

    def _label(self, number: int, key: object) -> str:
        """Say which row it is, where several may stand on one line."""
        if self._format is not Format.JSON:
            return ""
        return f"#{number}: " if key is None else f"#{number} (key {key!r:.80}): "

    def _twice(self, number: int, found: Entry, places: dict[str, str]) -> Bad | None:
        """Note the place of a row's key, or say that another row has it."""
        if found.key is None:
            return None
        place = f"by #{number}" if self._format is Format.JSON else f"in line {found.line}"
        first = places.setdefault(found.key, place)
        if first is place:
            return None
        label = self._label(number, None)
        return Bad(found.line, f"{label}key: {found.key!r} is given twice, first {first}")

    def _entry(self, row: Raw, media: ReadMedia) -> Entry:
        kind = self._kind_of(row)
        if entry.speaks(kind, row.fields):
            raise ValueError(
                "text: a batch does not make speech, and needs audio_src, the URL or the file of "
                "one (a2e demo FILE speaks texts)"
            )
        given = entry.read_fields(row, kind, media)
        if not row.is_typed:
            _check_complete(kind, given)
        return Entry(row.line, entry.key_of(row), entry.request_of(kind, given))

    def _kind_of(self, row: Raw) -> str:
        if self._kind is None and row.fields.get("kind") in (None, ""):
            raise ValueError(
                "kind: expected the name of a product, got none; --kind KIND is that of all rows "
                "that name none"
            )
        try:
            return entry.kind_of(row, self._kind, lists=not self._has_listed)
        except ValueError:
            self._has_listed = True
            raise

    def _rows(self) -> Iterator[Raw | Bad]:
        self._copy.seek(0)
        # Line ends within the cells of a sheet are part of them.
        newline = "" if self._format is Format.CSV else None
        text = io.TextIOWrapper(self._copy, "utf-8-sig", newline=newline)
        try:
            if self._format is Format.CSV:
                delimiter = "\t" if self._suffix == ".tsv" else None
                yield from sheet.read(text, self._rules(), delimiter=delimiter)
            elif self._format is Format.JSONL:
                yield from jsons.read_lines(text)
            else:
                yield from jsons.read_list(text.read())
        finally:
            with suppress(ValueError):  # It was closed meanwhile.
                text.detach()

    def _rules(self) -> sheet.Rules:
        return sheet.Rules(
            wrong_name=_wrong_name,
            needs="kind" if self._kind is None else None,
            without_it="expected a column of this name, or the option --kind",
        )


def _wrong_name(name: str) -> str | None:
    """Say what is wrong with the name of a column."""
    known = _all_names()
    if name in known:
        return None
    return f"{name}: no product has such a field{manual.meant(name, sorted(known))}"


@cache
def _all_names() -> frozenset[str]:
    own = (entry.names_of(kind) for kind in A2E.kinds())
    return frozenset().union(OWN, SPEECH, *own)


def _check_complete(kind: str, given: Mapping[str, Any]) -> None:
    try:
        products.check_complete(kind, given)
    except ValueError as error:
        raise ValueError(f"{error}. {_EMPTY}") from None
