"""What the benchmarks know of a client: how to open it, and how it runs one job."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, TypeAlias

import attrs

from benchmarks.service import Network, Request, Wire

Run: TypeAlias = Callable[[], Awaitable[str]]
"""Start one job, wait for it as the client's users do, and give its id once it is there."""


@attrs.frozen
class Target:
    """Where a client sends its requests.

    Attributes:
        base_url: the service's address.
        network: the simulated way there; None for real sockets.
    """

    base_url: str
    network: Network | None = None

    def transport(self, http: Any) -> Any:
        """Make a transport of httpx, or of what is built like it; None for real sockets."""
        network = self.network
        if network is None:
            return None

        async def handle(request: Any) -> Any:
            kind = request.headers.get("content-type", "")
            body = json.loads(request.content) if kind.startswith("application/json") else None
            url = request.url
            asked = Request(request.method, url.path, dict(url.params), body, self.base_url)
            status, content = await network.exchange(asked)
            headers = {"Content-Type": "application/json"}
            return http.Response(status, content=content, headers=headers)

        return http.MockTransport(handle)

    def own_client(self, http: Any) -> Any:
        """Make a client of httpx on the simulated way; None where the SDK is to make its own."""
        return None if self.network is None else http.AsyncClient(transport=self.transport(http))


@attrs.frozen
class Client:
    """One client that is measured.

    Attributes:
        name: its name in the tables.
        package: the installed package whose version is told.
        settings: what it is set to, in words.
        wire: the wire format that it speaks.
        opened: opens it on a target.
    """

    name: str
    package: str
    settings: str
    wire: Wire
    opened: Callable[[Target], AbstractAsyncContextManager[Run]]
