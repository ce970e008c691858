"""Local media: looked at, hashed and read in threads, a piece at a time."""

from __future__ import annotations

import hashlib
import os
import reprlib
import stat
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import NoReturn, TypeAlias

import anyio
import anyio.to_thread
import attrs

from a2e_async.errors import UploadFailed
from a2e_async.files.media import HEAD_BYTES

Source: TypeAlias = str | os.PathLike[str] | bytes

PIECE = 256 * 1024
"""Bytes that are read at once. Longer pieces than the connection's buffers gain nothing."""


@attrs.frozen(kw_only=True)
class Local:
    """Media that is here, as it was when it was looked at.

    Attributes:
        field: name of the argument or request field, for messages.
        path: the file, or None.
        data: the bytes, or None.
        size: number of bytes, at least 1.
        changed: the file's time of modification in nanoseconds.
        head: the first bytes.
    """

    field: str
    path: Path | None = None
    data: bytes | None = attrs.field(default=None, repr=False)
    size: int
    changed: int = 0
    head: bytes = attrs.field(repr=False)

    @property
    def name(self) -> str:
        """The file's name; empty for bytes."""
        return self.path.name if self.path else ""

    def digest(self) -> str:
        """Hash the content (blocking).

        Raises:
            UploadFailed: the file changed or went away.
        """
        if self.path is None:
            return hashlib.sha256(self.data or b"").hexdigest()
        try:
            with self.path.open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
                self._check_same(os.fstat(file.fileno()))
        except OSError as error:
            raise self._lost(error) from error
        return found

    def read(self, start: int) -> bytes:
        """Read the next piece (blocking).

        Args:
            start: where it begins, below `size`.

        Raises:
            UploadFailed: the file changed or went away.
        """
        if self.path is None:
            return (self.data or b"")[start : start + PIECE]
        try:
            # Opened for each piece: nothing stays open when the connection breaks off.
            with self.path.open("rb", buffering=0) as file:
                file.seek(start)
                piece = file.read(PIECE)
                self._check_same(os.fstat(file.fileno()))
        except OSError as error:
            raise self._lost(error) from error
        return piece

    def _check_same(self, now: os.stat_result) -> None:
        if now.st_size != self.size:
            raise UploadFailed(
                f"{self.field}: {self.path} changed during the upload: "
                f"it had {self.size} bytes, and has {now.st_size}"
            )
        if now.st_mtime_ns != self.changed:
            raise UploadFailed(f"{self.field}: {self.path} was written to during the upload")

    def _lost(self, error: OSError) -> UploadFailed:
        return UploadFailed(f"{self.field}: {self.path} cannot be read any more: {error.strerror}")


def look(field: str, source: Source) -> Local:
    """Check local media before anything is sent (blocking).

    Args:
        field: name of the argument or request field.
        source: path or bytes.

    Returns:
        What is there.

    Raises:
        TypeError: the source is neither.
        ValueError: it is empty, a directory, a device, or a URL.
        OSError: the file is missing or cannot be read; `FileNotFoundError` and `PermissionError`.
    """
    if isinstance(source, bytes):
        if not source:
            _refuse(ValueError, field, "b''")
        return Local(field=field, data=source, size=len(source), head=source[:HEAD_BYTES])
    try:
        found = os.fspath(source)
    except TypeError:
        _refuse(TypeError, field, reprlib.repr(source))
    if not isinstance(found, str):
        _refuse(TypeError, field, reprlib.repr(source))
    if found.startswith(("http://", "https://")):
        _refuse(ValueError, field, "a URL, which needs no upload")
    if "\0" in found:
        _refuse(ValueError, field, ascii(found))
    return _look_at_file(field, Path(found))


def _look_at_file(field: str, path: Path) -> Local:
    try:
        # Told from its entry first: to open a pipe would wait for somebody who writes.
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            _refuse(
                ValueError, field, f"{'a directory' if stat.S_ISDIR(mode) else 'no file'}: {path}"
            )
        with path.open("rb") as file:
            head, now = file.read(HEAD_BYTES), os.fstat(file.fileno())
    except OSError as error:
        words = f"{field}: expected a file that can be read: {error.strerror}"
        raise type(error)(error.errno, words, str(path)) from error
    if not now.st_size:
        _refuse(ValueError, field, f"an empty file: {path}")
    return Local(field=field, path=path, size=now.st_size, changed=now.st_mtime_ns, head=head)


def _refuse(kind: type[Exception], field: str, got: str) -> NoReturn:
    raise kind(f"{field}: expected the path of a file, or bytes, that are not empty, got {got}")


class Body:
    """The body of one PUT. Each iteration reads the media anew, since aiohttp may send it twice.

    Attributes:
        problem: what went wrong on this side, or None. aiohttp shows it as a broken connection.
    """

    def __init__(self, local: Local, on_piece: Callable[[bool], None]) -> None:
        """Prepare the body.

        Args:
            local: the media.
            on_piece: called when a piece is asked for; True when there is none left.
        """
        self.problem: UploadFailed | None = None
        self._local = local
        self._on_piece = on_piece

    def __aiter__(self) -> AsyncIterator[bytes]:
        """Begin from the start."""
        return _Pieces(self, self._local, self._on_piece)


class _Pieces(AsyncIterator[bytes]):
    def __init__(self, body: Body, local: Local, on_piece: Callable[[bool], None]) -> None:
        self._body, self._local, self._on_piece = body, local, on_piece
        self._sent = 0

    async def __anext__(self) -> bytes:
        left = self._local.size - self._sent
        self._on_piece(left == 0)
        if left == 0:
            raise StopAsyncIteration
        try:
            piece = await self._read()
        except UploadFailed as problem:
            self._body.problem = problem
            raise
        self._sent += len(piece)
        return piece

    async def _read(self) -> bytes:
        if self._local.path is None:
            return self._local.read(self._sent)
        # A cancelled read leaves nothing to be put right.
        return await anyio.to_thread.run_sync(self._local.read, self._sent, abandon_on_cancel=True)
