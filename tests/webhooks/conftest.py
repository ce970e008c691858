"""A door that is open before its client is there, and a sandbox whose tasks ring at it."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import attrs
import pytest
from aiohttp import web

from a2e_async import WebhookReceiver
from a2e_async.tasks.webhook import TOKEN_HEADER

TOKEN = "webhook-secret-ünïcode"


@attrs.define
class Porch:
    """Where the bell hangs.

    Attributes:
        url: the webhook's address.
        receiver: who hears it.
        rung: the status of each call and the moment of its answer, by the loop's clock.
    """

    url: str = ""
    receiver: WebhookReceiver | None = None
    rung: list[tuple[int, float]] = attrs.field(factory=list)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        assert self.receiver is not None
        response = await self.receiver.handle(request)
        self.rung.append((response.status, time.monotonic()))
        return response

    @property
    def statuses(self) -> list[int]:
        return [status for status, _ in self.rung]

    async def ring(self, token: str | None = TOKEN, **request: Any) -> int:
        """Ring as anybody could."""
        return await call(self.url, token, **request)


async def call(url: str, token: str | None = TOKEN, method: str = "POST", **request: Any) -> int:
    headers = dict(request.pop("headers", {})) | ({} if token is None else {TOKEN_HEADER: token})
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, url, headers=headers, **request) as answer,
    ):
        assert await answer.read() == b""
        return answer.status


async def serve(app: web.Application) -> tuple[web.AppRunner, str]:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}"


@pytest.fixture
async def porch() -> AsyncIterator[Porch]:
    made = Porch()
    app = web.Application()
    app.router.add_route("*", "/a2e", made.handle)
    runner, root = await serve(app)
    made.url = f"{root}/a2e"
    yield made
    await runner.cleanup()
