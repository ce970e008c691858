"""The webhook of ``a2e listen``: a door bell that prints who rings."""

from __future__ import annotations

import re
import socket
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import anyio
from aiohttp import web

from a2e_async import A2E, WebhookReceiver
from a2e_async.batch.report import words
from a2e_async.cli import messages
from a2e_async.cli.output import Output, joined
from a2e_async.http.payload import LARGEST, words_in
from a2e_async.webhooks import Door, same_token

_ID = re.compile(r"[0-9a-f]{24}")
_MOST, _MOST_IN_JSON = 200, 10_000
"""Characters of a payload that are shown."""

_SHUTDOWN = 0.5
"""Seconds that calls under way get to finish."""


class PrintingDoor(Door):
    """Prints each call, and has a client look at its jobs.

    Attributes:
        rung: set once a call has come that counts.
    """

    def __init__(
        self, out: Output, token: str, a2e: A2E | None = None, ids: Collection[str] = ()
    ) -> None:
        """Prepare; nothing listens yet.

        Args:
            out: where it prints.
            token: what calls must have.
            a2e: a client with a webhook of this token, if there is one.
            ids: ids of the jobs that are waited for, whatever they look like.
        """
        self.rung = anyio.Event()
        self._out = out
        self._token = token
        self._receiver = None if a2e is None else WebhookReceiver(a2e)
        self._ids = ids

    def admits(self, token: str | None) -> bool:
        """Tell whether a token is right; print the call if not."""
        right = same_token(token, self._token)
        if not right:
            what = "wrong token" if token else "no token"
            self._print({"valid": False, "ids": (), "payload": None}, f"{what}: ignored")
        return right

    def take_in(self, token: str | None, body: bytes) -> None:
        """Print a call, and hand it on."""
        ids = [word for word in words_in(body) if word in self._ids or _ID.fullmatch(word)]
        text = self._shown(body, _MOST)
        item = {"valid": True, "ids": ids, "payload": self._shown(body, _MOST_IN_JSON)}
        self._print(item, f"valid: {joined(ids) or 'no ids'}: {text}")
        self.rung.set()
        if self._receiver is not None:
            self._receiver.take_in(token, body)

    def _shown(self, body: bytes, most: int) -> str:
        if not body:
            return "(empty)"
        if len(body) > LARGEST:
            return f"(more than {words.size(LARGEST)})"
        whole = body.decode("utf-8", "replace").replace(self._token, "[token]")
        return messages.shortened(self._out.safe(whole), most)

    def _print(self, item: dict[str, Any], line: str) -> None:
        now = datetime.now().astimezone()
        text = f"{now:%H:%M:%S} {line}"
        if self._out.drawn and self._out.live:
            # Above the lines that are redrawn.
            self._out.say(text)
        else:
            self._out.result({"time": now, **item}, text)
            self._out.flush()

    @asynccontextmanager
    async def open(self, here: socket.socket, path: str) -> AsyncIterator[None]:
        """Listen at a path as long as the context lasts."""
        app = web.Application()
        app.router.add_route("*", path, self.handle)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=_SHUTDOWN)
        await runner.setup()
        try:
            await web.SockSite(runner, here).start()
            yield
        finally:
            await runner.cleanup()
