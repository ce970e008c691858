"""Looking for the tasks of starts whose answer was lost, as far back as they can be."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

import anyio
import attrs

from a2e_async import clock, logs, status
from a2e_async.durable.absence import LISTED, Dates, Lost, Row, Walk
from a2e_async.errors import A2EError, JournalError
from a2e_async.jobs.core import Core
from a2e_async.journal.known import Known
from a2e_async.tasks.product import Product
from a2e_async.tasks.record import Record

_log = logs.get("a2e_async.durable")

_MOST_PAGES = 1000


class Witnesses(Protocol):
    """What is known for sure of a product's tasks, as `a2e_async.durable.witnesses` tells it."""

    async def known(self, product: Product[Any], task_ids: Sequence[str]) -> dict[str, Known]:
        """Tell what is known of tasks."""
        ...

    async def answered(self, product: Product[Any]) -> list[float]:
        """Tell when tasks were known that are listed for sure."""
        ...

    def under_way(self, product: Product[Any], seconds: float) -> Collection[str]:
        """Give the tasks that are under way for so many seconds."""
        ...


@attrs.frozen
class Sight:
    """What one walk through a list tells of a name.

    Attributes:
        records: the tasks of that name.
        walk: what the walk was like.
        answered: when the tasks were known that are listed for sure, in order.
        seconds: how long it took.
    """

    records: tuple[Record, ...]
    walk: Walk
    answered: Sequence[float]
    seconds: float


@attrs.frozen
class _Found:
    """What one walk tells of all names that were looked for when it began."""

    begun: float
    ended: float
    walk: Walk
    named: dict[str, list[Record]]
    answered: Sequence[float]


@attrs.frozen(eq=False)
class _Wanted:
    name: str
    begun: float


class Finder:
    """Goes through the lists of products; names that are looked for together share a walk."""

    def __init__(self, core: Core) -> None:
        """Look with this client's requests."""
        self._core = core
        self._locks: defaultdict[str, anyio.Lock] = defaultdict(anyio.Lock)
        self._wanted: defaultdict[str, set[_Wanted]] = defaultdict(set)
        self._last: dict[str, _Found] = {}

    def can_tell(self, product: Product[Any]) -> bool:
        """Tell whether tasks of a product can be found by their names at all."""
        return product.pages is not None and product.name_field is not None

    def is_gone(self, begun: float) -> bool:
        """Tell whether a task that was started then may not be listed any more."""
        return time.time() - begun > LISTED

    async def find(
        self, product: Product[Any], name: str, lost: Lost, witnesses: Witnesses
    ) -> Sight:
        """Look for the tasks of a name.

        Args:
            product: their product, which has a list.
            name: the name.
            lost: the start that made them, if there are any.
            witnesses: what is known for sure.

        Returns:
            What is there, as far as it could be read.

        Raises:
            JournalError: the journal cannot be used any more.
        """
        asked = clock.now()
        wanted = _Wanted(name, lost.begun)
        self._wanted[product.kind].add(wanted)
        try:
            async with self._locks[product.kind]:
                found = self._last.get(product.kind)
                # One that had begun before did not know of this name.
                if found is None or found.begun < asked:
                    found = await self._look(product, witnesses)
                    self._last[product.kind] = found
        finally:
            self._wanted[product.kind].discard(wanted)
        records = tuple(found.named.get(name, ()))
        return Sight(records, found.walk, found.answered, found.ended - found.begun)

    async def _look(self, product: Product[Any], witnesses: Witnesses) -> _Found:
        begun, wanted = clock.now(), self._wanted[product.kind]
        named: dict[str, list[Record]] = {it.name: [] for it in wanted}
        settle = self._core.session.policy.settle
        walk = Walk(begun=time.time(), dates=Dates(self._skew()), settle=settle)
        under_way = witnesses.under_way(product, settle)
        answered = await witnesses.answered(product)
        earliest = min(it.begun for it in wanted)
        try:
            await self._read(product, walk, named, earliest, witnesses)
        except JournalError:
            raise
        except A2EError as error:
            words = "%s: looking for tasks by name failed: %s"
            _log.info(words, product.kind, error, kind=product.kind)
            walk.is_good = False
        walk.end(under_way)
        return _Found(begun, clock.now(), walk, named, answered)

    def _skew(self) -> float:
        there = self._core.session.server_time()
        return 0.0 if there is None else (there - datetime.now(UTC)).total_seconds()

    async def _read(
        self,
        product: Product[Any],
        walk: Walk,
        named: dict[str, list[Record]],
        earliest: float,
        witnesses: Witnesses,
    ) -> None:
        """Read pages to the end of the list, or until those that follow are too old."""
        assert product.pages is not None
        for number in range(1, _MOST_PAGES + 1):
            page = await self._core.reader.lists.whole(product, number)
            fresh = set(walk.fresh([record.id for record in page.records]))
            records = [record for record in page.records if record.id in fresh]
            for record in records:
                if record.name in named:
                    named[record.name].append(record)
            known = await witnesses.known(product, [record.id for record in records])
            rows = [_row(record, known.get(record.id)) for record in records]
            walk.take(rows, stated=page.stated, more=bool(page.records))
            if walk.ended or product.pages.number is None or walk.dates.reach(earliest):
                return
        walk.is_good = False


def _row(record: Record, known: Known | None) -> Row:
    state = status.lookup(record.current_status)
    created, updated = record.created_at, record.updated_at
    took = None
    if created is not None and updated is not None and record.status.terminal:
        took = (updated - created).total_seconds()
    return Row(
        id=record.id,
        name=record.name,
        created=None if created is None else created.timestamp(),
        took=took if took is not None and took > 0 else None,
        running=state is not None and not record.status.terminal,
        known=known,
    )
