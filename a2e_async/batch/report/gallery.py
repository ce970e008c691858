"""What a run's files are: their type, size and length, and a thumbnail of each."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Any

import attrs

from a2e_async.batch.report import thumbnails
from a2e_async.batch.report.disk import replace_file
from a2e_async.batch.report.thumbnails import Look
from a2e_async.files.media import HEAD_BYTES, kind_of, sniff, type_of_name

THUMBNAILS = PurePosixPath("files", ".thumbnails")
_INDEX = "index.json"
_VERSION = 1
# Decoding and encoding leave the interpreter's lock, and one slow disk is no reason to wait.
_THREADS = min(4, os.cpu_count() or 1)


@attrs.frozen(kw_only=True)
class Media:
    """A file of the run.

    Attributes:
        media: ``image``, ``video`` or ``audio``; anything else is ``file``.
        size: bytes, or None if the file is missing or outside of the run's directory.
        width: pixels, or None if nobody could tell.
        height: pixels, or None if nobody could tell.
        seconds: how long a video or a sound lasts, or None if nobody could tell.
        thumbnail: where its thumbnail is, relative to the run's directory, or None.
    """

    media: str = "file"
    size: int | None = None
    width: int | None = None
    height: int | None = None
    seconds: float | None = None
    thumbnail: str | None = None


class Gallery:
    """The files of one run's directory."""

    def __init__(self, directory: Path) -> None:
        """Look at what an earlier page left in ``files/.thumbnails``."""
        self._directory = directory
        self._folder = directory / THUMBNAILS
        self._index = _read_index(self._folder / _INDEX)
        self._changed = False

    def describe(self, names: Iterable[str]) -> Mapping[str, Media]:
        """Look at files, and make the thumbnails that are missing.

        Args:
            names: files relative to the directory, with forward slashes.

        Returns:
            What each of them is.
        """
        wanted = dict.fromkeys(names)
        with ThreadPoolExecutor(_THREADS, thread_name_prefix="a2e-thumbnails") as threads:
            described = dict(zip(wanted, threads.map(self._describe, wanted), strict=True))
        if self._changed:
            with suppress(OSError):
                replace_file(self._folder / _INDEX, _index_bytes(self._index))
        return described

    def _describe(self, name: str) -> Media:
        media = kind_of(type_of_name(name)) or "file"
        if not is_inside(name):
            return Media(media=media)
        path = self._directory / name
        # ValueError: no file of this name can be, such as one with a zero byte.
        try:
            stat = path.stat()
            if not path.is_file():
                return Media(media=media)
            if media == "file":
                with path.open("rb") as file:
                    media = kind_of(sniff(file.read(HEAD_BYTES))) or "file"
        except (OSError, ValueError):
            return Media(media=media)
        look = self._look(name, path, media, [stat.st_size, stat.st_mtime_ns])
        return Media(
            media=media,
            size=stat.st_size,
            width=look.width,
            height=look.height,
            seconds=look.seconds,
            thumbnail=(THUMBNAILS / _thumbnail_of(name)).as_posix() if look.drawn else None,
        )

    def _look(self, name: str, path: Path, media: str, mark: list[int]) -> Look:
        target = self._folder / _thumbnail_of(name)
        known = self._index.get(target.name)
        if known is not None and known["mark"] == mark and target.is_file():
            return Look(**known["look"])
        if not thumbnails.can_draw(media):
            return Look()
        look = thumbnails.draw(path, media, target)
        # The others are tried again: the disk may have been full.
        if look.drawn:
            self._index[target.name] = {"mark": mark, "look": attrs.asdict(look)}
            self._changed = True
        return look


def is_inside(name: str) -> bool:
    """Tell whether a name stays in the directory that it is relative to."""
    path = Path(name)
    return not path.is_absolute() and not path.drive and ".." not in path.parts


def _thumbnail_of(name: str) -> str:
    # A hash: short, in no need of quoting, and two names that differ in case are two files.
    digest = hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=10)
    return f"{digest.hexdigest()}.webp"


def _read_index(path: Path) -> dict[str, Any]:
    """Read what is known of the files; nothing where that is missing or damaged."""
    try:
        index = json.loads(path.read_bytes())
        if index["version"] != _VERSION:
            return {}
        for known in index["files"].values():
            Look(**known["look"])
            _ = known["mark"]
        return dict(index["files"])
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return {}


def _index_bytes(index: Mapping[str, Any]) -> bytes:
    return json.dumps({"version": _VERSION, "files": index}).encode()
