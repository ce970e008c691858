"""The directory of a run: its journal, its results, and its page."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path

import attrs
from anyio import from_thread, to_thread

from a2e_async.batch.report import PAGE, write_report
from a2e_async.batch.rows import Row, row_of
from a2e_async.cli.entry import BadRows
from a2e_async.cli.manifest import MOST_ERRORS, Entry
from a2e_async.errors import JournalError
from a2e_async.journal import requests
from a2e_async.journal.journal import Journal

_AT_ONCE = 200
"""Rows that are handed to the thread that writes the page, in one go."""

SERVICE = "service"
"""Where the run's tasks are, in the notes of the journal."""


@attrs.frozen
class Folder:
    """The directory of a run.

    Attributes:
        root: its path.
    """

    root: Path

    def whole(self) -> Folder:
        """Give it with its whole path."""
        return Folder(self.root.absolute())

    @property
    def journal(self) -> Path:
        """What knows all."""
        return self.root / "journal.db"

    @property
    def results(self) -> Path:
        """A line for each item."""
        return self.root / "results.jsonl"

    @property
    def files(self) -> Path:
        """Where the results go."""
        return self.root / "files"

    @property
    def page(self) -> Path:
        """The page of the run."""
        return self.root / PAGE

    def make(self) -> None:
        """Make it, unless it is there.

        Raises:
            JournalError: it cannot be made.
            ValueError: it is another directory.
        """
        try:
            self.root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            words = f"{self.root}: it cannot be made: {error.strerror or error}"
            raise JournalError(words, path=self.journal) from error
        if self.journal.exists():
            return
        foreign = next((it for it in (self.results, self.files, self.page) if it.exists()), None)
        if foreign is not None:
            raise ValueError(
                f"--out: {foreign} is there, and no {self.journal.name} that it belongs to: choose "
                "another directory"
            )


@attrs.frozen
class Known:
    """A row, as a journal may know it.

    Attributes:
        line: where it stands in the manifest.
        key: its key, or None.
        fingerprint: of its request.
    """

    line: int
    key: str | None
    fingerprint: str

    @classmethod
    def of(cls, entry: Entry) -> Known:
        """Describe a row."""
        return cls(entry.line, entry.key, requests.dump(entry.request).fingerprint)


@attrs.define
class Register:
    """What a journal knows, to compare a manifest with.

    Attributes:
        by_key: fingerprints of the items that have a key.
        by_place: fingerprints of those that have none, by their places.
        keyed: places of items that have a key.
    """

    by_key: dict[str, str] = attrs.field(factory=dict)
    by_place: dict[int, str] = attrs.field(factory=dict)
    keyed: set[int] = attrs.field(factory=set)

    def add(self, place: int, key: str | None, fingerprint: str) -> None:
        """Take in an item."""
        if key is None:
            self.by_place[place] = fingerprint
        else:
            self.by_key[key] = fingerprint
            self.keyed.add(place)

    @property
    def count(self) -> int:
        """How many items it has."""
        return len(self.by_key) + len(self.by_place)

    def of(self, place: int, row: Known) -> str | None:
        """Give the fingerprint of the item that is a row's, None if there is none."""
        return self.by_place.get(place) if row.key is None else self.by_key.get(row.key)

    def wrong(self, place: int, row: Known) -> str | None:
        """Say why a row cannot go on with the journal; None if it can."""
        what = f"row {place + 1} without a key" if row.key is None else f"key {row.key!r}"
        known = self.of(place, row)
        if known is not None and known != row.fingerprint:
            return f"{what}: the journal has another request for it"
        if row.key is None and known is None and place in self.keyed:
            return f"{what}: the journal has one with a key in its place"
        if row.key is not None and known is None and place in self.by_place:
            return f"{what}: the journal has one without a key in its place"
        return None


def check_rows(rows: Sequence[Known], register: Register, folder: Folder, source: str) -> None:
    """Raise unless a manifest is the one that a journal has begun with, or more of it.

    Args:
        rows: the rows of the manifest.
        register: what the journal knows.
        folder: where the journal is.
        source: the manifest's name.

    Raises:
        BadRows: some rows are others now.
        ValueError: the journal is another manifest's.
    """
    if not register.count:
        return
    wrong = [(row, register.wrong(place, row)) for place, row in enumerate(rows)]
    same = sum(register.of(at, row) == row.fingerprint for at, row in enumerate(rows))
    if not same:
        raise ValueError(
            f"{folder.root}: it has the run of another manifest: nothing of {source} is in its "
            f"{folder.journal.name}. Choose another directory"
        )
    errors = [
        ValueError(
            f"{source}:{row.line}: {words}. Rows may be added at the end, or anywhere where all "
            f"have keys; for other changes choose another directory than {folder.root}"
        )
        for row, words in wrong
        if words is not None
    ]
    if errors:
        raise BadRows(errors[:MOST_ERRORS], len(errors[MOST_ERRORS:]))


async def prepare(
    folder: Folder, service: str, *, rows: Sequence[Known] | None = None, source: str = ""
) -> None:
    """Make sure that a run can go on in a directory, before anything is started.

    Args:
        folder: the directory.
        service: where the tasks are started.
        rows: the rows of the manifest, or None where the journal has them.
        source: the manifest's name.

    Raises:
        JournalError: the journal cannot be used.
        ValueError: it belongs to another manifest, or to another service.
    """
    journal = await Journal.open(folder.journal, create=rows is not None)
    try:
        known = (await journal.meta()).get(SERVICE)
        if known is not None and known != service:
            raise ValueError(
                f"{folder.root}: its tasks are those of {known}, not of {service}. Choose another "
                "directory"
            )
        if rows is not None:
            check_rows(rows, await _register(journal), folder, source)
        await journal.note(SERVICE, service)
    finally:
        await journal.aclose()


async def _register(journal: Journal) -> Register:
    register = Register()
    async for item in journal.items():
        register.add(item.index, item.key, item.fingerprint)
    return register


async def write_page(folder: Folder) -> Path:
    """Write the page of a run, from what its journal knows.

    Args:
        folder: the run's directory.

    Returns:
        The path of the page.

    Raises:
        JournalError: the journal cannot be read.
        OSError: the page cannot be written.
    """
    journal = await Journal.read(folder.journal)
    try:
        async with aclosing(_chunks(journal)) as chunks:

            async def more() -> list[Row]:
                return await anext(chunks, [])

            def rows() -> Iterator[Row]:
                while some := from_thread.run(more):
                    yield from some

            return await to_thread.run_sync(_write, folder.root, rows())
    finally:
        await journal.aclose()


def _write(root: Path, rows: Iterator[Row]) -> Path:
    return write_report(root, rows, title=root.resolve().name, now=datetime.now(UTC))


async def _chunks(journal: Journal) -> AsyncGenerator[list[Row], None]:
    some: list[Row] = []
    async for item in journal.items():
        some.append(row_of(item, await journal.request(item)))
        if len(some) == _AT_ONCE:
            yield some
            some = []
    if some:
        yield some
