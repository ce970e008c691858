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
from a2e_async.jobs.limits import Congestion, Limits, Place, enter_all
from a2e_async.jobs.poller import Poller
from a2e_async.jobs.reader import Reader
from a2e_async.jobs.schedule import Schedule
from a2e_async.tasks.webhook import Webhook

if TYPE_CHECKING:
    from a2e_async.files.download import Downloads
    from a2e_async.files.upload import Files


class Core:
    """The parts of a client that its families and jobs work with.

    Attributes:
        limits: those of the client, which hold for everything that is started through it.
    """

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
        self.schedule = schedule
        self.reader = Reader(session)
        self.poller = Poller(session, self.reader, schedule)
        self._congestion = Congestion()
        self._limits: WeakSet[Limits] = WeakSet()
        self.limits = self.limits_of(**limits)
        self._farewells: dict[object, Callable[[], Coroutine[Any, Any, None]]] = {}
        self._closing = False

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
        limits = Limits(**numbers, congestion=self._congestion)
        self._limits.add(limits)
        return limits

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
            TypeError, ValueError: what `enter_all` raises.
        """
        if group is None and not self.limits.limited:
            return None
        self.session.ready()
        place = await enter_all((self.limits,), kind, group=group, tasks=tasks)
        return place if self.limits.limited else None

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
