"""Limits of what is under way at once, and of how fast it is started."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Hashable, Mapping, Sequence

from a2e_async import clock
from a2e_async.errors import ConfigurationError
from a2e_async.http.sockets import closed
from a2e_async.jobs.congestion import Congestion
from a2e_async.jobs.door import Door
from a2e_async.jobs.fairness import FairQueue, Ticket
from a2e_async.jobs.place import Place
from a2e_async.jobs.turnstile import Turnstile
from a2e_async.jobs.waiting import Stays, Wait
from a2e_async.tasks import checks

__all__ = ["Congestion", "Limits", "Place", "claim", "enter_all"]

_KIND = checks.Text()
_NUMBER = checks.Integer(1)


class Limits:
    """How many tasks may be under way at once, and how many may be started per second.

    There is one for the client, and one for each of its batches. With no number given, it does and
    costs nothing.

    Attributes:
        congestion: how much of the numbers is used at present; the client's one.
        door: where starts wait for the pace; None where they have to keep no distance.
    """

    def __init__(
        self,
        *,
        in_flight: int | None = None,
        starts_per_second: float | None = None,
        in_flight_per_kind: Mapping[str, int] | None = None,
        congestion: Congestion,
        durations: Callable[[str], float | None] | None = None,
    ) -> None:
        """Check the numbers; nothing is under way yet.

        Args:
            in_flight: tasks under way at once, from 1; None for any number.
            starts_per_second: starts per second, above 0, evenly apart; None for any number.
            in_flight_per_kind: tasks of a product under way at once, by the product's name. Nobody
                checks here whether there is such a product.
            congestion: how busy the service is.
            durations: tells how long the tasks of a product take, in seconds, or None. It counts
                as long as none of them has ended.

        Raises:
            TypeError: a limit of another type.
            ValueError: a limit that lets nothing through.
        """
        if in_flight is not None:
            _NUMBER.check("in_flight", in_flight)
        rate = _read_rate(starts_per_second)
        self.congestion = congestion
        self._stays = Stays(durations or (lambda _: None))
        self._queue = FairQueue(in_flight, _read_kinds(in_flight_per_kind))
        self._places = Turnstile(
            self._queue, share=self._share, stays=self._stays, served=self._await_growth
        )
        self.door = None if rate is None else Door(rate, self._share)
        self._growing: asyncio.TimerHandle | None = None
        self._paused: list[Callable[[], None]] = []

    @property
    def limited(self) -> bool:
        """Whether there is any limit."""
        return bool(
            self.door is not None or self._queue.in_flight is not None or self._queue.per_kind
        )

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
        self._places.check_open()
        self._go_on()
        await self._places.enter(ticket)

    def serve(self) -> None:
        """Give the free places to those whose turn it is."""
        self._places.serve()

    def resize(self, ticket: Ticket, held: int) -> None:
        """Let somebody have so many places, whatever room there is; others get what is left."""
        self._places.resize(ticket, held)

    def ended(self, ticket: Ticket, age: float) -> None:
        """Take one place back, whose task has ended.

        Args:
            ticket: whose place it was.
            age: seconds since the start of the task, as far as that is known.
        """
        self._stays.note(ticket.kind, max(age, clock.now() - ticket.since))
        self.resize(ticket, ticket.held - 1)

    def wait_of(self, ticket: Ticket) -> Wait | None:
        """Tell how long somebody waits for a place yet; None for somebody who does not."""
        return self._places.wait_of(ticket)

    def is_over(self, ticket: Ticket) -> bool:
        """Tell whether more is under way than the client now allows itself."""
        return self._queue.is_over(ticket.kind, self._share())

    def pause(self, go_on: Callable[[], None]) -> None:
        """Have something go on as soon as somebody waits for a place."""
        self._paused.append(go_on)
        if not all(waiter.done() for waiter in self._places.waiters.values()):
            self._go_on()

    def close(self, error: Callable[[], ConfigurationError] = closed) -> None:
        """Send everybody away who waits. May be called more than once.

        Args:
            error: makes what they are told from now on.
        """
        if self._growing is not None:
            self._growing.cancel()
        self._paused.clear()
        self._places.close(error)
        if self.door is not None:
            self.door.close(error)

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


def claim(limits: Sequence[Limits], kind: str, *, group: Hashable = None, tasks: int = 1) -> Place:
    """Make a claim to a place under several limits, those of the client last. Nothing waits yet.

    Args:
        limits: the limits, in the order in which they are waited for. Everybody who shares two of
            them has to give them in the same order.
        kind: the product's name.
        group: whose start it is: a free place goes to the group that has the fewest.
        tasks: how many tasks the start makes.

    Returns:
        The place, to be entered.

    Raises:
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
    return Place(limits, kind, group, tasks)


async def enter_all(
    limits: Sequence[Limits], kind: str, *, group: Hashable = None, tasks: int = 1
) -> Place:
    """Wait for a place under several limits, those of the client last.

    Args:
        limits: the limits, as for `claim`.
        kind: the product's name.
        group: whose start it is.
        tasks: how many tasks the start makes.

    Returns:
        The place, to be held or released.

    Raises:
        ConfigurationError: the client is closed, or was closed during the wait.
        TypeError, ValueError: what `claim` raises.
    """
    place = claim(limits, kind, group=group, tasks=tasks)
    await place.enter()
    return place


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
