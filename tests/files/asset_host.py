"""A real local server in the place of the service's storage. It does as each test tells it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Self, TypeAlias

import attrs
from aiohttp import web
from aiohttp.test_utils import TestServer

SIGNATURE = "X-Signature=s3cr3t"

Step: TypeAlias = Callable[["AssetHost", web.Request], Awaitable[web.StreamResponse]]


@attrs.frozen
class Seen:
    """One request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes = attrs.field(default=b"", repr=False)
    json: Any = None


@attrs.define
class AssetHost:
    """Serve one file with ranges, and take uploads. `script` holds answers that come before."""

    content: bytes = b""
    etag: str | None = '"one"'
    modified: str | None = None
    content_type: str = "image/png"
    script: list[Step] = attrs.field(factory=list)
    seen: list[Seen] = attrs.field(factory=list)
    presigned: dict[str, Any] | None = None
    stored: dict[str, bytes] = attrs.field(factory=dict)
    running: int = 0
    most_running: int = 0
    closing: asyncio.Event = attrs.field(factory=asyncio.Event)
    server: TestServer | None = None

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=64 * 2**20)
        app.router.add_route("GET", "/{name:.*}", self._answer)
        app.router.add_put("/put/{key:.*}", self._answer)
        app.router.add_post("/api/v1/r2/upload-presigned-url", self._presign)
        self.server = TestServer(app)
        await self.server.start_server()
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self.server is not None
        self.closing.set()
        await self.server.close()

    @property
    def base_url(self) -> str:
        assert self.server is not None
        return str(self.server.make_url("/")).rstrip("/")

    def url(self, path: str = "result.png") -> str:
        return f"{self.base_url}/{path}?{SIGNATURE}"

    def of(self, method: str) -> list[Seen]:
        return [seen for seen in self.seen if seen.method == method]

    @property
    def ranges(self) -> list[tuple[str | None, str | None]]:
        return [(s.headers.get("Range"), s.headers.get("If-Range")) for s in self.of("GET")]

    async def _presign(self, request: web.Request) -> web.Response:
        asked = await request.json()
        self.seen.append(Seen("POST", request.path, dict(request.headers), json=asked))
        key = asked["key"]
        data = self.presigned or {
            "uploadUrl": f"{self.base_url}/put/{key}?{SIGNATURE}",
            "cdnUrl": f"{self.base_url}/public/{key}",
            "key": key,
        }
        return web.json_response({"code": 0, "data": data, "trace_id": "t-1"})

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        try:
            if self.script:
                step = self.script.pop(0)
                self._note(request)
                return await step(self, request)
            return await (self.take(request) if request.method == "PUT" else self.serve(request))
        finally:
            self.running -= 1

    def _note(self, request: web.Request, body: bytes = b"") -> None:
        self.seen.append(Seen(request.method, request.path, dict(request.headers), body))

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        self._note(request, body)
        self.stored[request.match_info["key"]] = body
        return web.Response()

    async def serve(self, request: web.Request) -> web.StreamResponse:
        self._note(request)
        asked = re.fullmatch(r"bytes=(\d+)-", request.headers.get("Range", ""))
        start = int(asked[1]) if asked and self._still_the_same(request) else None
        if start is not None and start >= len(self.content):
            unsatisfiable = {**self.headers(), "Content-Range": f"bytes */{len(self.content)}"}
            return web.Response(status=416, headers=unsatisfiable)
        return await self.send(request, start)

    def _still_the_same(self, request: web.Request) -> bool:
        condition = request.headers.get("If-Range")
        return condition is None or condition in (self.etag, self.modified)

    def headers(self) -> dict[str, str]:
        known = {"ETag": self.etag, "Last-Modified": self.modified}
        told = {key: value for key, value in known.items() if value is not None}
        return {"Content-Type": self.content_type, **told}

    async def send(
        self,
        request: web.Request,
        start: int | None = None,
        cut: int | None = None,
        extra: Mapping[str, str] | None = None,
    ) -> web.StreamResponse:
        """Send the file from a start on, and break the connection after some bytes of it."""
        rest = self.content[start or 0 :]
        headers = {**self.headers(), "Content-Length": str(len(rest))}
        if start is not None:
            total = len(self.content)
            headers["Content-Range"] = f"bytes {start}-{total - 1}/{total}"
        headers |= {key.replace("_", "-"): value for key, value in (extra or {}).items()}
        response = web.StreamResponse(status=200 if start is None else 206, headers=headers)
        await response.prepare(request)
        await response.write(rest[:cut])
        if cut is not None:
            await break_off(request)
        return response


async def break_off(request: web.Request) -> None:
    # What was written must arrive before the connection goes.
    await asyncio.sleep(0.02)
    assert request.transport is not None
    request.transport.close()


def cut(after: int, start: int | None = None, **extra: str) -> Step:
    async def step(host: AssetHost, request: web.Request) -> web.StreamResponse:
        return await host.send(request, start, after, extra)

    return step


def whole(start: int | None = None, **extra: str) -> Step:
    async def step(host: AssetHost, request: web.Request) -> web.StreamResponse:
        return await host.send(request, start, None, extra)

    return step


def answer(status: int, body: bytes = b"", **headers: str) -> Step:
    named = {key.replace("_", "-"): value for key, value in headers.items()}

    async def step(host: AssetHost, request: web.Request) -> web.StreamResponse:
        await request.read()
        return web.Response(status=status, body=body, headers=named)

    return step


def drop() -> Step:
    async def step(host: AssetHost, request: web.Request) -> web.StreamResponse:
        await break_off(request)
        return web.Response()

    return step


def hang(after: int = 0) -> Step:
    """Send some bytes, then nothing."""

    async def step(host: AssetHost, request: web.Request) -> web.StreamResponse:
        headers = {**host.headers(), "Content-Length": str(len(host.content))}
        response = web.StreamResponse(headers=headers)
        await response.prepare(request)
        await response.write(host.content[:after])
        await host.closing.wait()
        return response

    return step
