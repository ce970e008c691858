"""A back end at work on either framework, a visitor without a browser, and a tapped wire."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

import aiohttp
import attrs
import pytest
import yarl
from aiohttp import web

from a2e_async import A2E, Schedule, Webhook, WebhookReceiver
from a2e_async.sandbox import Sandbox
from examples.web import aiohttp_app, fastapi_app
from examples.web.studio import Settings, Studio
from tests.conftest import QUICK_RETRY, QUICK_SCHEDULE
from tests.jobs.service import until

FRAMEWORKS = ("fastapi", "aiohttp")
# For what both do by the same lines, one of them is enough.
ONE = pytest.mark.parametrize("site", ["fastapi"], indirect=True)
OTHER = pytest.mark.parametrize("site", ["aiohttp"], indirect=True)
HOST = "127.0.0.1"
WITHIN = 15.0
PNG = b"\x89PNG\r\n\x1a\n"
HOOK_TOKEN = "webhook-secret-of-the-site"


@attrs.define
class Hand:
    """A clock that is turned by hand: tasks of a sandbox end when the test says so."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@attrs.define
class Site:
    """A back end that can be stopped and started again, at the same address.

    Attributes:
        framework: one of `FRAMEWORKS`.
        sandbox: the service.
        folder: what outlives the process.
        options: further options of the client.
        settings: further settings of the studio.
        webhook: whether the service is told to call.
        port: 0 before the first start.
        studio: the present one.
    """

    framework: str
    sandbox: Sandbox
    folder: Path
    options: dict[str, Any] = attrs.field(factory=dict)
    settings: dict[str, Any] = attrs.field(factory=dict)
    webhook: bool = False
    port: int = 0
    studio: Studio | None = None
    _stop: Callable[[], Any] | None = None

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    async def start(self) -> None:
        if self.webhook and not self.port:
            # The client has to know the address before anybody listens there.
            self.port = await free_port()
        studio = Studio(self._client(), Settings(**self._settings()))
        receiver = WebhookReceiver(studio._a2e) if self.webhook else None
        run = _run_fastapi if self.framework == "fastapi" else _run_aiohttp
        self.port, self._stop = await run(studio, receiver, self.port)
        self.studio = studio

    async def stop(self) -> None:
        if self._stop is not None:
            stop, self._stop = self._stop, None
            await stop()

    def _settings(self) -> dict[str, Any]:
        quick = {"every": 0.02, "heartbeat": 0.2, "drain": 0.0, "again": 0.05}
        return {"folder": self.folder, **quick, **self.settings}

    def _client(self) -> A2E:
        hook = Webhook(url=f"{self.url}/a2e", token=HOOK_TOKEN) if self.webhook else None
        options: dict[str, Any] = {"schedule": QUICK_SCHEDULE, "retry": QUICK_RETRY}
        store = self.folder / "jobs.db"
        return self.sandbox.client(**(options | self.options), store=store, webhook=hook)


async def until_started(sandbox: Sandbox, count: int = 1) -> None:
    """Wait until so many tasks exist at the service."""
    await until(lambda: len(sandbox.tasks) >= count, WITHIN)


async def free_port() -> int:
    server = await asyncio.start_server(lambda *_: None, HOST, 0)
    port: int = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    return port


async def _run_fastapi(
    studio: Studio, receiver: WebhookReceiver | None, port: int
) -> tuple[int, Callable[[], Any]]:
    server = fastapi_app.Server(studio, receiver, host=HOST, port=port, log_level="warning")
    running = asyncio.create_task(server.serve())
    await until(lambda: server.started or running.done(), WITHIN)

    async def stop() -> None:
        server.should_exit = True
        await running

    if running.done():
        await running
    return server.servers[0].sockets[0].getsockname()[1], stop


async def _run_aiohttp(
    studio: Studio, receiver: WebhookReceiver | None, port: int
) -> tuple[int, Callable[[], Any]]:
    runner = web.AppRunner(aiohttp_app.make_app(studio, receiver), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, HOST, port).start()
    return runner.addresses[0][1], runner.cleanup


class Guest:
    """A visitor without a browser, who keeps what he is told of each card."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.cards: dict[str, dict[str, Any]] = {}
        self.comments = 0
        self._http = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))

    async def __aenter__(self) -> Self:
        async with self._http.get(f"{self.url}/") as answer:
            assert answer.status == 200
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.close()

    @property
    def cookie(self) -> str:
        return self._http.cookie_jar.filter_cookies(yarl.URL(self.url))["studio"].value

    async def ask(
        self, method: str, path: str, origin: str | None = "", **request: Any
    ) -> tuple[int, Any]:
        """Send what the page sends, and give status and content of the answer."""
        own = self.url if origin == "" else origin
        headers = {} if own is None else {"Origin": own}
        url = yarl.URL(f"{self.url}{path}", encoded=True)
        async with self._http.request(method, url, headers=headers, **request) as answer:
            body = await answer.read()
            return answer.status, json.loads(body) if answer.content_type.endswith("json") else body

    async def order(self, prompt: str = "a red fox", **fields: Any) -> tuple[int, Any]:
        form = {"id": uuid4().hex, "kind": "picture", "prompt": prompt, **fields}
        return await self.ask("POST", "/api/cards", json=form)

    async def ordered(self, prompt: str = "a red fox", **fields: Any) -> str:
        """Order something that is taken, and give the card's id."""
        status, card = await self.order(prompt, **fields)
        assert status == 202, card
        return str(card["id"])

    @asynccontextmanager
    async def looking(self) -> AsyncIterator[Self]:
        """Follow the events for a while."""
        async with self._http.get(f"{self.url}/api/events") as answer:
            assert answer.status == 200
            assert answer.content_type == "text/event-stream"
            reader = asyncio.create_task(self._read(answer))
            try:
                yield self
            finally:
                reader.cancel()
                with suppress(asyncio.CancelledError):
                    await reader

    async def _read(self, answer: aiohttp.ClientResponse) -> None:
        with suppress(aiohttp.ClientError):
            async for line in answer.content:
                self.comments += line.startswith(b":")
                if line.startswith(b"data: "):
                    told = json.loads(line[6:])
                    cards = told if isinstance(told, list) else [told]
                    self.cards |= {card["id"]: card for card in cards}

    async def sees(self, card: str, **wanted: Any) -> dict[str, Any]:
        """Wait until a card is as it should be."""
        await until(lambda: wanted.items() <= self.cards.get(card, {}).items(), WITHIN)
        return self.cards[card]


class Wire:
    """A tapped wire to a server: all bytes that went to the browser."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._ends: set[asyncio.StreamWriter] = set()
        self.heard = bytearray()
        self.url = ""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connect, HOST, 0)
        self.url = f"http://{HOST}:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for end in self._ends:
            end.close()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            there, back = await asyncio.open_connection(HOST, self._to)
            self._ends |= {writer, back}
            async with asyncio.TaskGroup() as group:
                group.create_task(_pass_on(reader, back))
                group.create_task(_pass_on(there, writer, self.heard))
        writer.close()


async def _pass_on(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, tap: bytearray | None = None
) -> None:
    with suppress(OSError):
        while data := await reader.read(65_536):
            if tap is not None:
                tap += data
            writer.write(data)
            await writer.drain()
    writer.close()


PATIENT = Schedule(shortest=100, longest=100, heartbeat=100)
"""Nobody looks by himself for so long that a test would notice."""
