"""Results to the disk: whole or not at all, resumed where they broke off."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TypeAlias

import anyio
import attrs

from a2e_async.errors import A2EError, APIError, ConfigurationError, DownloadFailed
from a2e_async.files import media as types
from a2e_async.files import transfer
from a2e_async.files.disk import DiskError, Part, make_directory
from a2e_async.files.fetch import Fetcher, Progress
from a2e_async.files.locks import Locks
from a2e_async.files.naming import safe_name
from a2e_async.files.ranges import EXPIRED, Have
from a2e_async.http.session import Session

Refresh: TypeAlias = Callable[[], Awaitable[Sequence[str]]]

_MOST_LEFT_OVER = 100
"""Unfinished files that are kept at the most, so that a client of many days fills no disk."""


@attrs.define(eq=False)
class _Source:
    """The addresses of one `Downloads.save`, which can be renewed once."""

    urls: list[str]
    refresh: Refresh | None

    async def renew(self) -> bool:
        """Ask for fresh addresses; tell whether there are any."""
        refresh, self.refresh = self.refresh, None
        if refresh is None:
            return False
        fresh = list(await refresh())
        if len(fresh) != len(self.urls):
            return False
        self.urls = fresh
        return True


@attrs.frozen(eq=False)
class _Order:
    """One result to fetch."""

    source: _Source
    number: int
    target: Path
    fetcher: Fetcher

    @property
    def url(self) -> str:
        """Its address as of now."""
        return self.source.urls[self.number]

    def failed(self, reason: object) -> DownloadFailed:
        """Make the error of this result."""
        return DownloadFailed(f"{transfer.bare(self.url)}: {reason}", url=self.url)

    async def renew(self) -> bool:
        """Get a fresh address; tell whether there is one."""
        try:
            return await self.source.renew()
        except A2EError as error:
            raise self.failed(f"expired, and there is no fresh address: {error}") from error


class Downloads:
    """Fetch results. One object serves a whole client."""

    def __init__(self, session: Session, *, at_once: int = 8, stall: float | None = None) -> None:
        """Prepare; nothing is opened yet.

        Args:
            session: where requests go through.
            at_once: results that are fetched at the same time at the most.
            stall: seconds without a byte after which a connection is given up and the rest asked
                for anew; None leaves that to the session's read timeout.
        """
        self._session = session
        self._stall = stall
        self._places = anyio.CapacityLimiter(at_once)
        self._locks = Locks()
        self._parts: dict[Path, Part] = {}
        self._closed = False

    async def save(  # noqa: PLR0913  (all but two are keywords)
        self,
        urls: Sequence[str],
        directory: str | os.PathLike[str],
        *,
        stem: str,
        media: str,
        spare: str | None = None,
        refresh: Refresh | None = None,
        progress: Progress | None = None,
    ) -> list[Path]:
        """Fetch results into a directory, one after the other.

        Args:
            urls: ``http`` or ``https`` addresses.
            directory: where the files go; made if it is missing.
            stem: the files' name without its extension. Several files are numbered from 1. A file
                that is there already is replaced.
            media: what is expected, ``image``, ``video`` or ``audio``; any other word stands for
                all media.
            spare: what is added to a name that a file has already, which is replaced without this.
            refresh: gives fresh addresses of the same results, in the same order. It is called once
                at the most, when an address has expired.
            progress: called with the bytes of the current file that are here, and with its whole
                length or None.

        Returns:
            The files, in the order of the addresses.

        Raises:
            TypeError: ``urls`` is a single text.
            DownloadFailed: a result could not be fetched whole, is no such media, or could not be
                written. ``files`` has those that were fetched before. What came of it is kept
                until `aclose`, so that the next `save` to the same place goes on from there.
            ConfigurationError: the client is closed.
        """
        if isinstance(urls, str):
            raise TypeError(f"urls: expected a list of addresses, got {transfer.bare(urls)!r}")
        source = _Source(list(urls), refresh)
        fetcher = Fetcher(session=self._session, media=media, progress=progress, stall=self._stall)
        files: list[Path] = []
        try:
            for number, url in enumerate(urls):
                suffix = f"-{number + 1}" if len(urls) > 1 else ""
                target = await self._target(url, Path(directory), safe_name(stem, suffix))
                order = _Order(source, number, target, fetcher)
                final = await self._save_one(order, stem, suffix, spare)
                files.append(Path(directory) / final)
        except DownloadFailed as error:
            error.files = tuple(files)
            raise
        return files

    async def aclose(self) -> None:
        """Remove what unfinished downloads left. May be called twice."""
        self._closed = True
        parts, self._parts = list(self._parts.values()), {}
        for part in parts:
            await part.remove()

    async def _target(self, url: str, directory: Path, name: str) -> Path:
        try:
            return await make_directory(directory) / name
        except DiskError as error:
            raise DownloadFailed(str(error), url=url) from error.error

    async def _save_one(self, order: _Order, stem: str, suffix: str, spare: str | None) -> str:
        async with self._locks.hold(order.target):
            part = self._part(order.target)
            try:
                await part.prepare()
                await self._fetch(order, part)
                end = suffix + await _extension(order, part)
                name = safe_name(stem, end)
                if not await part.publish(order.target.with_name(name), replace=spare is None):
                    name = safe_name(stem, f"-{spare}{end}")
                    await part.publish(order.target.with_name(name))
                part.have = Have()
            except DiskError as error:
                part.have = Have()
                raise self._disk_failed(order, error) from error.error
            finally:
                await self._put_away(order.target, part)
            return name

    async def _fetch(self, order: _Order, part: Part) -> None:
        while True:
            async with self._places:
                error = await order.fetcher.fetch(order.url, part)
            if error is None:
                return
            # Without a place, since the caller's function may do anything.
            expired = isinstance(error, APIError) and error.status in EXPIRED
            if not (expired and await order.renew()):
                raise order.failed(error) from error

    def _disk_failed(self, order: _Order, error: DiskError) -> A2EError:
        if self._closed:
            return ConfigurationError("the client was closed during the download")
        return order.failed(error)

    def _part(self, target: Path) -> Part:
        if self._closed:
            raise ConfigurationError(
                "the client is closed; make a new one: async with A2E() as a2e"
            )
        # The newest last: it is the last to be given up.
        part = self._parts.pop(target, None) or Part.beside(target)
        self._parts[target] = part
        return part

    async def _put_away(self, target: Path, part: Part) -> None:
        if self._closed or not part.have.resumable:
            self._parts.pop(target, None)
            await part.remove()
        left = [key for key in self._parts if key not in self._locks]
        for key in left[: max(len(left) - _MOST_LEFT_OVER, 0)]:
            await self._parts.pop(key).remove()


async def _extension(order: _Order, part: Part) -> str:
    hints = types.canonical(part.content_type), types.type_of_url(order.url)
    return types.extension_of(types.decide(await part.head(), *hints, media=order.fetcher.media))
