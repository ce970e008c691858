"""The directory of a run: its journal, its results, and its page."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path

import attrs
from anyio import from_thread, to_thread

from a2e_async.batch.report import PAGE, write_report
from a2e_async.batch.rows import Row, row_of
from a2e_async.errors import JournalError
from a2e_async.journal.journal import Journal

_AT_ONCE = 200
"""Rows that are handed to the thread that writes the page, in one go."""


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
            JournalError: it cannot be made, or its journal is gone.
        """
        try:
            self.root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            words = f"{self.root}: it cannot be made: {error.strerror or error}"
            raise JournalError(words, path=self.journal) from error
        self.check()

    def check(self) -> None:
        """Make sure that what it has is not without a journal: all would be paid for twice.

        Raises:
            JournalError: it is.
        """
        if self._has_journal():
            return
        others = (self.results, self.files, self.page)
        found = next((it for it in others if it.exists() and not _is_empty(it)), None)
        if found is not None:
            what = "is empty" if self.journal.exists() else "is missing"
            raise JournalError(
                f"journal {self.journal}: it {what}, and {found} is there: what was paid for "
                "already, nobody knows. Bring back a copy of the journal, or choose another "
                "directory",
                path=self.journal,
            )

    def _has_journal(self) -> bool:
        # A file that was opened for the first time, and not written yet, is empty.
        return self.journal.is_file() and not _is_empty(self.journal)

    def check_is_run(self) -> None:
        """Make sure that a run was begun in it.

        Raises:
            JournalError: none was, or its journal is gone.
        """
        self.check()
        if not self._has_journal() and not self.journal.is_dir():
            raise JournalError(
                f"journal {self.journal}: there is no run in {self.root}. Name the directory that "
                "a2e batch run was given with --out",
                path=self.journal,
            )


def _is_empty(path: Path) -> bool:
    return not any(path.iterdir()) if path.is_dir() else path.stat().st_size == 0


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
