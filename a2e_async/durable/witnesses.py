"""What is known for sure of the tasks that a list shows."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from typing import Any

from a2e_async import clock
from a2e_async.durable.absence import LISTED, PRECISION
from a2e_async.durable.run import Run
from a2e_async.journal.journal import Journal
from a2e_async.journal.known import Known
from a2e_async.tasks.product import Product


class Witnesses:
    """The tasks of a journal whose starts were answered."""

    def __init__(self, run: Run) -> None:
        """Ask the journal, or the client where there is none."""
        self._run = run

    async def known(self, product: Product[Any], task_ids: Sequence[str]) -> dict[str, Known]:
        """Tell what is known of tasks, by their ids."""
        journal = self._run.journal
        if isinstance(journal, Journal):
            return await journal.known(product.kind, task_ids)
        found = {task_id: self._watched(product, task_id) for task_id in task_ids}
        return {task_id: known for task_id, known in found.items() if known is not None}

    def _watched(self, product: Product[Any], task_id: str) -> Known | None:
        poller = self._run.core.poller
        if not poller.knows(product, task_id):
            return None
        watch = poller.watch(product, task_id)
        if not watch.started_here or watch.since is None:
            return None
        answered = time.time() - (clock.now() - watch.since)
        # When it was sent, nobody has noted.
        return Known(name=None, begun=answered - PRECISION, answered=answered)

    async def answered(self, product: Product[Any]) -> list[float]:
        """Tell when the tasks of a product were known that are listed for sure, in order."""
        journal = self._run.journal
        if not isinstance(journal, Journal):
            return []
        return await journal.answered(product.kind, time.time() - LISTED)

    def under_way(self, product: Product[Any], seconds: float) -> Collection[str]:
        """Give the tasks that are known to be under way, and were so many seconds ago."""
        until = clock.now() - seconds
        known = self._run.under_way(product.kind)
        return [task_id for task_id, since in known.items() if since <= until]
