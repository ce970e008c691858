"""What the starts that one journal keeps share while they run."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, TypeAlias

import anyio

from a2e_async import clock, logs
from a2e_async.durable.finder import Finder
from a2e_async.durable.patience import Patience
from a2e_async.durable.reservation import Reservation
from a2e_async.durable.unkept import Unkept
from a2e_async.errors import A2EError
from a2e_async.jobs.core import Core
from a2e_async.jobs.family import Family
from a2e_async.jobs.job import Job
from a2e_async.jobs.limits import Limits, Place
from a2e_async.journal.item import Item, State
from a2e_async.journal.journal import Journal
from a2e_async.tasks.request import Request

_log = logs.get("a2e_async.durable")

_WOKEN = 2
"""For each start that goes well, so many are tried again that were refused."""
_BETWEEN_WARNINGS = 60.0

FamilyOf: TypeAlias = Callable[[str], Family[Any, Any]]


class Run:
    """What starts of one journal work with. Who counts coins, or ever stops, says so in a subclass.

    Attributes:
        core: the parts of the client.
        family: gives the family of a product by its name.
        journal: what keeps the starts.
        finder: looks for those whose answer was lost.
        sought: the names that are looked for, by kind and name.
        last_start: when something was last started or found, on the monotonic clock.
        lost_places: places of starts that may be under way, by the rows of their items.
        stopping: whether nothing new is begun any more.
        advice: what to do about a start of which nobody knows what became, as the end of a
            sentence.
    """

    advice = ""

    def __init__(self, core: Core, family: FamilyOf, limits: Sequence[Limits]) -> None:
        """Put them together; nothing is opened yet.

        Args:
            core: the parts of the client.
            family: gives the family of a product by its name.
            limits: those that a start needs a place under, the client's last.
        """
        self.core = core
        self.family = family
        self._limits = tuple(limits)
        self.journal: Journal | Unkept = Unkept()
        self.finder = Finder(core)
        self.sought: Counter[tuple[str, str]] = Counter()
        self.last_start = clock.now()
        self.lost_places: dict[int, Place] = {}
        self.stopping = False
        self._held: list[Job[Any]] = []
        self._sleepers: deque[asyncio.Event] = deque()
        self._under_way: defaultdict[str, dict[str, float]] = defaultdict(dict)
        self._warned = -_BETWEEN_WARNINGS

    @property
    def seconds(self) -> float:
        """How long a start is tried while nothing else goes well either."""
        raise NotImplementedError

    def is_idle(self) -> bool:
        """Tell whether nothing is under way that could tell what a product's list is worth."""
        return not any(self._under_way.values())

    def group_of(self, row: int) -> Hashable:
        """Tell whose start the one of an item is."""
        raise NotImplementedError

    async def hold_known(self, journal: Journal) -> None:
        """Have what is under way keep its places, and what may be so, too."""
        async for item in journal.items(states=(State.STARTED,)):
            self.goes_on(self.hold_item(item))
        async for item in journal.items(states=(State.UNCERTAIN,)):
            self.hold_lost(item)

    def hold_item(self, item: Item) -> Job[Any]:
        """Have the task of a started item keep a place."""
        assert item.task_id is not None
        job = self.family(item.kind).job(item.task_id)
        self._held.append(job)
        self.hold(job, self._place_of_before(item))
        return job

    def hold_lost(self, item: Item) -> None:
        """Have an uncertain item keep a place, if there is more than one for such."""
        # One is left, so that there is an end even if what is uncertain is never taken up.
        most = self._limits[0].in_flight
        if most is not None and len(self.lost_places) < most - 1:
            place = self.lost_places[item.row] = self._place_of_before(item)
            place.take()

    def goes_on(self, job: Job[Any]) -> None:
        """Note that a task is under way whose end is waited for."""
        self._under_way[job.kind][job.id] = clock.now()

    def hold(self, job: Job[Any], place: Place) -> None:
        """Have a task keep a place; there may be too many of them."""
        watch = self.core.poller.watch(self.family(job.kind).product, job.id)
        place.hold(self.core.poller, [watch])

    def place_of_before(self, item: Item) -> Place:
        """Make the place of an item that has none of its own yet."""
        return self.lost_places.pop(item.row, None) or self._place_of_before(item)

    def _place_of_before(self, item: Item) -> Place:
        return Place(self._limits, item.kind, self.group_of(item.row), 1)

    def release_lost(self) -> None:
        """Give back the places of uncertain starts that nobody takes up."""
        while self.lost_places:
            self.lost_places.popitem()[1].release()

    def patience(self) -> Patience:
        """Begin to be patient with something that may go wrong for a time."""
        # The session has tried several times already.
        first = 4 * self.core.session.policy.first_delay
        return Patience(self.seconds, first, clock.now())

    def went_well(self, job: Job[Any]) -> None:
        """Note that a task was started or found; some of those who wait are tried again."""
        self.last_start = clock.now()
        self.goes_on(job)
        for _ in range(min(_WOKEN, len(self._sleepers))):
            self._sleepers.popleft().set()

    def ended(self, kind: str, task_id: str) -> None:
        """Note that a task has ended, or is waited for no longer."""
        self._under_way[kind].pop(task_id, None)

    def under_way(self, kind: str) -> Mapping[str, float]:
        """Give the ids of the tasks under way, with the moments since when they are known."""
        return self._under_way[kind]

    async def sleep_until_well(self, seconds: float) -> None:
        """Sleep, unless something goes well again before."""
        woken = asyncio.Event()
        self._sleepers.append(woken)
        try:
            with anyio.move_on_after(seconds):
                await woken.wait()
        finally:
            if not woken.is_set():
                self._sleepers.remove(woken)

    def wake_all(self) -> None:
        """Have all tried again at once that sleep."""
        while self._sleepers:
            self._sleepers.popleft().set()

    def warn_of(self, error: A2EError) -> None:
        """Tell in the log, now and then, why starts wait."""
        if clock.now() - self._warned >= _BETWEEN_WARNINGS:
            self._warned = clock.now()
            waiting = len(self._sleepers) + 1
            _log.warning("%s wait and be tried again: %s", _starts(waiting), error)

    def check_stopping(self) -> None:
        """Raise `asyncio.CancelledError` if nothing new is begun any more."""
        if self.stopping:
            raise asyncio.CancelledError

    # For who ends all starts for one reason

    def halt(self, error: A2EError) -> None:
        """Hear of an error that concerns all starts."""

    def check_halted(self) -> None:
        """Raise the reason why nothing is started any more, if there is one."""

    # For who counts coins

    def shape(self, request: Request[Any]) -> Hashable:
        """Tell what requests of the same price have in common with this one."""
        del request
        return None

    async def ask_price(self, request: Request[Any], shape: Hashable) -> None:
        """Have the price of a start known, if somebody counts."""

    async def reserve(self, request: Request[Any], shape: Hashable) -> Reservation:
        """Put the coins of a start aside."""
        del request
        return Reservation(0.0, shape)

    def settle(self, reservation: Reservation, cost: float | None, told: float | None) -> None:
        """Replace a reservation by what the start has cost.

        Args:
            reservation: the reservation.
            cost: coins that it has cost, or may have cost; None if nothing was started.
            told: coins that the service says it has cost, or None.
        """

    def correct(self, before: float, after: float) -> None:
        """Replace what a task was said to cost by what it says now."""


def now() -> float:
    """Tell the time of the journal, in Unix seconds."""
    return time.time()


def _starts(count: int) -> str:
    return "A start has to" if count == 1 else f"{count} starts have to"
