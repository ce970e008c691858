"""Where starts wait, each group in its turn."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable
from itertools import count

from a2e_async import clock
from a2e_async.errors import ConfigurationError
from a2e_async.jobs.fairness import FairQueue, Ticket
from a2e_async.jobs.foresight import Rough, Usual, foresee
from a2e_async.jobs.waiting import Stays, Wait

# Seconds for which a look ahead holds: what is under way grows older meanwhile.
_FRESH = 1.0
# A change makes it out of date at once where fewer wait than this; of more, each adds so many
# seconds, so that looking ahead takes a small share of the loop's time whatever happens.
_FEW = 100
_EACH = 2e-4
# So many turns are looked ahead. What comes after them is told by their length.
_MOST = 1000


class Turnstile:
    """A fair queue, and those who wait in it.

    Attributes:
        queue: the queue.
        waiters: what each of those who wait is woken by.
    """

    def __init__(
        self,
        queue: FairQueue,
        *,
        share: Callable[[], float],
        stays: Stays,
        served: Callable[[float], None] | None = None,
    ) -> None:
        """Let nobody wait yet.

        Args:
            queue: who gets in.
            share: tells how much of the queue's limits is used at present.
            stays: tells how long places are kept.
            served: is called with the share after places were given away.
        """
        self.queue = queue
        self.waiters: dict[Ticket, asyncio.Future[None]] = {}
        self._share = share
        self._stays = stays
        self._served = served
        self._closed: Callable[[], ConfigurationError] | None = None
        self._moments: dict[Ticket, float | None] = {}
        self._positions: dict[Ticket, int] = {}
        self._rough: Rough | None = None
        self._seen: tuple[int, tuple[int, ...]] | None = None
        self._looked = 0.0

    async def enter(self, ticket: Ticket) -> None:
        """Wait until somebody has the places of a ticket.

        Raises:
            ConfigurationError: the client is closed, or was closed during the wait.
        """
        self.check_open()
        self.queue.add(ticket)
        self.serve()
        if ticket.held:
            return
        waiter = self.waiters[ticket] = asyncio.get_running_loop().create_future()
        try:
            await waiter
            self.check_open()
        except BaseException:
            # Whoever stops waiting may have been given a place in the same moment: `resize` gives
            # that back.
            if not ticket.held:
                self.queue.drop(ticket)
                self.serve()
            raise
        finally:
            del self.waiters[ticket]

    def serve(self) -> None:
        """Give the free places to those whose turn it is."""
        if self._closed is not None or not self.queue.waiting:
            return
        share, now = self._share(), clock.now()
        while (ticket := self.queue.next(share)) is not None:
            ticket.since = now
            if ticket in self.waiters:
                wake(self.waiters[ticket])
        if self._served is not None:
            self._served(share)

    def resize(self, ticket: Ticket, held: int) -> None:
        """Let somebody have so many places, whatever room there is; others get what is left."""
        if ticket.held != held:
            if not ticket.held:
                ticket.since = clock.now()
            self.queue.resize(ticket, held)
            self.serve()

    def wait_of(self, ticket: Ticket) -> Wait | None:
        """Tell how long somebody waits yet; None for somebody who does not wait."""
        if ticket.held or ticket not in self.waiters:
            return None
        self._look_ahead()
        if ticket in self._positions:
            position, at = self._positions[ticket], self._moments[ticket]
        else:
            position, at = self._guess(ticket)
        return Wait(position, None if at is None else max(0.0, at - clock.now()))

    def close(self, error: Callable[[], ConfigurationError]) -> None:
        """Send everybody away who waits. May be called more than once.

        Args:
            error: makes what they are told from now on.
        """
        self._closed = error
        for waiter in self.waiters.values():
            # Who waits in another loop cannot be woken from here.
            if waiter.get_loop() is asyncio.get_running_loop():
                wake(waiter)

    def check_open(self) -> None:
        """Raise `ConfigurationError` if it is closed."""
        if self._closed is not None:
            raise self._closed()

    def _look_ahead(self) -> None:
        queue, share, now = self.queue, self._share(), clock.now()
        seen = queue.version, queue.used(share)
        holds = _FRESH if seen == self._seen else _EACH * max(0, queue.waiting - _FEW)
        if self._seen is not None and now - self._looked < holds:
            return
        self._seen, self._looked, self._rough = seen, now, None
        usual = self._usual_at(now)
        # Plain numbers by ticket, which the garbage collector has no work with.
        self._moments = foresee(queue, share=share, now=now, usual=usual, most=_MOST)
        self._positions = dict(zip(self._moments, count(1), strict=False))

    def _usual_at(self, now: float) -> Usual:
        ages: defaultdict[str, list[float]] = defaultdict(list)
        for ticket in self.queue.holding:
            ages[ticket.kind].append(now - ticket.since)
        return lambda kind: self._stays.usual(kind, ages[kind])

    def _guess(self, ticket: Ticket) -> tuple[int, float | None]:
        if self._rough is None:
            self._rough = Rough(self.queue)
        position = self._rough.position(ticket)
        last = next(reversed(self._moments.values()), None)
        if last is None:
            return position, None
        return position, self._looked + (last - self._looked) * position / len(self._moments)


def wake(waiter: asyncio.Future[None]) -> None:
    """Let somebody go on who waits."""
    if not waiter.done():
        waiter.set_result(None)
