"""The part of a download that is on the disk."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeVar, TypeVarTuple, Unpack

import attrs

from a2e_async.files.media import HEAD_BYTES
from a2e_async.files.ranges import Have
from a2e_async.files.threads import finish_in_thread

T = TypeVar("T")
Args = TypeVarTuple("Args")


_SUFFIX = ".part"


class DiskError(Exception):
    """The disk refuses. Its cause is the `OSError`, which a broken connection could be as well."""

    def __init__(self, path: Path, error: OSError) -> None:
        """Keep which path it was."""
        super().__init__(f"{error.filename2 or error.filename or path}: {error.strerror or error}")
        self.error = error


@attrs.define(eq=False)
class Part:
    """A hidden file beside its target.

    Attributes:
        path: the hidden file.
        have: what of the result is in it.
        content_type: Content-Type of the answers it came from, or None.
    """

    path: Path
    have: Have = attrs.field(factory=Have)
    content_type: str | None = None

    @classmethod
    def beside(cls, target: Path) -> Part:
        """Choose a name that nobody else uses; nothing is made yet."""
        return cls(target.with_name(f".{target.name}.{uuid.uuid4().hex[:12]}{_SUFFIX}"))

    async def prepare(self) -> None:
        """Make the file, or find the one that an earlier download left.

        Raises:
            DiskError: it cannot be made.
        """
        await self._do(self._prepare)

    async def rewrite(self, have: Have, content_type: str | None) -> None:
        """Forget what is in the file, and begin anew.

        Raises:
            DiskError: the disk refuses.
        """
        await self._do(self._rewrite, have)
        self.content_type = content_type

    async def append(self, chunks: Sequence[bytes]) -> None:
        """Write at the end.

        Raises:
            DiskError: the disk refuses; it is full, for example.
        """
        if chunks:
            await self._do(self._append, chunks)

    async def head(self) -> bytes:
        """Read the first bytes.

        Raises:
            DiskError: the file went away.
        """
        return await self._do(self._head)

    async def publish(self, final: Path, *, replace: bool = True) -> bool:
        """Give the file its final name, once its bytes are on the disk for good.

        Args:
            final: the name.
            replace: whether a file of that name is replaced.

        Returns:
            Whether it has the name now: False if there is one that is not to be replaced.

        Raises:
            DiskError: the disk refuses; there is a directory of that name, for example.
        """
        return await self._do(self._publish, final, replace)

    async def remove(self) -> None:
        """Remove the file, if it is there."""
        await finish_in_thread(self._remove)

    async def _do(self, function: Callable[[Unpack[Args]], T], *args: *Args) -> T:
        try:
            return await finish_in_thread(function, *args)
        except OSError as error:
            raise DiskError(self.path, error) from error

    # The rest runs in threads. What the file holds is noted there, so that it is true even when
    # the task was cancelled meanwhile.

    def _prepare(self) -> None:
        if self.have.size and self.path.exists() and self.path.stat().st_size == self.have.size:
            return
        self.have = Have()
        self.path.write_bytes(b"")

    def _rewrite(self, have: Have) -> None:
        self.path.write_bytes(b"")
        self.have = have

    def _append(self, chunks: Sequence[bytes]) -> None:
        # Not "ab", which would make a file anew that `aclose` has removed.
        with self.path.open("r+b") as file:
            file.seek(self.have.size)
            file.writelines(chunks)
        self.have = attrs.evolve(self.have, size=self.have.size + sum(map(len, chunks)))

    def _head(self) -> bytes:
        with self.path.open("rb") as file:
            return file.read(HEAD_BYTES)

    def _publish(self, final: Path, replace: bool) -> bool:  # noqa: FBT001  (in a thread)
        with self.path.open("r+b") as file:
            os.fsync(file.fileno())
        if not replace:
            return self._take_name(final)
        self.path.replace(final)
        return True

    def _take_name(self, final: Path) -> bool:
        try:
            final.hardlink_to(self.path)
        except FileExistsError:
            return False
        except OSError:
            # Not every file system has links.
            if final.exists():
                return False
            self.path.replace(final)
        else:
            self.path.unlink()
        return True

    def _remove(self) -> None:
        with suppress(OSError):
            self.path.unlink()


async def make_directory(directory: Path) -> Path:
    """Make a directory if it is missing.

    Args:
        directory: the directory.

    Returns:
        Its one real path, however it was spelt.

    Raises:
        DiskError: it cannot be made, or is a file.
    """

    def make() -> Path:
        directory.mkdir(parents=True, exist_ok=True)
        return directory.resolve()

    try:
        return await finish_in_thread(make)
    except OSError as error:
        raise DiskError(directory, error) from error


async def remove_parts(directory: Path, stem: str) -> None:
    """Remove what a process that was killed has left of the downloads of one stem.

    Args:
        directory: where they were to go. It may be missing.
        stem: the beginning of their names.
    """

    def remove() -> None:
        with suppress(OSError), os.scandir(directory) as found:
            for entry in found:
                if entry.name.startswith(f".{stem}") and entry.name.endswith(_SUFFIX):
                    with suppress(OSError):
                        Path(entry.path).unlink()

    await finish_in_thread(remove)
