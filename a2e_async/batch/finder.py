"""Looking for the tasks of starts whose answer was lost, as far back as they can be."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any

import anyio
import attrs

from a2e_async import clock
from a2e_async.errors import A2EError
from a2e_async.jobs.core import Core
from a2e_async.tasks.product import Product
from a2e_async.tasks.record import Record

_log = logging.getLogger("a2e_async.batch")

_MOST_PAGES = 1000
_KNOWN_CLOCK = timedelta(seconds=30)
_UNKNOWN_CLOCK = timedelta(hours=1)
"""The service's clock and this machine's may differ by so much."""
_LISTED = timedelta(days=2)
"""Records stay in the lists for about three days."""


@attrs.frozen
class Sight:
    """What the lists tell of a name.

    Attributes:
        records: the tasks of that name.
        whole: whether all tasks were seen that can be the one: where this is so and there are no
            records, it does not exist.
    """

    records: tuple[Record, ...]
    whole: bool


@attrs.frozen
class _Walk:
    begun: float
    since: datetime
    named: dict[str, list[Record]]
    whole: bool


class Finder:
    """Goes through the lists of products; names that are looked for together share a walk."""

    def __init__(self, core: Core) -> None:
        """Look with this client's requests."""
        self._core = core
        self._locks: defaultdict[str, anyio.Lock] = defaultdict(anyio.Lock)
        self._wanted: defaultdict[str, dict[str, datetime]] = defaultdict(dict)
        self._last: dict[str, _Walk] = {}

    def can_tell(self, product: Product[Any]) -> bool:
        """Tell whether tasks of a product can be found by their names at all."""
        return product.pages is not None and product.name_field is not None

    def is_gone(self, since: float) -> bool:
        """Tell whether a task that was started then may not be listed any more."""
        return datetime.now(UTC) - self._earliest(since) > _LISTED

    async def find(self, product: Product[Any], name: str, since: float) -> Sight:
        """Look for the tasks of a name.

        Args:
            product: their product.
            name: the name.
            since: when the earliest of them can have been started, in Unix seconds of this machine.

        Returns:
            What is there. Trouble with the service is no reason to believe that nothing is.
        """
        asked, earliest = clock.now(), self._earliest(since)
        if product.pages is None or self.is_gone(since):
            return Sight((), whole=False)
        wanted = self._wanted[product.kind]
        wanted[name] = earliest
        try:
            async with self._locks[product.kind]:
                walk = self._last.get(product.kind)
                if walk is None or walk.begun < asked or walk.since > earliest:
                    walk = await self._walk(product, dict(wanted))
                    self._last[product.kind] = walk
        finally:
            wanted.pop(name, None)
        return Sight(tuple(walk.named.get(name, ())), walk.whole)

    def _earliest(self, since: float) -> datetime:
        here, there = datetime.now(UTC), self._core.session.server_time()
        moment = datetime.fromtimestamp(since, UTC)
        if there is None:
            return moment - _UNKNOWN_CLOCK
        return moment + (there - here) - _KNOWN_CLOCK

    async def _walk(self, product: Product[Any], wanted: dict[str, datetime]) -> _Walk:
        begun, since = clock.now(), min(wanted.values())
        named: dict[str, list[Record]] = {}
        try:
            whole = await self._read(product, since, wanted, named)
        except A2EError as error:
            _log.info("%s: looking for tasks by name failed: %s", product.kind, error)
            whole = False
        return _Walk(begun, since, named, whole)

    async def _read(
        self,
        product: Product[Any],
        since: datetime,
        wanted: Collection[str],
        named: dict[str, list[Record]],
    ) -> bool:
        """Read pages; tell whether all tasks since then were seen."""
        assert product.pages is not None
        seen: set[str] = set()
        for number in range(1, _MOST_PAGES + 1):
            size = product.pages.largest
            records = await self._core.reader.lists.page(product, number, size)
            fresh = [record for record in records if record.id not in seen]
            seen.update(record.id for record in fresh)
            for record in fresh:
                if record.name in wanted:
                    named.setdefault(record.name or "", []).append(record)
            if not fresh or _all_before(fresh, since):
                return True
        return False


def _all_before(records: Collection[Record], moment: datetime) -> bool:
    return all(record.created_at is not None and record.created_at < moment for record in records)
