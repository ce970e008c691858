"""In place of a store, for jobs that wait in line and are not to outlive the process."""

from __future__ import annotations

from collections.abc import Hashable
from itertools import count
from typing import Any

import attrs

from a2e_async.durable.unkept import Unkept
from a2e_async.jobs.job import Job
from a2e_async.journal.item import Item
from a2e_async.journal.kept import Kept
from a2e_async.journal.state import accept, begin
from a2e_async.tasks.request import Request


class UnkeptStore(Unkept):
    """Gives each start a number, and forgets it."""

    def __init__(self) -> None:
        """Begin with nothing."""
        super().__init__()
        self._rows = count(1)

    async def keep(
        self, request: Request[Any], *, tag: Any, group: Hashable, key: str | None
    ) -> Kept:
        """Make what is kept of a start."""
        row, kind = next(self._rows), request.product.kind
        item = Item(row=row, index=row, key=key, kind=kind, fingerprint="")
        return Kept(item=item, tag=tag, group=group)

    async def keep_started(self, first: Kept, request: Request[Any], job: Job[Any]) -> Kept:
        """Make what is kept of a further task of a start."""
        made = await self.keep(request, tag=first.tag, group=first.group, key=None)
        item = begin(made.item, name=first.item.name, reserved=None, at=0.0)
        return attrs.evolve(made, item=accept(item, task_id=job.id, coins=None, at=0.0))

    async def acknowledge(self, item: Item) -> None:
        """Do nothing."""

    async def retag(self, item: Item, tag: Any) -> None:
        """Do nothing: the job has it."""

    async def prune(self) -> int:
        """Do nothing."""
        return 0
