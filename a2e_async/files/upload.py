"""Local media to the service's storage (documented as "Make a signed R2 upload URL")."""

from __future__ import annotations

import random
import re
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar, cast

import anyio
import anyio.to_thread
import attrs

from a2e_async import logs
from a2e_async.errors import A2EError, UploadFailed
from a2e_async.files import media, transfer
from a2e_async.files.local import Body, Local, Source, look
from a2e_async.files.locks import Locks
from a2e_async.files.naming import object_key
from a2e_async.files.storage import PRESIGN, Storage
from a2e_async.http.operation import carries_out
from a2e_async.http.retry import Effect
from a2e_async.http.session import TRANSFER_ERRORS, Session
from a2e_async.tasks.media import local_media, media_fields, with_urls

Req = TypeVar("Req")

_log = logs.get("a2e_async.files")

_CONTENT_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+(\s*;[\x20-\x7e]*)?", re.ASCII)

_LIFETIME = 24 * 3600.0
"""Seconds for which an upload is used again. The service keeps it for about 3 days."""
_MOST_REMEMBERED = 10_000
_AT_ONCE = 8


@attrs.frozen
class _Stored:
    url: str
    until: float


class Files(Storage):
    """Upload local media, and use the service's storage. ``a2e.files`` is one."""

    def __init__(self, session: Session) -> None:
        """Prepare; nothing is sent yet.

        Args:
            session: where requests go through.
        """
        super().__init__(session)
        self._stored: dict[tuple[str, str], _Stored] = {}
        self._locks = Locks()
        self._places = anyio.CapacityLimiter(_AT_ONCE)

    @carries_out(PRESIGN)
    async def upload(
        self, source: Source, *, name: str | None = None, content_type: str | None = None
    ) -> str:
        """Store local media with the service (``POST /api/v1/r2/upload-presigned-url``, then PUT).

        The service charges by size. The same content with the same type is stored once in a day.

        Args:
            source: path of a file (a text is a path too), or bytes; not empty.
            name: name that the stored object's address ends with, by default the file's.
            content_type: MIME type, by default the one that the content, then the name shows.

        Returns:
            The public URL. It lives for about 3 days.

        Raises:
            TypeError: an argument of the wrong type.
            ValueError: an empty file, a directory, a URL, or an unusable name or type.
            OSError: the file is missing or cannot be read.
            APIError: the service refuses to take it, or its answer names no address.
            ConnectionFailed: the service was not reached, or its answer was lost.
            UploadFailed: the file could not be sent, or changed meanwhile.
        """
        _check_texts(name, content_type)
        local = await anyio.to_thread.run_sync(look, "source", source, abandon_on_cancel=True)
        return await self._url_of(local, name, content_type)

    async def resolve(self, request: Req) -> Req:
        """Store the local media of a request.

        Args:
            request: the request, of an attrs class whose fields of media are checked as such.

        Returns:
            The request with URLs in place of paths and bytes; the same object if it has none.

        Raises:
            ValueError: local media is empty or no file. All of it is looked at before any is sent,
                and each message names the request's field.
            OSError: a file is missing or cannot be read.
            APIError: the service refuses to take it.
            UploadFailed: a file could not be sent, or changed meanwhile.
        """
        found = dict(_local_media(request))
        if not found:
            return request
        locals_ = await anyio.to_thread.run_sync(_look_at_all, found, abandon_on_cancel=True)
        urls = await self._upload_all(locals_)
        changes = {
            field: with_urls(field, getattr(request, field), urls)
            for field in media_fields(type(request))
        }
        resolved: Req = attrs.evolve(cast("Any", request), **changes)
        return resolved

    async def _upload_all(self, locals_: Sequence[Local]) -> dict[str, str]:
        urls: dict[str, str] = {}

        async def upload_one(local: Local) -> None:
            urls[local.field] = await self._url_of(local, None, None)

        try:
            async with anyio.create_task_group() as group:
                for local in locals_:
                    group.start_soon(upload_one, local)
        except BaseExceptionGroup as failures:
            # The first one cancelled the others, and is the one to know about.
            first = failures.exceptions[0]
            raise first from first.__cause__
        return urls

    async def _url_of(self, local: Local, name: str | None, content_type: str | None) -> str:
        by_name = media.type_of_name(name or local.name)
        kind = content_type or media.decide(local.head, by_name) or media.UNKNOWN
        digest = await anyio.to_thread.run_sync(local.digest, abandon_on_cancel=True)
        async with self._locks.hold((digest, kind)):
            known = self._stored.get((digest, kind))
            if known is not None and known.until > _now():
                return known.url
            url = await self._store(local, _named(name or local.name or "file", kind), kind)
            self._remember((digest, kind), url)
        return url

    def _remember(self, key: tuple[str, str], url: str) -> None:
        now = _now()
        self._stored.pop(key, None)
        self._stored[key] = _Stored(url, now + _LIFETIME)
        # In the order of their age: the first that is good ends the search.
        for old, stored in list(self._stored.items()):
            if stored.until > now and len(self._stored) <= _MOST_REMEMBERED:
                break
            del self._stored[old]

    async def _store(self, local: Local, name: str, kind: str) -> str:
        # The object's address is public: a key that nobody can guess, and that overwrites nothing.
        key = object_key(uuid.uuid4().hex, name)
        body = {"key": key, "contentType": kind, "contentLength": local.size}
        # Signed once there is a place: a signature does not live long.
        async with self._places:
            signed = await self.signed(PRESIGN, body, public=True)
            await self._put(local, signed.upload_url, kind)
        return str(signed.public_url)

    async def _put(self, local: Local, url: str, kind: str) -> None:
        policy = self._session.policy
        attempt = 1
        while (error := await self._attempt(local, url, kind)) is not None:
            delay = policy.delay(error, Effect.READ, attempt, random.random())  # noqa: S311
            if delay is None:
                raise UploadFailed(f"{local.field}: the upload failed: {error}") from error
            words = "PUT %s again in %.1f s: %s"
            about = {"method": "PUT", "attempt": attempt, **logs.failure(error)}
            _log.info(words, transfer.bare(url), delay, error, **about)
            await anyio.sleep(delay)
            attempt += 1

    async def _attempt(self, local: Local, url: str, kind: str) -> A2EError | None:
        # aiohttp limits the time for the answer, but not for a server that stops reading. The limit
        # begins with the first piece, since a request may wait long for a free connection.
        limit = anyio.CancelScope()
        body = Body(local, partial(_allow, limit, self._session.settings.read_timeout))
        headers = {"Content-Type": kind, "Content-Length": str(local.size)}
        try:
            with limit:
                async with self._session.fetch("PUT", url, headers=headers, data=body) as response:
                    if response.status in transfer.SUCCESS:
                        return None
                    return await transfer.refusal(response)
            failed = transfer.failure(TimeoutError("the host stopped reading"))
        except TRANSFER_ERRORS as error:
            failed = transfer.failure(error)
        if body.problem is not None:
            raise body.problem
        return failed


def _allow(limit: anyio.CancelScope, seconds: float, is_last: bool) -> None:  # noqa: FBT001
    limit.deadline = anyio.current_time() + (2 * seconds if is_last else seconds)


def _now() -> float:
    return time.monotonic()


def _check_texts(name: str | None, content_type: str | None) -> None:
    for field, value in (("name", name), ("content_type", content_type)):
        if value is not None and not isinstance(value, str):
            raise TypeError(f"{field}: expected text, got {value!r}")
    if name is not None and not name.strip():
        raise ValueError(f"name: expected a text that is not blank, got {name!r}")
    if content_type is not None and not _CONTENT_TYPE.fullmatch(content_type):
        raise ValueError(
            f"content_type: expected a MIME type such as image/png, got {content_type!r}"
        )


def _named(name: str, kind: str) -> str:
    # Those who fetch the object may go by its extension.
    mime = media.canonical(kind)
    if media.kind_of(mime) is None or media.type_of_name(name) == mime:
        return name
    return name + media.extension_of(mime)


def _local_media(request: object) -> Iterator[tuple[str, Source]]:
    for field in media_fields(type(request)):
        yield from local_media(field, getattr(request, field))


def _look_at_all(found: Mapping[str, Source]) -> list[Local]:
    return [look(field, source) for field, source in found.items()]
