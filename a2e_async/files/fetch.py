"""Fetching one result, over as many connections as it takes."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import TypeAlias

import aiohttp
import anyio
import attrs

from a2e_async import logs
from a2e_async.errors import A2EError, ConnectionFailed, UnexpectedResponse
from a2e_async.files import media, ranges, transfer
from a2e_async.files.disk import Part
from a2e_async.files.ranges import Have, Step, Verdict
from a2e_async.http.retry import Effect
from a2e_async.http.session import TRANSFER_ERRORS, Session

Progress: TypeAlias = Callable[[int, int | None], None]

_log = logs.get("a2e_async.files")

_BATCH = 1024 * 1024
"""Bytes that are gathered for one write: a thread for each chunk would cost more than the write."""
_MOST_ROUNDS = 10
"""How often, in the mean, progress may give each attempt of the policy back."""


@attrs.frozen(kw_only=True, eq=False)
class Fetcher:
    """Fetch one address into one file.

    Attributes:
        session: where requests go through.
        media: what is expected.
        progress: called with the bytes that are here and the whole length, or None.
        stall: seconds without a byte before the connection is given up, or None.
    """

    session: Session
    media: str
    progress: Progress | None = None
    stall: float | None = None

    async def fetch(self, url: str, part: Part) -> A2EError | None:
        """Fetch what is missing.

        Args:
            url: the address.
            part: where it goes, and what is here already.

        Returns:
            None once all of it is here and is media of the expected kind, else the last error.

        Raises:
            DiskError: the disk refuses.
            ConfigurationError: the client is closed.
        """
        policy = self.session.policy
        requests, attempt, best = 0, 1, part.have.size
        while (error := await self._attempt(url, part)) is not None:
            if part.have.size > best:
                attempt, best = 1, part.have.size
            requests += 1
            delay = policy.delay(error, Effect.READ, attempt, random.random())  # noqa: S311
            if delay is None or requests >= _MOST_ROUNDS * policy.attempts:
                return error
            words = "GET %s again in %.1f s: %s"
            about = {"method": "GET", "attempt": attempt, **logs.failure(error)}
            _log.info(words, transfer.bare(url), delay, error, **about)
            await anyio.sleep(delay)
            attempt += 1
        return None

    async def _attempt(self, url: str, part: Part) -> A2EError | None:
        error = None if part.have.complete else await self._request(url, part)
        return error or await self._check(part)

    async def _request(self, url: str, part: Part) -> A2EError | None:
        address = transfer.address(url)
        if address is None:
            return A2EError("expected an http or https address")
        async with AsyncExitStack() as stack:
            response = await self._open(stack, address, part.have)
            if isinstance(response, A2EError):
                return response
            verdict = ranges.judge(part.have, response.status, response.headers)
            return await self._follow(verdict, response, part)

    # What is caught is narrow: the errors of the disk and of the caller's own function are
    # `OSError`s too, and are no reason to ask again.

    async def _open(
        self, stack: AsyncExitStack, address: str, have: Have
    ) -> aiohttp.ClientResponse | A2EError:
        headers = ranges.request_headers(have)
        try:
            return await stack.enter_async_context(
                self.session.fetch("GET", address, headers=headers)
            )
        except TRANSFER_ERRORS as error:
            return transfer.failure(error)

    async def _next(self, response: aiohttp.ClientResponse) -> bytes | A2EError:
        try:
            with anyio.fail_after(self.stall):
                return await response.content.readany()
        except TRANSFER_ERRORS as error:
            return transfer.failure(error)

    async def _follow(
        self, verdict: Verdict, response: aiohttp.ClientResponse, part: Part
    ) -> A2EError | None:
        if verdict.step in (Step.EXPIRED, Step.REFUSED):
            return await transfer.refusal(response)
        if verdict.step is Step.REWRITE:
            await part.rewrite(verdict.have, response.headers.get("Content-Type"))
        else:
            part.have = verdict.have
        if verdict.step is Step.RESTART:
            return ConnectionFailed("the file at this address is another one now", sent=True)
        return None if verdict.step is Step.DONE else await self._receive(response, part)

    async def _receive(self, response: aiohttp.ClientResponse, part: Part) -> A2EError | None:
        batch: list[bytes] = []
        size = 0
        try:
            while (chunk := await self._next(response)) and isinstance(chunk, bytes):
                batch.append(chunk)
                size += len(chunk)
                self._report(part.have.size + size, part.have.total)
                if size >= _BATCH:
                    full, batch, size = batch, [], 0
                    await part.append(full)
        finally:
            await part.append(batch)
        return chunk if isinstance(chunk, A2EError) else _cut(part)

    def _report(self, size: int, total: int | None) -> None:
        if self.progress is not None:
            self.progress(size, total)

    async def _check(self, part: Part) -> A2EError | None:
        head = await part.head()
        found = media.sniff(head)
        reason = media.objection(head, part.content_type)
        if reason is None and (found is None or media.fits(found, self.media)):
            return None
        part.have = Have()
        if reason is None:
            return A2EError(f"the file is {found}, expected {self.media}")
        return UnexpectedResponse(f"the answer holds no {self.media}", status=200, body=reason)


def _cut(part: Part) -> A2EError | None:
    have = part.have
    if have.whole:
        return None
    if have.total is not None and have.size > have.total:
        part.have = Have()
    return ConnectionFailed(f"{have.size} bytes came instead of {have.total}", sent=True)
