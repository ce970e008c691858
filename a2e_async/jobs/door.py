"""Where starts that have their places wait for the pace, each group in its turn."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack

from a2e_async import clock
from a2e_async.errors import ConfigurationError
from a2e_async.jobs.fairness import FairQueue, Ticket
from a2e_async.jobs.pace import Pace
from a2e_async.jobs.turnstile import Turnstile, wake
from a2e_async.jobs.waiting import Stays, Wait

# What is left of a pace at the least, and after how many seconds one that was slowed down is looked
# at again. How much is under way shrinks further: that is what a busy service mostly minds.
_SLOWEST = 1 / 8
_SOON = 1.0


class Door:
    """Lets so many starts through per second."""

    def __init__(self, per_second: float, share: Callable[[], float]) -> None:
        """Let nobody wait yet.

        Args:
            per_second: starts per second, above 0, evenly apart.
            share: tells how much of that is used at present.
        """
        self._pace = Pace(per_second)
        self._share = share
        # Whoever has the one place here is the next to be sent.
        self._line = Turnstile(FairQueue(1, {}), share=lambda: 1.0, stays=Stays(lambda _: None))
        self._sleeper: asyncio.Future[None] | None = None

    async def pass_through(self, ticket: Ticket, closing: AsyncExitStack) -> None:
        """Wait for the pace, and keep others from it until the door is closed behind.

        Args:
            ticket: whose turn is waited for. Its group's next comes after those of all others.
            closing: closes the door behind.

        Raises:
            ConfigurationError: the client is closed, or was closed during the wait.
        """
        closing.callback(self._line.resize, ticket, 0)
        await self._line.enter(ticket)
        while (left := self.until(1)) > 0:
            await self._sleep(left if self._used() == 1 else min(left, _SOON))
            self._line.check_open()

    def take(self) -> None:
        """Count a start that is sent now."""
        self._pace.take(clock.now(), self._used())

    @property
    def length(self) -> int:
        """How many wait."""
        return self._line.queue.held + self._line.queue.waiting

    def wait_of(self, ticket: Ticket) -> Wait | None:
        """Tell how long somebody waits yet; None for somebody who does not wait here."""
        behind = self._line.wait_of(ticket)
        if behind is None and not ticket.held:
            return None
        position = 1 if behind is None else 1 + behind.position
        return Wait(position, self.until(position))

    def until(self, position: int) -> float:
        """Tell how many seconds it takes until the so manieth start from now may be sent."""
        now = clock.now()
        return self._pace.ready_at(now, self._used(), position) - now

    def close(self, error: Callable[[], ConfigurationError]) -> None:
        """Send everybody away who waits. May be called more than once.

        Args:
            error: makes what they are told from now on.
        """
        self._line.close(error)
        sleeper = self._sleeper
        # Who sleeps in another loop cannot be woken from here.
        if sleeper is not None and sleeper.get_loop() is asyncio.get_running_loop():
            wake(sleeper)

    async def _sleep(self, seconds: float) -> None:
        """Sleep, but no longer than the client is open."""
        loop = asyncio.get_running_loop()
        # There is one sleeper at a time: the others wait in the line.
        self._sleeper = loop.create_future()
        timer = loop.call_later(seconds, wake, self._sleeper)
        try:
            await self._sleeper
        finally:
            timer.cancel()
            self._sleeper = None

    def _used(self) -> float:
        return max(self._share(), _SLOWEST)
