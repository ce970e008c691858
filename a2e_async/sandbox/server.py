"""The two hosts of a sandbox on aiohttp's low-level server: one for the API, one for assets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
from aiohttp import hdrs, web

from a2e_async.sandbox import wire
from a2e_async.sandbox.api import Api, Request
from a2e_async.sandbox.assets import Assets
from a2e_async.sandbox.bells import Bells
from a2e_async.sandbox.replies import Refusal, failure

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from a2e_async.sandbox.faults import Faults
    from a2e_async.sandbox.log import RequestLog
    from a2e_async.sandbox.replies import Reply
    from a2e_async.sandbox.world import World

BODY_LIMIT = 8 * 1024 * 1024
SHUTDOWN = 0.5
"""Real seconds that open requests get to finish when the server stops."""


@attrs.define(eq=False)
class Server:
    """Listens for a sandbox.

    Attributes:
        world: The state that is served.
        faults: What goes wrong.
        log: Notes every request.
        api: The API.
        assets: The asset host.
        bells: The webhooks.
    """

    world: World
    faults: Faults
    log: RequestLog
    api: Api
    assets: Assets
    bells: Bells
    _runners: list[web.ServerRunner] = attrs.field(factory=list, init=False)

    @classmethod
    def build(
        cls,
        world: World,
        faults: Faults,
        log: RequestLog,
        document: Mapping[str, Any],
        token: str | None,
    ) -> Server:
        """Prepare both hosts; nothing listens yet."""
        api, bells = Api(world, document, token), Bells(world, faults)
        return cls(world, faults, log, api, Assets(world), bells)

    async def listen(self, host: str, port: int) -> tuple[str, str]:
        """Open both ports.

        Args:
            host: Address to listen on.
            port: Port of the API, 0 for a free one; the asset host always takes a free one.

        Returns:
            The base URLs of the API and of the asset host.
        """
        api = await self._open(self._serve_api, host, port)
        assets = await self._open(self._serve_assets, host, 0)
        self.bells.look()
        return api, assets

    async def close(self) -> None:
        """Call no more webhooks and close both ports; requests under way get half a second."""
        await self.bells.aclose()
        while self._runners:
            await self._runners.pop().cleanup()

    async def _open(
        self,
        handler: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]],
        host: str,
        port: int,
    ) -> str:
        runner = web.ServerRunner(web.Server(handler, access_log=None), shutdown_timeout=SHUTDOWN)
        self._runners.append(runner)
        await runner.setup()
        site = web.TCPSite(runner, host, port)
        await site.start()
        address = runner.addresses[0]
        name = f"[{address[0]}]" if ":" in address[0] else address[0]
        return f"http://{name}:{address[1]}"

    def _date(self) -> float:
        return self.world.service.clock.date()

    async def _serve_api(self, request: web.BaseRequest) -> web.StreamResponse:
        route = self.api.route(request.method, request.path)
        kind = "" if route is None else route.operation.kind
        fault = self.faults.pick(kind, request.path)

        async def work() -> Reply:
            try:
                received = await _received(request)
            except Refusal as refusal:
                return failure(refusal.status, refusal.code, refusal.message, "")
            reply = self.api.answer(route, received, fault)
            self.bells.look()
            return reply

        answer, status = await wire.respond(request, fault, work, self._date())
        self.log.add(request.method, request.path, status, kind)
        return answer

    async def _serve_assets(self, request: web.BaseRequest) -> web.StreamResponse:
        kind = self.assets.kind(request.method)
        fault = self.faults.pick(kind, request.path)
        answer, status = await wire.respond(
            request, fault, lambda: self.assets.answer(request), self._date()
        )
        self.log.add(request.method, request.path, status, kind)
        return answer


async def _received(request: web.BaseRequest) -> Request:
    body = await wire.read(request, BODY_LIMIT) if request.body_exists else b""
    return Request(
        request.method,
        request.path,
        request.query,
        body,
        request.content_type,
        request.headers.get(hdrs.AUTHORIZATION, ""),
    )
