"""Discord's gateway, on this machine: sessions, events, and when each heartbeat came."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from typing import Any

import attrs
from aiohttp import WSMsgType, web

from tests.examples.discord import shapes

DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT, INVALID, HELLO, ACK = 0, 1, 2, 6, 7, 9, 10, 11
_WRONG_TOKEN = 4004


@attrs.define(eq=False)
class Connection:
    """One connection of a bot.

    Attributes:
        opened: the monotonic clock when it was told how often to beat.
        beats: the monotonic clock when each heartbeat came.
    """

    socket: web.WebSocketResponse
    opened: float = attrs.field(factory=time.monotonic)
    beats: list[float] = attrs.field(factory=list)

    def longest_silence(self) -> float:
        """Tell the longest time from one heartbeat to the next, and from the last until now."""
        moments = [self.opened, *self.beats, time.monotonic()]
        return max(after - before for before, after in itertools.pairwise(moments))


class Gateway:
    """The gateway.

    Attributes:
        connections: all that were opened, in order.
        identified: how many sessions were begun.
        resumed: how many were taken up again.
    """

    def __init__(self, token: str, *, interval: float) -> None:
        """Make it; a bot has to beat every `interval` seconds."""
        self._token = token
        self._interval = interval
        self._url = ""
        self._session = ""
        self._events: list[dict[str, Any]] = []
        self.connections: list[Connection] = []
        self.identified = 0
        self.resumed = 0
        self.ready = asyncio.Event()

    def told(self, url: str) -> None:
        """Learn the own address."""
        self._url = url

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one connection."""
        socket = web.WebSocketResponse(max_msg_size=0)
        await socket.prepare(request)
        interval = int(self._interval * 1000)
        await socket.send_json({"op": HELLO, "d": {"heartbeat_interval": interval}})
        connection = Connection(socket)
        self.connections.append(connection)
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                await self._heard(connection, json.loads(message.data))
        if self.connections[-1] is connection:
            self.ready.clear()
        return socket

    async def _heard(self, connection: Connection, told: dict[str, Any]) -> None:
        if told["op"] == HEARTBEAT:
            connection.beats.append(time.monotonic())
            await connection.socket.send_json({"op": ACK})
        elif told["op"] == IDENTIFY:
            await self._identify(connection, told["d"])
        elif told["op"] == RESUME:
            await self._resume(connection, told["d"])

    async def _identify(self, connection: Connection, data: dict[str, Any]) -> None:
        if data["token"] != self._token:
            await connection.socket.close(code=_WRONG_TOKEN)
            return
        self.identified += 1
        self._session, self._events = f"session-{self.identified}", []
        await self.dispatch(
            "READY",
            {
                "v": 10,
                "user": shapes.BOT,
                "guilds": [{"id": str(shapes.GUILD), "unavailable": True}],
                "session_id": self._session,
                "resume_gateway_url": self._url,
                "application": {"id": str(shapes.APPLICATION), "flags": 0},
            },
        )
        await self.dispatch("GUILD_CREATE", shapes.guild())
        self.ready.set()

    async def _resume(self, connection: Connection, data: dict[str, Any]) -> None:
        if (data["token"], data["session_id"]) != (self._token, self._session):
            await connection.socket.send_json({"op": INVALID, "d": False})
            return
        self.resumed += 1
        for event in self._events:
            if event["s"] > data["seq"]:
                await connection.socket.send_json(event)
        await self.dispatch("RESUMED", {})
        self.ready.set()

    async def dispatch(self, name: str, data: dict[str, Any]) -> None:
        """Send an event; who is away gets it when the session is taken up again."""
        event = {"op": DISPATCH, "t": name, "s": len(self._events) + 1, "d": data}
        self._events.append(event)
        socket = self.connections[-1].socket
        if not socket.closed:
            await socket.send_json(event)

    async def ask_to_reconnect(self) -> None:
        """Tell the bot to connect anew, as Discord does every few hours."""
        self.ready.clear()
        await self.connections[-1].socket.send_json({"op": RECONNECT, "d": None})

    async def close(self) -> None:
        """Close all connections."""
        for connection in self.connections:
            await connection.socket.close(code=1001)
