"""When a client may send: not while the service asks it to wait."""

from __future__ import annotations

import random

import anyio

from a2e_async import clock
from a2e_async.http.gate import Gate
from a2e_async.http.sockets import Sockets


class Turns:
    """The pauses of one client. None of them lasts longer than the client is open.

    Attributes:
        asked: whether the service has ever asked the client to slow down.
    """

    def __init__(self, sockets: Sockets, longest: float) -> None:
        """Let everything through.

        Args:
            sockets: tell when the client is closed.
            longest: seconds that the service may ask for at the most.
        """
        self.asked = False
        self._sockets = sockets
        self._longest = longest
        self._not_before = 0.0

    def slow_down(self, seconds: float) -> None:
        """Take in how long the service asks the client to wait."""
        self.asked = True
        self._not_before = max(self._not_before, clock.now() + min(seconds, self._longest))

    async def wait(self, gate: Gate | None) -> None:
        """Wait until the service and the gate let a request through at the same moment."""
        while True:
            while (left := self._left()) > 0:
                # Spread a little, so that the callers do not all come back in the same moment.
                await self.pause(left * (1 + random.random() / 10))  # noqa: S311
            if gate is None:
                return
            await gate.turn()
            if self._left() <= 0:
                return

    async def pause(self, seconds: float) -> None:
        """Sleep, but no longer than the client is open."""
        with anyio.move_on_after(seconds):
            await self._sockets.closing.wait()

    def _left(self) -> float:
        return 0.0 if self._sockets.closed else self._not_before - clock.now()
