"""What the items of one batch share while it runs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Sequence
from pathlib import Path
from typing import Any

from a2e_async import clock
from a2e_async.batch.budget import Budget
from a2e_async.batch.outcome import Progress
from a2e_async.batch.prices import Prices
from a2e_async.batch.results import Results
from a2e_async.batch.settings import Settings
from a2e_async.batch.source import Entry
from a2e_async.batch.tally import Tally
from a2e_async.durable.reservation import Reservation
from a2e_async.durable.run import FamilyOf, Run
from a2e_async.errors import A2EError, BudgetExceeded, JournalError, renewed
from a2e_async.files.disk import DiskError, make_directory
from a2e_async.files.threads import finish_in_thread
from a2e_async.jobs.core import Core
from a2e_async.jobs.draining import draining
from a2e_async.jobs.limits import Limits, Place, enter_all
from a2e_async.journal.item import Item, State
from a2e_async.journal.journal import Journal
from a2e_async.journal.state import retry
from a2e_async.tasks.request import Request

_TOGETHER = 200


class BatchRun(Run):
    """The parts of a batch that its items work with."""

    advice = ". To start it anew all the same, run the batch again with retry='uncertain'"

    def __init__(
        self,
        core: Core,
        family: FamilyOf,
        settings: Settings,
        limits: Limits,
    ) -> None:
        """Put them together; nothing is opened yet."""
        super().__init__(core, family, (limits, core.limits))
        self.settings = settings
        self.limits = limits
        self.group: Hashable = self if settings.group is None else settings.group
        self.budget = Budget(settings.budget)
        asks = settings.budget is not None or settings.dry_run
        self.prices = Prices(core.session, settings.estimate, asks=asks)
        self.tally = Tally(clock.now())
        self.results: Results | None = None
        self.cwd = Path()
        self._halted: A2EError | None = None
        self._settled = asyncio.Event()
        self._is_closed = False
        self._take_back: Callable[[], None] = lambda: None

    @property
    def seconds(self) -> float:
        """How long a start is tried while nothing else goes well either."""
        return self.settings.patience

    def is_idle(self) -> bool:
        """Tell whether nothing is under way that could tell what a product's list is worth."""
        return self.progress().in_flight == 0

    def group_of(self, row: int) -> Hashable:
        """Tell whose start the one of an item is: the batch's."""
        del row
        return self.group

    async def open(self) -> None:
        """Open the journal and the file of results, and take in what is known from before.

        Raises:
            JournalError: the journal cannot be used.
        """
        settings = self.settings
        if settings.dry_run:
            return
        self._take_back = self.core.on_drain(self._drained)
        self.cwd = await finish_in_thread(Path.cwd)
        if settings.journal is not None:
            await _make_folder(settings.journal)
            journal = self.journal = await Journal.open(settings.journal)
            if "failed" in settings.retry:
                await self._retry_failed(journal)
            known = await journal.summary()
            self.budget.spent = known.coins_spent + known.coins_reserved
            await self.hold_known(journal)
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

    async def aclose(self) -> None:
        """Close what was opened. May be called more than once."""
        if self._is_closed:
            return
        self._is_closed = True
        self._take_back()
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

    def _drained(self) -> None:
        self.halt(draining())
        self.wake_all()

    def halt(self, error: A2EError) -> None:
        """Start nothing any more, for a reason that concerns all."""
        if self._halted is None:
            self._halted = error
        self._wake()

    def check_halted(self) -> None:
        """Raise the reason why nothing is started any more, if there is one."""
        if self._halted is not None:
            raise renewed(self._halted)

    async def place(self, kind: str) -> Place:
        """Wait for a place among the tasks of this batch and of the client."""
        return await enter_all(self._limits, kind, group=self.group)

    def shape(self, request: Request[Any]) -> Hashable:
        """Tell what requests of the same price have in common with this one."""
        return self.prices.shape(request)

    async def ask_price(self, request: Request[Any], shape: Hashable) -> None:
        """Have the price of a start known."""
        await self.prices.of(request, shape)

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
