"""A start's places under limits, from the wait for them until its tasks have ended."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable, Sequence
from contextlib import AsyncExitStack
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from a2e_async import clock
from a2e_async.errors import A2EError, ConfigurationError, NotFound, SubmitUncertain
from a2e_async.http.retry import Fate, fate
from a2e_async.jobs.congestion import is_busy
from a2e_async.jobs.fairness import Ticket
from a2e_async.jobs.waiting import Wait, longest
from a2e_async.jobs.watch import LookingStopped, News, Watch

if TYPE_CHECKING:
    from a2e_async.http.session import Session
    from a2e_async.jobs.door import Door
    from a2e_async.jobs.limits import Limits
    from a2e_async.jobs.poller import Poller


class Place:
    """What one start takes of some limits.

    It is released at the end of a ``with`` block, unless the start was answered (`hold`). It is the
    gate of the start's request: each attempt waits for the pace.

    Attributes:
        may_have_started: whether the start was sent and may have been carried out. It is False
            where it was not sent at all, or each attempt provably had no effect.
        resends: whether the start is sent again where it provably had no effect.
        outlasts_loss: whether the place is kept when nobody knows whether the start made a task.
    """

    def __init__(self, limits: Sequence[Limits], kind: str, group: Hashable, tasks: int) -> None:
        """Prepare; nothing is taken before `enter`."""
        self._doors = [(it.door, Ticket(kind, group)) for it in limits if it.door is not None]
        self._congestions = {id(it.congestion): it.congestion for it in limits}.values()
        self._tickets = [(it, Ticket(kind, group, tasks)) for it in limits if it.counts(kind)]
        self.may_have_started = False
        self.resends = True
        self.outlasts_loss = False
        self._has_turn = False
        self._settled = False
        self._refused = False
        self._sent = 0.0

    async def enter(self) -> None:
        """Wait for a place in each of the limits; give them back if that does not come about."""
        try:
            for limits, ticket in self._tickets:
                await limits.admit(ticket)
        except BaseException:
            self._give_back()
            raise

    @property
    def position(self) -> int | None:
        """Its place in the line, from 1, which is next; None when it does not wait for its turn.

        It counts those who are served before it as things stand, be it waiting for a place or, with
        one, for the pace.
        """
        wait = self._wait()
        return None if wait is None else wait.position

    @property
    def waiting_time(self) -> float | None:
        """How many seconds it is likely to wait for its turn yet.

        None when it does not wait, or nothing tells how long it takes until places come free.
        """
        wait = self._wait()
        return None if wait is None else wait.seconds

    def _wait(self) -> Wait | None:
        waits = [limits.wait_of(ticket) for limits, ticket in self._tickets]
        first = longest(wait for wait in waits if wait is not None)
        if first is not None:
            return longest([first, *(_through(door, first.position) for door, _ in self._doors)])
        waits = [door.wait_of(ticket) for door, ticket in self._doors]
        return longest(wait for wait in waits if wait is not None)

    async def take_turn(self, session: Session) -> None:
        """Wait for the turn of the first attempt beforehand. Nothing is sent by this."""
        await session.wait_for_turn(self)
        self._has_turn, self.may_have_started = True, False

    async def turn(self) -> None:
        """Wait until the start may be sent as far as the paces are concerned.

        Where the service said that it is busy, and more is under way than the client now allows
        itself, the place is given back and waited for once more.

        Raises:
            ConfigurationError: the client was closed meanwhile.
        """
        if self._has_turn:
            self._has_turn, self.may_have_started, self._sent = False, True, clock.now()
            return
        if self._refused and any(it.is_over(ticket) for it, ticket in self._tickets):
            self._give_back()
            await self.enter()
        self._refused = False
        # The paces are waited for one after the other, and taken in the same moment: who has waited
        # for the last one has not lost the first.
        if self._doors:
            async with AsyncExitStack() as doors:
                for door, ticket in self._doors:
                    await door.pass_through(ticket, doors)
                for door, _ in self._doors:
                    door.take()
        self._sent = clock.now()
        self.may_have_started = True

    def heard(self, error: A2EError | None) -> None:
        """Take in what an attempt ended with, from which the client's congestion is known.

        Args:
            error: the error, or None for a success.
        """
        self.may_have_started = error is None or fate(error) is Fate.UNKNOWN
        self._refused = is_busy(error)
        for congestion in self._congestions:
            if self._refused:
                congestion.refused(clock.now(), sent=self._sent)
            elif error is None:
                congestion.succeeded(clock.now())
        for limits, _ in self._tickets:
            limits.serve()

    def hold(self, poller: Poller, watches: Sequence[Watch[Any]]) -> None:
        """Keep the places while the tasks of the start are under way.

        Each comes back when its task has ended or is gone, when the time that its family is given
        by default is over, or when the client closes. A task that nobody awaits is looked at for
        this.

        Args:
            poller: tells how the tasks end.
            watches: the tasks that the start made, be they as many as expected or not.
        """
        if self._settled:
            return
        self._settled = True
        for limits, ticket in self._tickets:
            limits.resize(ticket, len(watches))
        if self._tickets:
            for watch in watches:
                _Stay(self._tickets, poller, watch).go_on()

    def take(self) -> None:
        """Take the places without waiting, whatever room there is: something is under way."""
        for limits, ticket in self._tickets:
            limits.resize(ticket, ticket.tasks)

    def release(self) -> None:
        """Give the places back: nothing was started. It may be called more than once."""
        if not self._settled:
            self._settled = True
            self._give_back()

    def _give_back(self) -> None:
        for limits, ticket in self._tickets:
            limits.resize(ticket, 0)

    def __enter__(self) -> Self:
        """Give the place."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Release it, unless it is held."""
        if not (self.outlasts_loss and isinstance(error, SubmitUncertain)):
            self.release()


def _through(door: Door, position: int) -> Wait:
    """Tell how long somebody waits for the pace who has yet to get a place."""
    # Who is at the door already is sent before.
    position += door.length
    return Wait(position, door.until(position))


class _Stay:
    """One task that keeps a place.

    There is one for each task under way: it waits by a callback, and takes no asyncio task.
    """

    __slots__ = ("_paused", "_poller", "_tickets", "_until", "_watch")

    def __init__(
        self, tickets: Sequence[tuple[Limits, Ticket]], poller: Poller, watch: Watch[Any]
    ) -> None:
        self._tickets = tickets
        self._poller = poller
        self._watch = watch
        self._until = clock.now() + watch.product.deadline
        self._paused = True

    def go_on(self) -> None:
        """Wait for the end of the task, if nothing does so already."""
        if not self._paused:
            return
        self._paused = False
        try:
            ended = self._watch.ended
            waiter = (
                None if ended else self._poller.wait(self._watch, changes=False, until=self._until)
            )
        except ConfigurationError:
            waiter = None
        if waiter is None:
            self._end()
        else:
            waiter.add_done_callback(self._heard)

    def _heard(self, waiter: asyncio.Future[News]) -> None:
        error = None if waiter.cancelled() else waiter.result()
        self._paused = True
        if isinstance(error, LookingStopped):
            # All tasks of the loop were cancelled, perhaps because it ends: to look on would make
            # a new one. So that waits until somebody wants a place.
            for limits, _ in self._tickets:
                limits.pause(self.go_on)
        elif isinstance(error, A2EError) and not isinstance(error, NotFound):
            # Looking is refused. That says nothing of the task, and the next look comes in time.
            self.go_on()
        else:
            self._end()

    def _end(self) -> None:
        for limits, ticket in self._tickets:
            limits.ended(ticket, self._watch.age(clock.now()))
