"""What the families and jobs of one client share."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Hashable
from contextlib import AsyncExitStack
from functools import cached_property
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

import anyio

from a2e_async.http.session import Session
from a2e_async.http.sockets import closed
from a2e_async.jobs.draining import Departure, Draining, draining
from a2e_async.jobs.limits import Congestion, Limits, Place, claim
from a2e_async.jobs.poller import Poller
from a2e_async.jobs.reader import Reader
from a2e_async.jobs.schedule import Schedule
from a2e_async.tasks.webhook import Webhook

if TYPE_CHECKING:
    from a2e_async.files.download import Downloads
    from a2e_async.files.upload import Files
    from a2e_async.jobs.queued import Keeper


class Core:
    """The parts of a client that its families and jobs work with.

    Attributes:
        limits: those of the client, which hold for everything that is started through it.
        keeps: whether all starts are kept in a store.
    """

    keeps = False
    _make_keeper: Callable[[], Keeper]

    def __init__(
        self,
        session: Session,
        schedule: Schedule,
        *,
        webhook: Webhook | None = None,
        **limits: Any,
    ) -> None:
        """Put the parts together; nothing is opened yet.

        Args:
            session: where requests go through.
            schedule: how often waiting jobs are looked at.
            webhook: where the service calls when a task ends.
            limits: the numbers of `Limits`.

        Raises:
            TypeError, ValueError: what `Limits` raises.
        """
        self.webhook = webhook
        self.session = session
        self.telemetry = session.telemetry
        self.schedule = schedule
        self.reader = Reader(session)
        self.poller = Poller(session, self.reader, schedule)
        self.telemetry.observe(self.poller)
        self._draining = Draining(self.poller)
        self._congestion = Congestion()
        self._limits: WeakSet[Limits] = WeakSet()
        self.limits = self.limits_of(**limits)
        self.on_drain(self._end_claims)
        self._farewells: dict[object, Callable[[], Coroutine[Any, Any, None]]] = {}
        self._closing = False

    def keep_with(self, make: Callable[[], Keeper], *, keeps: bool) -> None:
        """Take in who takes starts that are kept, or wait in line.

        Args:
            make: makes it when it is first needed.
            keeps: whether all starts are kept.
        """
        self._make_keeper, self.keeps = make, keeps

    @cached_property
    def keeper(self) -> Keeper:
        """Who takes starts that are kept, or wait in line."""
        return self._make_keeper()

    @cached_property
    def files(self) -> Files:
        """Uploads; the code for them is loaded when they are first used."""
        from a2e_async.files.upload import Files  # noqa: PLC0415

        return Files(self.session)

    @cached_property
    def downloads(self) -> Downloads:
        """Downloads; the code for them is loaded when they are first used."""
        from a2e_async.files.download import Downloads  # noqa: PLC0415

        return Downloads(self.session)

    def limits_of(self, **numbers: Any) -> Limits:
        """Make limits that end with the client, and shrink with all others of it.

        Args:
            numbers: the numbers of `Limits`.

        Raises:
            TypeError, ValueError: what `Limits` raises.
        """
        durations = self.poller.mean_duration
        limits = Limits(**numbers, congestion=self._congestion, durations=durations)
        self._limits.add(limits)
        return limits

    def claim(self, kind: str, *, group: Hashable = None, tasks: int = 1) -> Place | None:
        """Make a start's claim to a place under the client's limits. Nothing waits yet.

        Args:
            kind: the product's name.
            group: whose start it is.
            tasks: how many tasks it makes.

        Returns:
            The place, to be entered; None where there are no limits.

        Raises:
            ConfigurationError: the client is closed, or belongs to another event loop.
            TypeError, ValueError: what `claim` of `a2e_async.jobs.limits` raises.
        """
        if group is None and not self.limits.limited:
            return None
        self.session.ready()
        place = claim((self.limits,), kind, group=group, tasks=tasks)
        return place if self.limits.limited else None

    async def place_for(self, kind: str, *, group: Hashable = None, tasks: int = 1) -> Place | None:
        """Wait for a start's place under the client's limits.

        Args:
            kind: the product's name.
            group: whose start it is.
            tasks: how many tasks it makes.

        Returns:
            The place, to be held or released; None where there are no limits.

        Raises:
            ConfigurationError: the client is closed, or belongs to another event loop.
            TypeError, ValueError: what `claim` raises.
        """
        place = self.claim(kind, group=group, tasks=tasks)
        if place is not None:
            await place.enter()
        return place

    def before_close(self, farewell: Callable[[], Coroutine[Any, Any, None]]) -> Callable[[], None]:
        """Have something done while the service can still be reached, when the client closes.

        Args:
            farewell: what is to be done. It raises nothing, and comes to an end.

        Returns:
            A function that takes it back. It may be called more than once.

        Raises:
            ConfigurationError: the client closes, or is closed.
        """
        if self._closing:
            raise closed()
        key = object()
        self._farewells[key] = farewell

        def take_back() -> None:
            self._farewells.pop(key, None)

        return take_back

    # Draining

    @property
    def draining(self) -> bool:
        """Whether there are no new starts any more."""
        return self._draining.begun

    def check_starting(self) -> None:
        """Raise `ConfigurationError` if there are no new starts any more."""
        self._draining.check()

    def departure(self) -> Departure:
        """Make the gate of one start, to be entered before anything is done for it."""
        return self._draining.departure()

    def on_drain(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Have something called as soon as there are no new starts, as `Draining.on_begin` does."""
        return self._draining.on_begin(callback)

    async def drain(self, seconds: float | None) -> list[str]:
        """Start nothing any more, and wait for what is under way.

        Args:
            seconds: how long waits go on at the most; None for as long as they like.

        Returns:
            The tokens of the tasks that go on.

        Raises:
            ConfigurationError: the client belongs to another event loop.
        """
        if self.poller.closed:
            return []
        self.session.ready()
        left = await self._draining.drain(seconds)
        return [watch.product.token(watch.task_id) for watch in left]

    def _end_claims(self) -> None:
        for limits in self._limits:
            limits.close(draining)

    # Closing

    async def _say_farewell(self) -> None:
        self._closing = True
        async with anyio.create_task_group() as group:
            for farewell in self._farewells.values():
                group.start_soon(farewell)

    async def aclose(self) -> None:
        """Send waiters away, remove temporary files, close what was opened."""
        for limits in self._limits:
            limits.close()
        async with AsyncExitStack() as last_first:
            last_first.push_async_callback(self.session.aclose)
            if "downloads" in vars(self):
                last_first.push_async_callback(self.downloads.aclose)
            last_first.push_async_callback(self.poller.aclose)
            last_first.push_async_callback(self._say_farewell)
