"""A real local server that answers what a test tells it to, byte by byte.

The sandbox behaves; this one does not have to. It shares no line and no assumption with it.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from fnmatch import fnmatch
from typing import Any, Self, TypeAlias

import attrs
from aiohttp import web


@attrs.frozen
class Reply:
    """One answer: its status, bytes and headers; or none at all."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = attrs.field(factory=dict)
    delay: float = 0.0
    drop: bool = False


@attrs.frozen
class Seen:
    """One request as it came."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    json: Any


Answer: TypeAlias = Reply | Callable[[Seen], Reply | Awaitable[Reply]]


def ok(data: Any, **more: Any) -> Reply:
    return Reply(json.dumps({"code": 0, "data": data, "trace_id": "t-1", **more}).encode())


def says(body: Any, status: int = 200, **headers: str) -> Reply:
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    return Reply(json.dumps(body).encode(), status, named)


def html(status: int = 200) -> Reply:
    return Reply(b"<!DOCTYPE html><html><body>Not here</body></html>", status)


DROP = Reply(drop=True)


class Scripted:
    """Answers by script: for each method and path glob a list of answers, the last one for ever."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self.base_url = ""
        self._scripts: list[tuple[str, str, list[Answer]]] = []
        self._runner: web.AppRunner | None = None

    def on(self, method: str, path: str, *answers: Answer) -> Self:
        """Script a route. A later script for the same route comes first."""
        self._scripts.insert(0, (method, path, list(answers)))
        return self

    def count(self, method: str, path: str) -> int:
        return len(self.requests(method, path))

    def requests(self, method: str, path: str) -> list[Seen]:
        return [seen for seen in self.seen if seen.method == method and fnmatch(seen.path, path)]

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.base_url = f"http://{host}:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        seen = Seen(
            request.method,
            request.path,
            dict(request.query),
            dict(request.headers),
            json.loads(body) if body and request.content_type == "application/json" else None,
        )
        self.seen.append(seen)
        reply = await self._reply(seen)
        await asyncio.sleep(reply.delay)
        if reply.drop:
            assert request.transport is not None
            request.transport.abort()
        headers = {"Content-Type": "application/json", **reply.headers}
        return web.Response(body=reply.body, status=reply.status, headers=headers)

    async def _reply(self, seen: Seen) -> Reply:
        for method, path, answers in self._scripts:
            if method in (seen.method, "*") and fnmatch(seen.path, path):
                answer = answers.pop(0) if len(answers) > 1 else answers[0]
                if isinstance(answer, Reply):
                    return answer
                made = answer(seen)
                return made if isinstance(made, Reply) else await made
        return html(404)
