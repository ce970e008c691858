"""What the items of one batch share while it runs."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Hashable, Mapping, Sequence
from copy import copy
from pathlib import Path
from typing import Any, TypeAlias

import anyio

from a2e_async import clock
from a2e_async.batch.budget import Budget
from a2e_async.batch.finder import Finder
from a2e_async.batch.outcome import Progress
from a2e_async.batch.patience import Patience
from a2e_async.batch.prices import Prices, Reservation
from a2e_async.batch.results import Results
from a2e_async.batch.settings import Settings
from a2e_async.batch.source import Entry
from a2e_async.batch.tally import Tally
from a2e_async.batch.unkept import Unkept
from a2e_async.errors import A2EError, BudgetExceeded, JournalError
from a2e_async.files.disk import DiskError, make_directory
from a2e_async.files.threads import finish_in_thread
from a2e_async.jobs.core import Core
from a2e_async.jobs.family import Family
from a2e_async.jobs.job import Job
from a2e_async.jobs.limits import Limits, Place, enter_all
from a2e_async.journal.item import Item, State
from a2e_async.journal.journal import Journal
from a2e_async.journal.state import retry
from a2e_async.tasks.request import Request

_log = logging.getLogger("a2e_async.batch")

_TOGETHER = 200
_WOKEN = 2
"""For each start that goes well, so many are tried again that were refused."""
_BETWEEN_WARNINGS = 60.0

FamilyOf: TypeAlias = Callable[[str], Family[Any, Any]]


class Run:
    """The parts of a batch that its items work with."""

    def __init__(
        self,
        core: Core,
        family: FamilyOf,
        settings: Settings,
        limits: Limits,
    ) -> None:
        """Put them together; nothing is opened yet."""
        self.core = core
        self.family = family
        self.settings = settings
        self.limits = limits
        self._limits = (limits, core.limits)
        self.group: Hashable = self if settings.group is None else settings.group
        self.budget = Budget(settings.budget)
        asks = settings.budget is not None or settings.dry_run
        self.prices = Prices(core.session, settings.estimate, asks=asks)
        self.finder = Finder(core)
        self.tally = Tally(clock.now())
        self.journal: Journal | Unkept = Unkept()
        self.results: Results | None = None
        self.sought: Counter[tuple[str, str]] = Counter()
        self.last_start = clock.now()
        self.lost_places: dict[int, Place] = {}
        self.stopping = False
        self.cwd = Path()
        self._halted: A2EError | None = None
        self._held: list[Job[Any]] = []
        self._settled = asyncio.Event()
        self._sleepers: deque[asyncio.Event] = deque()
        self._under_way: defaultdict[str, dict[str, float]] = defaultdict(dict)
        self._warned = -_BETWEEN_WARNINGS
        self._is_closed = False

    async def open(self) -> None:
        """Open the journal and the file of results, and take in what is known from before.

        Raises:
            JournalError: the journal cannot be used.
        """
        settings = self.settings
        if settings.dry_run:
            return
        self.cwd = await finish_in_thread(Path.cwd)
        if settings.journal is not None:
            await _make_folder(settings.journal)
            self.journal = await Journal.open(settings.journal)
            if "failed" in settings.retry:
                await self._retry_failed(self.journal)
            known = await self.journal.summary()
            self.budget.spent = known.coins_spent + known.coins_reserved
            await self._hold_started(self.journal)
        if settings.results is not None:
            self.results = Results(
                self.cwd / settings.results, self.base, self.journal, self.is_done
            )
            await self.results.open()

    async def _retry_failed(self, journal: Journal) -> None:
        # What is uncertain is looked for first, when its turn has come.
        failed: list[Item] = []
        async for item in journal.items(states=(State.FAILED,)):
            failed.append(retry(item))
            if len(failed) == _TOGETHER:
                await asyncio.gather(*map(journal.write, failed))
                failed = []
        await asyncio.gather(*map(journal.write, failed))

    async def _hold_started(self, journal: Journal) -> None:
        async for item in journal.items(states=(State.STARTED,)):
            assert item.task_id is not None
            self._held.append(self.family(item.kind).job(item.task_id))
            self._under_way[item.kind][item.task_id] = clock.now()
        self.hold(self._held)
        # One place is left, so that there is an end even if what is uncertain is never read.
        most = self.limits.in_flight
        async for item in journal.items(states=(State.UNCERTAIN,)):
            if most is None or len(self.lost_places) >= most - 1:
                break
            place = self.lost_places[item.row] = self._place_of_before(item.kind)
            place.take()

    async def aclose(self) -> None:
        """Close what was opened. May be called more than once."""
        if self._is_closed:
            return
        self._is_closed = True
        self.limits.close()
        try:
            if self.results is not None:
                await self.results.aclose()
        finally:
            await self.journal.aclose()

    @property
    def base(self) -> Path:
        """The directory to which the journal's file names are relative, as a whole path."""
        journal = self.settings.journal
        return self.cwd if journal is None else self.cwd / journal.parent

    def is_done(self, item: Item) -> bool:
        """Tell whether nothing is left to be done for an item."""
        if item.state is State.FAILED:
            return True
        wanted = self.settings.download_to is not None
        fetched = bool(item.files) or not wanted or not self.makes_files(item.kind)
        return item.state is State.COMPLETED and fetched

    def makes_files(self, kind: str) -> bool:
        """Tell whether what comes of a product are files."""
        return self.family(kind).product.media is not None

    async def admit(self, read: Sequence[Entry]) -> list[Item | Exception]:
        """Find or make the items of what was read; an error where there is none.

        Raises:
            JournalError: the journal cannot be used any more.
        """
        good = [entry for entry in read if entry.error is None]
        wanted = [(entry.index, entry.key, entry.request) for entry in good]
        made = iter(await self.journal.admit_all(wanted) if wanted else ())
        found = [next(made) if entry.error is None else entry.error for entry in read]
        for it in found:
            if isinstance(it, Item):
                self.tally.found(it.state)
        return found

    def halt(self, error: A2EError) -> None:
        """Start nothing any more, for a reason that concerns all."""
        if self._halted is None:
            self._halted = error
        self._wake()

    def check_halted(self) -> None:
        """Raise the reason why nothing is started any more, if there is one."""
        if self._halted is not None:
            raise copy(self._halted).with_traceback(None)

    def check_stopping(self) -> None:
        """Raise `asyncio.CancelledError` if the batch is being stopped."""
        if self.stopping:
            raise asyncio.CancelledError

    async def place(self, kind: str) -> Place:
        """Wait for a place among the tasks of this batch and of the client."""
        return await enter_all(self._limits, kind, group=self.group)

    def _place_of_before(self, kind: str) -> Place:
        return Place(self._limits, kind, self.group, 1)

    def patience(self) -> Patience:
        """Begin to be patient with something that may go wrong for a time."""
        # The session has tried several times already.
        first = 4 * self.core.session.policy.first_delay
        return Patience(self.settings.patience, first, clock.now())

    def hold(self, jobs: Sequence[Job[Any]], place: Place | None = None) -> None:
        """Have tasks keep places that have none of their own yet; there may be too many of them."""
        for job in jobs:
            watch = self.core.poller.watch(self.family(job.kind).product, job.id)
            taken = place or self._place_of_before(job.kind)
            taken.hold(self.core.poller, [watch])

    def release_lost(self) -> None:
        """Give back the places of uncertain starts that are not among the requests."""
        while self.lost_places:
            self.lost_places.popitem()[1].release()

    def went_well(self, job: Job[Any]) -> None:
        """Note that a task was started or found; some of those who wait are tried again."""
        self.last_start = clock.now()
        self._under_way[job.kind][job.id] = self.last_start
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

    def warn_of(self, error: A2EError) -> None:
        """Tell in the log, now and then, why starts wait."""
        if clock.now() - self._warned >= _BETWEEN_WARNINGS:
            self._warned = clock.now()
            waiting = len(self._sleepers) + 1
            _log.warning("%s wait and be tried again: %s", _starts(waiting), error)

    async def reserve(self, request: Request[Any], shape: Hashable) -> Reservation:
        """Put the coins of a start aside.

        Returns:
            How many, 0 where nobody knows and there is no budget.

        Raises:
            BudgetExceeded: the budget does not cover it, or its price is not known.
        """
        while True:
            coins = await self.prices.of(request, shape)
            self.check_halted()
            if self.budget.limit is None:
                break
            if coins is None:
                raise _unknown(request.product.kind)
            if not self.prices.is_on_trial(shape):
                if self.budget.left is None or coins <= self.budget.left:
                    break
                if not self.budget.pending:
                    self.halt(self._exceeded(request.product.kind, coins))
                    self.check_halted()
            self._settled.clear()
            await self._settled.wait()
        self.budget.reserve(coins or 0.0)
        return self.prices.reservation(shape, coins or 0.0)

    def settle(self, reservation: Reservation, cost: float | None, told: float | None) -> None:
        """Replace a reservation by what the start has cost.

        Args:
            reservation: the reservation.
            cost: coins that it has cost, or may have cost; None if nothing was started.
            told: coins that the service says it has cost, or None.
        """
        self.prices.settle(reservation, told, started=cost is not None)
        self.budget.settle(reservation.coins, cost or 0.0)
        self._wake()

    def learn_price(self, reservation: Reservation, coins: float | None) -> None:
        """Take in what a task has cost in the end; None where nothing tells."""
        self.prices.learn(reservation, coins)
        self._wake()

    def correct(self, before: float, after: float) -> None:
        """Replace what a task was said to cost by what it says now."""
        self.budget.correct(before, after)
        self._wake()

    def _wake(self) -> None:
        self._settled.set()

    def _exceeded(self, kind: str, coins: float) -> BudgetExceeded:
        return BudgetExceeded(
            f"budget: {self.budget.spent:g} of {self.budget.limit:g} coins are spent, and a start "
            f"of {kind} costs {coins:g}; nothing more is started"
        )

    def progress(self) -> Progress:
        """Tell how far the batch is."""
        return self.tally.progress(
            clock.now(), spent=self.budget.spent, reserved=self.budget.reserved
        )


def now() -> float:
    """Tell the time of the journal, in Unix seconds."""
    return time.time()


def _starts(count: int) -> str:
    return "A start has to" if count == 1 else f"{count} starts have to"


async def _make_folder(journal: Path) -> None:
    try:
        await make_directory(journal.parent)
    except DiskError as error:
        raise JournalError(f"journal {journal}: {error}", path=journal) from error


def _unknown(kind: str) -> BudgetExceeded:
    return BudgetExceeded(
        f"budget: nothing tells what a start of {kind} costs: the service quotes no price, and "
        "none was seen yet. Give estimate=, the coins of a start"
    )
