"""Limits of what is under way at once, and of how fast it is started."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from contextlib import AsyncExitStack

from a2e_async import clock
from a2e_async.http.sockets import closed
from a2e_async.jobs.congestion import Congestion
from a2e_async.jobs.fairness import FairQueue, Ticket
from a2e_async.jobs.pace import Pace
from a2e_async.jobs.place import Place
from a2e_async.tasks import checks

__all__ = ["Congestion", "Limits", "Place", "enter_all"]

_KIND = checks.Text()
_NUMBER = checks.Integer(1)
# What is left of a pace at the least, and after how many seconds one that was slowed down is looked
# at again. How much is under way shrinks further: that is what a busy service mostly minds.
_SLOWEST = 1 / 8
_SOON = 1.0


class Limits:
    """How many tasks may be under way at once, and how many may be started per second.

    There is one for the client, and one for each of its batches. With no number given, it does and
    costs nothing.

    Attributes:
        congestion: how much of the numbers is used at present; the client's one.
    """

    def __init__(
        self,
        *,
        in_flight: int | None = None,
        starts_per_second: float | None = None,
        in_flight_per_kind: Mapping[str, int] | None = None,
        congestion: Congestion,
    ) -> None:
        """Check the numbers; nothing is under way yet.

        Args:
            in_flight: tasks under way at once, from 1; None for any number.
            starts_per_second: starts per second, above 0, evenly apart; None for any number.
            in_flight_per_kind: tasks of a product under way at once, by the product's name. Nobody
                checks here whether there is such a product.
            congestion: how busy the service is.

        Raises:
            TypeError: a limit of another type.
            ValueError: a limit that lets nothing through.
        """
        if in_flight is not None:
            _NUMBER.check("in_flight", in_flight)
        rate = _read_rate(starts_per_second)
        self.congestion = congestion
        self._queue = FairQueue(in_flight, _read_kinds(in_flight_per_kind))
        self._pace = None if rate is None else Pace(rate)
        self._door = asyncio.Lock()
        self._waiters: dict[Ticket, asyncio.Future[None]] = {}
        self._growing: asyncio.TimerHandle | None = None
        self._paused: list[Callable[[], None]] = []
        self._sleeper: asyncio.Future[None] | None = None
        self._closed = False

    @property
    def limited(self) -> bool:
        """Whether there is any limit."""
        return bool(
            self._pace is not None or self._queue.in_flight is not None or self._queue.per_kind
        )

    @property
    def paced(self) -> bool:
        """Whether starts have to keep a distance."""
        return self._pace is not None

    @property
    def in_flight(self) -> int | None:
        """Tasks under way at once at the most; None for any number."""
        return self._queue.in_flight

    @property
    def per_kind(self) -> Mapping[str, int]:
        """Tasks of a product under way at once at the most, where there is a limit."""
        return self._queue.per_kind

    def counts(self, kind: str) -> bool:
        """Tell whether tasks of a kind take a place."""
        return self._queue.counts(kind)

    def check(self, kind: str, tasks: int) -> None:
        """Raise `ValueError` if a start makes more tasks than may ever be under way at once."""
        limits = (
            ("in_flight", self._queue.in_flight),
            (f"in_flight_per_kind[{kind!r}]", self._queue.per_kind.get(kind)),
        )
        for field, limit in limits:
            if limit is not None and tasks > limit:
                raise ValueError(
                    f"{field}: expected at least {tasks}, since this request makes {tasks} tasks "
                    f"at once, got {limit}"
                )

    async def enter(self, kind: str, *, group: Hashable = None, tasks: int = 1) -> Place:
        """Wait for a place, as `enter_all` does for one of several limits."""
        return await enter_all((self,), kind, group=group, tasks=tasks)

    async def admit(self, ticket: Ticket) -> None:
        """Wait until somebody has the places of a ticket.

        Raises:
            ConfigurationError: the client is closed, or was closed during the wait.
        """
        self._check_open()
        self._go_on()
        self._queue.add(ticket)
        self.serve()
        if ticket.held:
            return
        waiter = self._waiters[ticket] = asyncio.get_running_loop().create_future()
        try:
            await waiter
            self._check_open()
        except BaseException:
            # Whoever stops waiting may have been given a place in the same moment: `resize` gives
            # that back.
            if not ticket.held:
                self._queue.drop(ticket)
                self.serve()
            raise
        finally:
            del self._waiters[ticket]

    def serve(self) -> None:
        """Give the free places to those whose turn it is."""
        if self._closed or not self._queue.waiting:
            return
        share = self._share()
        while (ticket := self._queue.next(share)) is not None:
            if ticket in self._waiters:
                _wake(self._waiters[ticket])
        self._await_growth(share)

    def resize(self, ticket: Ticket, held: int) -> None:
        """Let somebody have so many places, whatever room there is; others get what is left."""
        if ticket.held != held:
            self._queue.resize(ticket, held)
            self.serve()

    def is_over(self, ticket: Ticket) -> bool:
        """Tell whether more is under way than the client now allows itself."""
        return self._queue.is_over(ticket.kind, self._share())

    async def pass_door(self, doors: AsyncExitStack) -> None:
        """Wait for the pace, and keep others from it until the doors are closed.

        Raises:
            ConfigurationError: the client is closed, or was closed during the wait.
        """
        if self._pace is None:
            return
        await doors.enter_async_context(self._door)
        while True:
            self._check_open()
            now, share = clock.now(), max(self._share(), _SLOWEST)
            left = self._pace.ready_at(now, share) - now
            if left <= 0:
                return
            await self._sleep(left if share == 1 else min(left, _SOON))

    def take_pace(self) -> None:
        """Count a start that is sent now."""
        if self._pace is not None:
            self._pace.take(clock.now(), max(self._share(), _SLOWEST))

    def pause(self, go_on: Callable[[], None]) -> None:
        """Have something go on as soon as somebody waits for a place."""
        self._paused.append(go_on)
        if not all(waiter.done() for waiter in self._waiters.values()):
            self._go_on()

    def close(self) -> None:
        """Send everybody away who waits. May be called twice."""
        self._closed = True
        if self._growing is not None:
            self._growing.cancel()
        self._paused.clear()
        for waiter in filter(None, (*self._waiters.values(), self._sleeper)):
            # Who waits in another loop cannot be woken from here.
            if waiter.get_loop() is asyncio.get_running_loop():
                _wake(waiter)

    def _check_open(self) -> None:
        if self._closed:
            raise closed()

    async def _sleep(self, seconds: float) -> None:
        """Sleep, but no longer than the client is open."""
        loop = asyncio.get_running_loop()
        # There is one sleeper at a time: the others wait at the door.
        self._sleeper = loop.create_future()
        timer = loop.call_later(seconds, _wake, self._sleeper)
        try:
            await self._sleeper
        finally:
            timer.cancel()
            self._sleeper = None

    def _share(self) -> float:
        return self.congestion.share(clock.now())

    def _go_on(self) -> None:
        paused, self._paused = self._paused, []
        for go_on in paused:
            go_on()

    def _await_growth(self, share: float) -> None:
        """Serve again when time alone has made more places of the client's share."""
        if self._growing is not None:
            self._growing.cancel()
            self._growing = None
        more = self._queue.next_share(share) if self._queue.waiting and share < 1 else None
        if more is not None:
            loop = asyncio.get_running_loop()
            self._growing = loop.call_at(self.congestion.reached(more), self.serve)


async def enter_all(
    limits: Sequence[Limits], kind: str, *, group: Hashable = None, tasks: int = 1
) -> Place:
    """Wait for a place under several limits, those of the client last.

    Args:
        limits: the limits, in the order in which they are waited for. Everybody who shares two of
            them has to give them in the same order.
        kind: the product's name.
        group: whose start it is: a free place goes to the group that has the fewest.
        tasks: how many tasks the start makes.

    Returns:
        The place, to be held or released.

    Raises:
        ConfigurationError: the client is closed, or was closed during the wait.
        TypeError: a group that cannot be one.
        ValueError: the start makes more tasks than may ever be under way at once.
    """
    try:
        hash(group)
    except TypeError:
        words = "something hashable, such as a user's id"
        checks.refuse(TypeError, "group", words, group)
    limits = [each for each in limits if each.limited]
    for each in limits:
        each.check(kind, tasks)
    place = Place(limits, kind, group, tasks)
    await place.enter()
    return place


def _wake(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)


def _read_rate(value: float | None) -> float | None:
    if value is None:
        return None
    allowed = "a number above 0"
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        checks.refuse(TypeError, "starts_per_second", allowed, value)
    if not 0 < value < math.inf:
        checks.refuse(ValueError, "starts_per_second", allowed, value)
    return float(value)


def _read_kinds(value: object) -> dict[str, int]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        words = "a number of tasks for each of some products, by name"
        checks.refuse(TypeError, "in_flight_per_kind", words, value)
    for kind, number in value.items():
        _KIND.check("in_flight_per_kind", kind)
        _NUMBER.check(f"in_flight_per_kind[{kind!r}]", number)
    return dict(value)
