"""A client that is drained: no new starts, and what is under way is waited for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import anyio

from a2e_async import clock
from a2e_async.errors import A2EError, ConfigurationError
from a2e_async.http.retry import Fate, fate
from a2e_async.jobs.place import Place
from a2e_async.jobs.poller import Poller
from a2e_async.jobs.watch import Watch


class Draining:
    """Tells whether a client starts anything, and waits for what it has started.

    Attributes:
        begun: whether there are no new starts any more.
    """

    def __init__(self, poller: Poller) -> None:
        """Let everything be started.

        Args:
            poller: waits for the tasks.
        """
        self.begun = False
        self._poller = poller
        self._departures: set[Departure] = set()
        self._left = asyncio.Event()
        self._callbacks: dict[object, Callable[[], None]] = {}

    def check(self) -> None:
        """Raise `ConfigurationError` if there are no new starts any more."""
        if self.begun:
            raise draining()

    def departure(self) -> Departure:
        """Make the gate of one start, to be entered before anything is done for it."""
        return Departure(self, self._departures, self._left)

    def on_begin(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Have something called as soon as there are no new starts any more.

        Args:
            callback: is called once, at once if it is so already. It raises nothing.

        Returns:
            A function that takes it back. It may be called more than once.
        """
        key = object()
        if self.begun:
            callback()
        else:
            self._callbacks[key] = callback

        def take_back() -> None:
            self._callbacks.pop(key, None)

        return take_back

    async def drain(self, seconds: float | None) -> list[Watch[Any]]:
        """Start nothing any more, and wait for what is under way. May be called more than once.

        Args:
            seconds: how long waits go on at the most; None for as long as they like. The answers
                to starts that were sent are waited for in any case.

        Returns:
            The tasks that go on.
        """
        self._begin()
        with anyio.move_on_after(seconds):
            await self._all_answered()
            await self._all_ended()
        self._poller.dismiss()
        await self._all_answered()
        return self._poller.under_way()

    def _begin(self) -> None:
        if self.begun:
            return
        self.begun = True
        # Before anybody lets go of a job.
        self._poller.under_way()
        for departure in self._departures:
            departure.call_back()
        callbacks, self._callbacks = self._callbacks, {}
        for callback in callbacks.values():
            callback()

    async def _all_answered(self) -> None:
        while self._departures:
            self._left.clear()
            await self._left.wait()

    async def _all_ended(self) -> None:
        waited: set[Watch[Any]] = set()
        while not self._poller.closed:
            # Each once, since who follows a job may do something else at the moment; and for as
            # long as somebody waits, who may have chosen a longer time.
            left = [w for w in self._poller.under_way() if w.awaited or w not in waited]
            if not left:
                return
            waited.update(left)
            await self._some_ended(left)

    async def _some_ended(self, watches: list[Watch[Any]]) -> None:
        waiters = [
            self._poller.wait(watch, changes=False, until=clock.now() + watch.product.deadline)
            for watch in watches
        ]
        try:
            await asyncio.wait(waiters)
        finally:
            for waiter in waiters:
                waiter.cancel()


class Departure:
    """One start on its way to the service, called back by a drain unless it was sent.

    It is the gate of the start's request, before that of its place.

    Attributes:
        may_have_started: whether the start was sent and may have been carried out.
    """

    __slots__ = (
        "_cancelling",
        "_departures",
        "_draining",
        "_is_called_back",
        "_left",
        "_place",
        "_task",
        "may_have_started",
    )

    def __init__(self, draining: Draining, departures: set[Departure], left: asyncio.Event) -> None:
        """Made by `Draining.departure`."""
        self.may_have_started = False
        self._draining = draining
        self._departures = departures
        self._left = left
        self._place: Place | None = None
        self._task: asyncio.Task[Any] | None = None
        self._cancelling = 0
        self._is_called_back = False

    @property
    def resends(self) -> bool:
        """Whether the start is sent again where it provably had no effect."""
        return not self._draining.begun and (self._place is None or self._place.resends)

    def through(self, place: Place | None) -> Self:
        """Take the place whose gate comes after this one, if there is one."""
        self._place = place
        return self

    async def turn(self) -> None:
        """Wait until the start may be sent.

        Raises:
            ConfigurationError: there are no new starts any more, or the client is closed.
        """
        self._draining.check()
        if self._place is not None:
            await self._place.turn()
        self.may_have_started = True

    def heard(self, error: A2EError | None) -> None:
        """Take in what an attempt ended with, None for a success."""
        self.may_have_started = error is None or fate(error) is Fate.UNKNOWN
        if self._place is not None:
            self._place.heard(error)

    def call_back(self) -> None:
        """Have it not sent, if that can be."""
        if self._task is not None and not (self.may_have_started or self._is_called_back):
            self._is_called_back = True
            self._task.cancel()

    def __enter__(self) -> Self:
        """Begin, unless there are no new starts any more."""
        self._draining.check()
        # As `asyncio.timeout` does it, at less cost for each start than a scope of anyio's.
        self._task = asyncio.current_task()
        self._cancelling = 0 if self._task is None else self._task.cancelling()
        self._departures.add(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Be done, with a `ConfigurationError` if it was called back."""
        self._departures.discard(self)
        self._left.set()
        if self._task is None or not self._is_called_back:
            return
        # Somebody else may have cancelled it too.
        alone = self._task.uncancel() <= self._cancelling
        if alone and isinstance(error, asyncio.CancelledError):
            raise draining() from None


def draining() -> ConfigurationError:
    """Make the error of whoever starts something with a client that is drained."""
    return ConfigurationError(
        "the client is draining: no new starts. Nothing was sent; make a new client for more"
    )
