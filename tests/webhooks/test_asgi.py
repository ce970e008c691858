"""The ASGI application of `WebhookReceiver`, driven by hand as a server drives it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Iterable
from typing import Any

import attrs
import pytest

from a2e_async import A2E, Webhook, WebhookReceiver
from a2e_async.http.payload import LARGEST
from tests.conftest import TOKEN as API_TOKEN
from tests.webhooks.conftest import TOKEN

HEADER = b"x-a2e-webhook-token"


@attrs.define
class Server:
    """What an ASGI server does with one application, and what the client heard."""

    app: Any
    heard: list[frozenset[str]]

    async def run(self, scope: dict[str, Any], messages: Iterable[dict[str, Any]]) -> list[Any]:
        given, sent = iter(messages), []

        async def receive() -> dict[str, Any]:
            for message in given:
                return message
            await asyncio.Event().wait()
            raise AssertionError

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        await self.app({"asgi": {"version": "3.0"}, **scope}, receive, send)
        return sent

    async def post(
        self,
        *parts: bytes,
        headers: Iterable[tuple[bytes, bytes]] = ((HEADER, TOKEN.encode()),),
        method: str = "POST",
        ends: dict[str, Any] | None = None,
    ) -> int:
        kind = "http.request"
        messages = [{"type": kind, "body": part, "more_body": True} for part in parts]
        last = ends or {"type": kind, "body": b""}
        scope = {"type": "http", "method": method, "path": "/a2e", "headers": [*headers]}
        start, body = await self.run(scope, [*messages, last])
        assert body == {"type": "http.response.body", "body": b""}
        assert start["type"] == "http.response.start"
        assert ((b"allow", b"POST") in start["headers"]) is (start["status"] == 405)
        status: int = start["status"]
        return status


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Server]:
    async with A2E(API_TOKEN, webhook=Webhook(url="https://x.ai/", token=TOKEN)) as a2e:
        heard: list[frozenset[str]] = []

        def ring(texts: Collection[str]) -> None:
            heard.append(frozenset(texts))

        monkeypatch.setattr(a2e._core.poller, "ring", ring)
        yield Server(WebhookReceiver(a2e).asgi, heard)


async def test_a_call(server: Server) -> None:
    assert await server.post(b'{"id": "ta', b"", b'sk-1"}') == 204
    assert server.heard == [{"id", "task-1"}]


async def test_a_call_without_a_body(server: Server) -> None:
    assert await server.post(ends={"type": "http.request"}) == 204
    assert server.heard == [frozenset()]


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [(HEADER, b"")],
        [(HEADER, TOKEN.encode()[:-1])],
        [(HEADER, b"\xff\xfe\x00")],
        [(HEADER, TOKEN.encode("latin-1"))],
        [(HEADER, b"no"), (HEADER, TOKEN.encode())],
        [(b"authorization", TOKEN.encode())],
    ],
)
async def test_a_stranger(server: Server, headers: list[tuple[bytes, bytes]]) -> None:
    assert await server.post(b"task-1", headers=headers) == 401
    assert server.heard == []


async def test_a_header_in_capitals(server: Server) -> None:
    assert await server.post(headers=[(b"X-A2e-Webhook-Token", TOKEN.encode())]) == 204


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "OPTIONS"])
async def test_other_methods(server: Server, method: str) -> None:
    assert await server.post(b"task-1", method=method) == 405
    assert server.heard == []


async def test_a_caller_that_hangs_up_has_rung(server: Server) -> None:
    assert await server.post(b"task-1", ends={"type": "http.disconnect"}) == 204
    assert server.heard == [{"task-1"}]


async def test_a_huge_body_is_not_read_to_its_end(server: Server) -> None:
    endless = (b"x" * LARGEST for _ in range(3))
    assert await server.post(*endless) == 204
    assert server.heard == [frozenset()]


async def test_a_body_that_does_not_end_is_not_waited_for(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("a2e_async.webhooks._PATIENCE", 0.05)
    message = {"type": "http.request", "body": b"task-1", "more_body": True}
    scope = {"type": "http", "method": "POST", "headers": [(HEADER, TOKEN.encode())]}
    start, _ = await server.run(scope, [message])
    assert start["status"] == 204
    assert server.heard == [{"task-1"}]


async def test_lifespan(server: Server) -> None:
    messages = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]
    sent = await server.run({"type": "lifespan"}, messages)
    told = ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert [message["type"] for message in sent] == told


async def test_a_websocket_is_refused(server: Server) -> None:
    sent = await server.run({"type": "websocket"}, [{"type": "websocket.connect"}])
    assert sent == [{"type": "websocket.close", "code": 1008}]


async def test_what_is_not_known_is_no_call(server: Server) -> None:
    with pytest.raises(ValueError, match="scope: expected http, lifespan or websocket"):
        await server.run({"type": "smoke"}, [])
