"""The way of one item of a dry run: it is checked and priced, and nothing is started."""

from __future__ import annotations

from typing import Any

from a2e_async import clock
from a2e_async.batch.outcome import Outcome
from a2e_async.batch.run import BatchRun
from a2e_async.batch.source import Entry
from a2e_async.errors import A2EError, AuthenticationFailed, BudgetExceeded
from a2e_async.jobs.job import Job
from a2e_async.journal.item import Item


class DryLife:
    """Prices one item."""

    sending = False
    item: Item | None = None
    job: Job[Any] | None = None

    def __init__(self, run: BatchRun, entry: Entry, found: Item | Exception) -> None:
        """Take up an item, or what is wrong with it; nothing happens yet."""
        self._run = run
        self.entry = entry
        self._error = found if isinstance(found, Exception) else None

    async def live(self) -> Outcome:
        """Tell what it would cost."""
        entry, error, coins = self.entry, self._error, None
        if error is None:
            try:
                coins = await self._told()
                error = self._beyond(coins)
            except A2EError as reason:
                error = reason
        self._run.tally.finished(clock.now(), ok=error is None, known=False)
        return Outcome(
            index=entry.index, key=entry.name, request=entry.request, error=error, coins=coins
        )

    def _beyond(self, coins: float | None) -> BudgetExceeded | None:
        budget, kind = self._run.budget, self.entry.request.product.kind
        if coins is None or budget.reserve(coins):
            return None
        return BudgetExceeded(
            f"budget: {budget.reserved:g} of {budget.limit:g} coins are planned for already, and "
            f"a start of {kind} costs {coins:g}"
        )

    async def _told(self) -> float | None:
        run, request = self._run, self.entry.request
        run.check_halted()
        try:
            return await run.prices.of(request, run.prices.shape(request))
        except AuthenticationFailed as error:
            run.halt(error)
            raise
