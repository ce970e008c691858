"""Replies put on the wire, and what a fault does to them there."""

from __future__ import annotations

import asyncio
from email.utils import formatdate
from typing import TYPE_CHECKING

from aiohttp import web

from a2e_async.sandbox.faults import Effect
from a2e_async.sandbox.replies import Refusal, Reply, failure, page

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from a2e_async.sandbox.faults import Fault

DROPPED = 0
"""Status that the log shows for a request that got no answer."""

_PAGES = {
    502: "502 Bad Gateway",
    503: "503 Service Temporarily Unavailable",
    504: "504 Gateway Timeout",
}
_PHRASES = {429: "Too many requests", 500: "Internal server error"}


async def respond(
    request: web.BaseRequest,
    fault: Fault | None,
    work: Callable[[], Awaitable[Reply]],
    date: float,
) -> tuple[web.StreamResponse, int]:
    """Do the work of a request and answer it, as the fault wants it.

    Args:
        request: The request.
        fault: What was drawn for it.
        work: Carries the request out.
        date: POSIX time of the answer.

    Returns:
        The response and the status for the log, `DROPPED` when there was no answer.
    """
    if fault is None:
        return await send(request, await work(), date)
    if fault.effect is Effect.SLOW:
        await asyncio.sleep(fault.seconds)
    done = await work() if fault.carried_out else Reply(200, b"")
    if fault.effect in (Effect.LOST_REQUEST, Effect.LOST_ANSWER):
        return drop(request)
    if fault.effect is Effect.CUT:
        return await cut(request, done, fault.fraction)
    return await send(request, _replaced(fault, date) or done, date)


async def send(
    request: web.BaseRequest, reply: Reply, date: float
) -> tuple[web.StreamResponse, int]:
    """Answer a request, piece by piece where the reply has parts."""
    if not reply.parts:
        return response(reply, date)
    answer = await _opened(request, reply, date)
    await _write(answer, reply.parts)
    return answer, reply.status


def response(reply: Reply, date: float) -> tuple[web.StreamResponse, int]:
    """Turn a reply into a response."""
    answer = web.Response(
        body=reply.body,
        status=reply.status,
        headers={
            "Date": formatdate(date, usegmt=True),
            **reply.headers,
            "Content-Type": reply.content_type,
        },
    )
    return answer, reply.status


def drop(request: web.BaseRequest) -> tuple[web.StreamResponse, int]:
    """Close the connection without an answer."""
    transport = request.transport
    if transport is not None:  # None when the caller has left first
        transport.close()
    return web.Response(), DROPPED


async def cut(
    request: web.BaseRequest, reply: Reply, fraction: float
) -> tuple[web.StreamResponse, int]:
    """Promise the whole body, send a share of it, and close the connection."""
    if reply.parts:
        stream = await _opened(request, reply, None)
        await _write(stream, reply.parts[: int(len(reply.parts) * fraction)])
        drop(request)
        return stream, reply.status
    answer = web.StreamResponse(status=reply.status, headers=dict(reply.headers))
    answer.content_type = reply.content_type
    answer.content_length = len(reply.body)
    await answer.prepare(request)
    await answer.write(reply.body[: int(len(reply.body) * fraction)])
    drop(request)
    return answer, reply.status


async def read(request: web.BaseRequest, limit: int) -> bytes:
    """Read a body of at most `limit` bytes.

    Raises:
        Refusal: The body is larger.
    """
    parts = bytearray()
    async for part in request.content.iter_chunked(1 << 16):
        parts += part
        if len(parts) > limit:
            raise Refusal("EntityTooLarge", status=413)
    return bytes(parts)


async def _opened(request: web.BaseRequest, reply: Reply, date: float | None) -> web.StreamResponse:
    dated = {} if date is None else {"Date": formatdate(date, usegmt=True)}
    answer = web.StreamResponse(status=reply.status, headers={**dated, **reply.headers})
    answer.content_type = reply.content_type
    await answer.prepare(request)
    return answer


async def _write(answer: web.StreamResponse, parts: tuple[bytes, ...]) -> None:
    for part in parts:
        try:
            await answer.write(part)
        except ConnectionError:  # the caller has left first
            return
        await asyncio.sleep(0)  # let the part leave alone


def _replaced(fault: Fault, date: float) -> Reply | None:
    """Return the answer that the fault puts in place of the right one."""
    match fault.effect:
        case Effect.STATUS:
            return _error(fault, date)
        case Effect.HTML:
            return page(200, "A2E")
        case Effect.EMPTY:
            return Reply(200, b"")
        case Effect.REFUSED:
            return failure(fault.http_status, fault.code, fault.message, "")
        case _:
            return None


def _error(fault: Fault, date: float) -> Reply:
    status = fault.http_status
    headers = _retry_after(fault, date)
    if status in _PAGES:
        return page(status, _PAGES[status], headers)
    made = failure(status, status, _PHRASES.get(status, "Error"), "")
    return Reply(status, made.body, headers=headers)


def _retry_after(fault: Fault, date: float) -> dict[str, str]:
    if fault.retry_after is None:
        return {}
    if fault.http_date:
        return {"Retry-After": formatdate(date + fault.retry_after, usegmt=True)}
    return {"Retry-After": str(fault.retry_after)}
