"""``results.jsonl``: a line for each item, on the disk for good before its outcome is told."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from a2e_async import wire
from a2e_async.batch.rows import Row, row_of
from a2e_async.durable.unkept import Unkept
from a2e_async.errors import JournalError
from a2e_async.files.threads import finish_in_thread
from a2e_async.journal.item import ENDED, Item
from a2e_async.journal.journal import Journal
from a2e_async.tasks.request import Request

_CHUNK = 500


class Results:
    """Writes the lines of one batch; those that come together share a flush."""

    def __init__(
        self,
        path: Path,
        base: Path,
        journal: Journal | Unkept,
        is_done: Callable[[Item], bool],
    ) -> None:
        """Prepare; nothing is opened yet.

        Args:
            path: the file, as a whole path.
            base: the directory, as a whole path, to which the items' file names are relative.
            journal: what knows the items of earlier runs.
            is_done: tells whether nothing is left to be done for an item.
        """
        self._path = path
        self._base = base
        self._journal = journal
        self._is_done = is_done
        self._waiting: list[bytes] = []
        self._written: asyncio.Future[None] | None = None
        self._writer: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Begin the file with the items of earlier runs.

        Raises:
            JournalError: it cannot be written, or belongs to something else.
        """
        kept = isinstance(self._journal, Journal) and (await self._journal.summary()).total
        if not kept:
            # Results without a journal that knows them are the last trace of what was paid for.
            await self._do(self._begin_new)
            return
        assert isinstance(self._journal, Journal)
        temporary = self._path.with_name(f".{self._path.name}.new")
        await self._do(_truncate, temporary)
        lines: list[bytes] = []
        async for item in self._journal.items(states=ENDED):
            if self._is_done(item):
                lines.append(self._line(item, await self._journal.request(item)))
            if len(lines) >= _CHUNK:
                await self._do(_append, temporary, lines)
                lines = []
        await self._do(_append, temporary, lines)
        await self._do(_replace, temporary, self._path)

    async def add(self, item: Item, request: Request[Any]) -> None:
        """Write the line of an item; it is on the disk when this returns.

        Raises:
            JournalError: it cannot be written.
        """
        self._waiting.append(self._line(item, request))
        if self._written is None:
            self._written = asyncio.get_running_loop().create_future()
        written = self._written
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write(), name="a2e_async results")
        await asyncio.shield(written)

    async def aclose(self) -> None:
        """Wait for what is being written."""
        if self._writer is not None:
            await asyncio.wait((self._writer,))

    async def _write(self) -> None:
        while self._written is not None:
            lines, written = self._waiting, self._written
            self._waiting, self._written = [], None
            try:
                await self._do(_append, self._path, lines)
            except JournalError as error:
                written.set_exception(error)
                # Nobody may wait any more.
                written.exception()
            else:
                written.set_result(None)

    def _begin_new(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        if self._path.exists() and self._path.stat().st_size:
            raise FileExistsError(
                "there are results already; give the journal that they belong to, or another path"
            )
        self._path.touch()

    def _line(self, item: Item, request: Request[Any]) -> bytes:
        row: Row = row_of(item, request)
        row["files"] = [self._beside(path) for path in item.files]
        return wire.dumps(row) + b"\n"

    def _beside(self, path: str) -> str:
        whole, here = self._base / path, self._path.parent
        return whole.relative_to(here).as_posix() if whole.is_relative_to(here) else str(whole)

    async def _do(self, function: Callable[..., None], *args: Any) -> None:
        try:
            await finish_in_thread(function, *args)
        except OSError as error:
            words = f"{self._path}: {error.strerror or error}"
            raise JournalError(words, path=self._path) from error


def _truncate(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"")


def _append(path: Path, lines: Iterable[bytes]) -> None:
    with path.open("ab") as file:
        file.writelines(lines)
        file.flush()
        os.fsync(file.fileno())


def _replace(temporary: Path, path: Path) -> None:
    temporary.replace(path)
