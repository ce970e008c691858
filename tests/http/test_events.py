"""Answers that come event by event."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from a2e_async import (
    A2EError,
    APIError,
    ConfigurationError,
    ConnectionFailed,
    ContentRejected,
    InsufficientCoins,
    InvalidRequest,
    UnexpectedResponse,
)
from a2e_async.config import Settings
from a2e_async.http.call import Call
from a2e_async.http.envelope import Envelope
from a2e_async.http.events import Event
from a2e_async.http.retry import Effect
from a2e_async.http.session import Session
from tests.conftest import QUICK_RETRY, TOKEN
from tests.http.test_secrets import everything_shown
from tests.support.scripted import DROP, Reply, Scripted, html, ok, says

CALL = Call("POST", "/api/v1/x", json={"stream": True})
SSE = {"Content-Type": "text/event-stream; charset=utf-8"}


def stream(body: bytes, status: int = 200) -> Reply:
    return Reply(body, status, SSE)


@asynccontextmanager
async def opened(base_url: str, **options: Any) -> AsyncIterator[Session]:
    settings = Settings(token=TOKEN, base_url=base_url, **options)
    session = Session(settings, policy=QUICK_RETRY)
    try:
        yield session
    finally:
        await session.aclose()


async def heard(session: Session, effect: Effect = Effect.READ) -> list[Event | Envelope]:
    async with aclosing(session.events(CALL, effect=effect)) as events:
        return [event async for event in events]


class Dripping:
    """A server that sends a stream in pieces, and notes when the connection is gone."""

    def __init__(self, *pieces: bytes, stalls: bool = False, breaks: bool = False) -> None:
        self.pieces = pieces
        self.stalls = stalls
        self.breaks = breaks
        self.count = 0
        self.gone = asyncio.Event()

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        self.count += 1
        response = web.StreamResponse(headers=SSE)
        await response.prepare(request)
        try:
            for piece in self.pieces:
                await response.write(piece)
                await asyncio.sleep(0.01)
            if self.stalls:
                await asyncio.sleep(30)
        except (asyncio.CancelledError, ConnectionError):
            self.gone.set()
            raise
        if self.breaks:
            assert request.transport is not None
            request.transport.abort()
        return response


@asynccontextmanager
async def serving(handle: Callable[[Any], Awaitable[web.StreamResponse]]) -> AsyncIterator[str]:
    server = web.Server(handle, access_log=None, handler_cancellation=True)
    runner = web.ServerRunner(server, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    try:
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()


async def test_events_come_as_they_are_sent() -> None:
    whole = "event: delta\r\ndata: 狐\r\n\r\nevent: done\r\ndata: {}\r\n\r\n".encode()
    pieces = [bytes([byte]) for byte in whole]
    server = Dripping(*pieces)
    async with serving(server.handle) as address, opened(address) as session:
        assert await heard(session) == [Event("delta", "狐"), Event("done", "{}")]


async def test_a_plain_answer_is_one_envelope(scripted: Scripted) -> None:
    scripted.on("POST", "*", ok({"prompt": "x"}))
    async with opened(scripted.base_url) as session:
        (answer,) = await heard(session)
    assert isinstance(answer, Envelope)
    assert answer.data == {"prompt": "x"}
    assert scripted.seen[0].headers["Authorization"] == f"Bearer {TOKEN}"


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (says({"code": 1003, "message": "no"}), ContentRejected),
        (says({"message": "bad"}, 400), InvalidRequest),
        (stream(b"data: x\n\n", 500), APIError),
        (html(), UnexpectedResponse),
    ],
)
async def test_refusals_are_what_they_are_elsewhere(
    scripted: Scripted, answer: Reply, kind: type[Exception]
) -> None:
    scripted.on("POST", "*", answer)
    async with opened(scripted.base_url) as session:
        with pytest.raises(kind):
            await heard(session, Effect.START)
    assert len(scripted.seen) == 1


async def test_it_is_sent_again_where_a_call_is(scripted: Scripted) -> None:
    busy = says({"code": 1001, "message": "busy"})
    scripted.on("POST", "*", busy, says({}, 429), stream(b"data: a\n\n"))
    async with opened(scripted.base_url) as session:
        assert await heard(session, Effect.START) == [Event("message", "a")]
    scripted.on("POST", "*", DROP, stream(b"data: a\n\n"))
    async with opened(scripted.base_url) as session:
        with pytest.raises(ConnectionFailed):
            await heard(session, Effect.START)
        assert await heard(session) == [Event("message", "a")]


@pytest.mark.parametrize(
    ("data", "kind", "message"),
    [
        (b'{"code": 1003, "message": "under ten"}', ContentRejected, "under ten"),
        (b'{"error": {"message": "insufficient coins"}}', InsufficientCoins, "insufficient coins"),
        (b"insufficient coins", InsufficientCoins, "insufficient coins"),
        (b'{"odd": 1}', APIError, '{"odd": 1}'),
        (b"5", APIError, "5"),
        (b"", APIError, "no message"),
    ],
)
async def test_an_error_event_is_raised(
    scripted: Scripted, data: bytes, kind: type[APIError], message: str
) -> None:
    body = (
        b"event: delta\ndata: a\n\nevent: error\ndata: " + data + b"\n\nevent: delta\ndata: b\n\n"
    )
    scripted.on("POST", "*", stream(body))
    found: list[Event | Envelope] = []
    async with opened(scripted.base_url) as session:
        with pytest.raises(kind) as caught:
            async with aclosing(session.events(CALL)) as events:
                found.extend([event async for event in events])
    assert type(caught.value) is kind
    assert caught.value.message == message
    assert caught.value.status == 200
    assert len(scripted.seen) == 1


async def test_leaving_early_closes_the_connection() -> None:
    server = Dripping(b"data: a\n\n", stalls=True)
    async with serving(server.handle) as address, opened(address) as session:
        async with aclosing(session.events(CALL)) as events:
            assert await anext(events) == Event("message", "a")
        await asyncio.wait_for(server.gone.wait(), 5)


async def test_cancelling_closes_the_connection() -> None:
    server = Dripping(b"data: a\n\n", stalls=True)
    async with serving(server.handle) as address, opened(address) as session:
        task = asyncio.create_task(heard(session))
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.wait_for(server.gone.wait(), 5)


async def test_a_stream_that_breaks_off_is_not_begun_again() -> None:
    server = Dripping(b"data: a\n\n", breaks=True)
    async with serving(server.handle) as address, opened(address) as session:
        events = session.events(CALL)
        assert await anext(events) == Event("message", "a")
        with pytest.raises(ConnectionFailed) as caught:
            await anext(events)
    assert caught.value.sent
    assert server.count == 1


async def test_a_stream_that_stalls_ends_with_the_read_timeout() -> None:
    server = Dripping(b"data: a\n\n", stalls=True)
    async with serving(server.handle) as address, opened(address, read_timeout=0.2) as session:
        with pytest.raises(ConnectionFailed):
            await heard(session)


async def test_closing_the_client_ends_a_stream() -> None:
    server = Dripping(b"data: a\n\n", stalls=True)
    async with serving(server.handle) as address, opened(address) as session:
        events = session.events(CALL)
        await anext(events)
        waiting = asyncio.ensure_future(anext(events))
        await asyncio.sleep(0.05)
        await session.aclose()
        with pytest.raises(ConnectionFailed):
            await asyncio.wait_for(waiting, 5)
        with pytest.raises(ConfigurationError):
            await heard(session)


async def test_an_echoed_token_is_shown_nowhere(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    told = f"data: {TOKEN}\n\nevent: error\ndata: bad {TOKEN}\n\n".encode()
    server = Dripping(told[:12], told[12:40], told[40:])
    async with serving(server.handle) as address, opened(address) as session:
        events = session.events(CALL)
        assert await anext(events) == Event("message", "[token]")
        with pytest.raises(A2EError) as caught:
            await anext(events)
    assert TOKEN not in everything_shown(caught.value) + caplog.text


async def test_a_broken_protocol_shows_no_token(scripted: Scripted) -> None:
    scripted.on("POST", "*", DROP)
    async with opened(scripted.base_url) as session:
        with pytest.raises(ConnectionFailed) as caught:
            await heard(session, Effect.START)
    assert TOKEN not in everything_shown(caught.value)


async def test_a_token_in_any_field_of_an_event_is_hidden(scripted: Scripted) -> None:
    scripted.on("POST", "*", stream(f"event: {TOKEN}\nid: {TOKEN}\ndata: a\n\n".encode()))
    async with opened(scripted.base_url) as session:
        assert await heard(session) == [Event("[token]", "a", "[token]")]


@pytest.mark.parametrize("kind", ["text/plain", "application/json", "application/octet-stream"])
async def test_a_stream_is_one_by_any_name(scripted: Scripted, kind: str) -> None:
    body = f"data: {TOKEN}\n\nevent: done\ndata: {{}}\n\n".encode()
    scripted.on("POST", "*", Reply(body, headers={"Content-Type": kind}))
    async with opened(scripted.base_url) as session:
        events = await heard(session, Effect.START)
        assert events == [Event("message", "[token]"), Event("done", "{}")]
        scripted.on("POST", "*", Reply(body, 400, {"Content-Type": kind}))
        with pytest.raises(InvalidRequest):
            await heard(session, Effect.START)


async def test_a_plain_answer_that_is_called_a_stream(scripted: Scripted) -> None:
    scripted.on("POST", "*", stream(f' {{"code": 0, "data": "{TOKEN}"}}'.encode()))
    async with opened(scripted.base_url) as session:
        (answer,) = await heard(session)
        assert isinstance(answer, Envelope)
        assert answer.data == "[token]"
        scripted.on("POST", "*", stream(b'{"code": 1003, "message": "no"}'))
        with pytest.raises(ContentRejected):
            await heard(session)
        scripted.on("POST", "*", stream(b": nothing\n\n"))
        assert await heard(session) == []
