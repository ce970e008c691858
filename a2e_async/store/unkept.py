"""In place of a store, for jobs that wait in line and are not to outlive the process."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from itertools import count
from typing import Any

import attrs

from a2e_async.durable.unkept import Unkept
from a2e_async.jobs.job import Job
from a2e_async.journal.item import Item
from a2e_async.journal.kept import Kept
from a2e_async.journal.state import sibling
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

    async def begin(self, before: Item, after: Item) -> None:
        """Do nothing."""

    async def accept_all(
        self, kept: Kept, request: Request[Any], others: Sequence[Job[Any]]
    ) -> list[Kept]:
        """Make what is kept of the further tasks of a start."""
        made = [await self.keep(request, tag=kept.tag, group=kept.group, key=None) for _ in others]
        return [
            attrs.evolve(it, item=sibling(it.item, kept.item, job.id, None))
            for it, job in zip(made, others, strict=True)
        ]

    async def acknowledge(self, item: Item) -> None:
        """Do nothing."""

    async def retag(self, item: Item, tag: Any) -> None:
        """Do nothing: the job has it."""

    async def prune(self) -> int:
        """Do nothing."""
        return 0

    async def prune_media(self) -> None:
        """Do nothing."""
