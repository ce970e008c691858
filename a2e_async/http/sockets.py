"""The aiohttp sessions of one client, bound to one event loop."""

from __future__ import annotations

import asyncio

import aiohttp

from a2e_async.errors import ConfigurationError


class Sockets:
    """Who is talked to over which aiohttp session.

    They are made on first use, and belong to the event loop of that moment.

    Attributes:
        closed: whether nothing can be sent any more.
        closing: set once that is so, for those who wait.
        reading: the responses whose bodies are being read.
        loop: the event loop they belong to; None before the first use.
    """

    def __init__(self, injected: aiohttp.ClientSession | None) -> None:
        """Prepare; nothing is opened yet.

        Args:
            injected: an aiohttp session to use. It is never closed here.
        """
        self.closed = False
        self.closing = asyncio.Event()
        self._injected = injected
        self._own: aiohttp.ClientSession | None = None
        self._assets: aiohttp.ClientSession | None = None
        self.loop: asyncio.AbstractEventLoop | None = None
        self.reading: set[aiohttp.ClientResponse] = set()

    def for_service(self) -> aiohttp.ClientSession:
        """Give the session for requests to the service.

        Raises:
            ConfigurationError: it is closed, or belongs to another event loop.
        """
        if self.closed:
            raise closed()
        loop = asyncio.get_running_loop()
        if self.loop is not loop:
            self._bind(loop)
        if self._injected is not None:
            return _usable(self._injected)
        if self._own is None:
            self._own = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        return self._own

    def for_assets(self) -> aiohttp.ClientSession:
        """Give the session for other hosts, which sends no token. Raises as `for_service` does."""
        session = self.for_service()
        if "Authorization" not in session.headers:
            return session
        if self._assets is None:
            self._assets = aiohttp.ClientSession(
                connector=session.connector,
                connector_owner=False,
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=session.trust_env,
            )
        return self._assets

    async def aclose(self) -> None:
        """Close what was opened here; an injected session stays open. May be called twice."""
        self.closed = True
        for response in self.reading:
            # A session that closes leaves whoever reads a body from it to wait for ever.
            response.content.set_exception(aiohttp.ClientConnectionError("the client was closed"))
        own, assets = self._own, self._assets
        self._own = self._assets = None
        foreign = self.loop is not None and self.loop is not asyncio.get_running_loop()
        if not foreign:
            self.closing.set()
        for session in filter(None, (assets, own)):
            if foreign:
                # Its sockets belong to a loop that cannot be used from here.
                await self._abandon(session)
            else:
                await session.close()

    async def _abandon(self, session: aiohttp.ClientSession) -> None:
        connector = session.connector
        session.detach()
        if connector is not None and self.loop is not None and self.loop.is_closed():
            await connector.close()

    def _bind(self, loop: asyncio.AbstractEventLoop) -> None:
        if self.loop is not None:
            raise ConfigurationError(
                "this client belongs to another event loop: a client works in the loop that it was "
                "first used in. Make one in each loop: async with A2E() as a2e"
            )
        self.loop = loop


def closed() -> ConfigurationError:
    """Make the error of whoever uses a client that is closed."""
    return ConfigurationError("the client is closed; make a new one: async with A2E() as a2e")


def _usable(session: aiohttp.ClientSession) -> aiohttp.ClientSession:
    if session.closed:
        raise ConfigurationError("session: the aiohttp session given to A2E(session=…) is closed")
    loop = asyncio.get_running_loop()
    # Its public property for this is deprecated.
    if getattr(session, "_loop", loop) is not loop:
        raise ConfigurationError(
            "session: the aiohttp session given to A2E(session=…) belongs to another event loop"
        )
    if session.auth is not None:
        raise ConfigurationError(
            "session: the aiohttp session given to A2E(session=…) has auth=…, and the service "
            "wants the token in its place; give a session without"
        )
    return session
