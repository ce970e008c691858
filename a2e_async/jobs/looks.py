"""One look at jobs that are due: what the service tells of them, and what follows from it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar

import attrs

from a2e_async import clock
from a2e_async.errors import A2EError, APIError, AuthenticationFailed, NotFound
from a2e_async.http.retry import is_transient
from a2e_async.http.session import Session
from a2e_async.jobs.answers import NothingNew
from a2e_async.jobs.reader import Reader
from a2e_async.jobs.schedule import Schedule
from a2e_async.jobs.watch import Watch
from a2e_async.status import JobStatus
from a2e_async.tasks.record import Record

R = TypeVar("R", bound=Record)

# A look that hangs must not hold up the news of its jobs for as long as a start may take.
_LOOK_TIMEOUT = 20.0
# A refusal may be a proxy's or the service's bad moment; a job ends with it after so many in a row.
_REFUSALS = 3
# Jobs of one look that are dealt with in one go, which takes some milliseconds.
_SLICE = 200


@attrs.frozen
class Alone:
    """A job that is to be looked at by its detail.

    Attributes:
        watch: the job's watch.
        record: what else was seen of it, for when the detail tells nothing.
    """

    watch: Watch[Any]
    record: Record | None = None


@attrs.frozen(eq=False)
class Looks:
    """Looks at jobs and tells whoever waits what came of it.

    Attributes:
        session: where the requests go.
        reader: how records are read.
        schedule: when a task counts as gone.
        seen: takes a record in, or that nothing is new.
        release: lets jobs wait for their next look.
    """

    session: Session
    reader: Reader
    schedule: Schedule
    seen: Callable[[Watch[Any], Any], None]
    release: Callable[[Sequence[Watch[Any]]], Awaitable[None]]
    _gone: dict[str, list[Watch[Any]]] = attrs.field(factory=dict, init=False)

    async def together(self, watches: Sequence[Watch[Any]]) -> tuple[list[Alone], int]:
        """Look at jobs of one family by requests that tell of many, and release those.

        Returns:
            The jobs that are to be looked at alone, and how many requests it took.
        """
        product = watches[0].product
        how = self.reader.way(product)
        with self.session.telemetry.poll(product.kind, len(watches), how) as told:
            found, requests = await self._read(watches)
            alone = [
                Alone(watch, outcome if isinstance(outcome, Record) else None)
                for watch in watches
                if _is_unclear(outcome := found.get(watch.task_id))
            ]
            left = {one.watch for one in alone}
            await self._take_all({w: found[w.task_id] for w in watches if w not in left})
            told.looked(watches, found.values(), requests=requests)
        return alone, requests

    async def alone(self, one: Alone) -> None:
        """Look at one job, and release it."""
        watch = one.watch
        with self.session.telemetry.poll(watch.product.kind, 1, "detail") as told:
            outcome = await self.reader.alone(
                watch.product, watch.task_id, watch.packed, read_timeout=self._limit()
            )
            seen = outcome
            if isinstance(outcome, Exception) and one.record is not None:
                seen = one.record
            await self._take_all({watch: seen})
            told.looked([watch], [outcome], requests=1)

    async def _take_all(self, outcomes: Mapping[Watch[Any], Any]) -> None:
        gone: dict[Watch[Any], None] = {}
        async for some in in_slices([*outcomes]):
            gone.update((watch, None) for watch in some if self._take(watch, outcomes[watch]))
        # The news of the others does not wait for the search.
        await self.release([watch for watch in outcomes if watch not in gone])
        if gone:
            await self._search_together([*gone])

    def forget(self) -> None:
        """Forget a search that broke off."""
        self._gone.clear()

    def _limit(self) -> float:
        return min(_LOOK_TIMEOUT, self.session.settings.read_timeout)

    async def _read(self, watches: Sequence[Watch[Any]]) -> tuple[dict[str, Any], int]:
        known = {watch.task_id: watch.packed for watch in watches}
        product = watches[0].product
        try:
            return await self.reader.together(product, known, read_timeout=self._limit())
        except Exception as error:  # noqa: BLE001  (whoever waits has to hear of it)
            return dict.fromkeys(known, error), 1

    def _take(self, watch: Watch[Any], outcome: Record | Exception) -> bool:
        """Take in what a look found; tell whether the task counts as gone."""
        if isinstance(outcome, (Record, NothingNew)):
            self.seen(watch, outcome if isinstance(outcome, Record) else None)
            return False
        trouble = watch.troubled()
        trouble.error = outcome
        if isinstance(outcome, NotFound) and not _is_page(outcome, watch):
            missing_for = trouble.miss(clock.now())
            return self.schedule.is_gone(
                seen=watch.seen, missing_for=missing_for, looks=trouble.missed
            )
        trouble.failures += 1
        trouble.refused += not (_is_passing(outcome) or _is_page(outcome, watch))
        if _ends_wait(outcome, trouble.refused):
            watch.tell(outcome)
        return False

    async def _search_together(self, gone: list[Watch[Any]]) -> None:
        """Search for tasks in one go with those that turn out gone during the search before."""
        kind = gone[0].product.kind
        if kind in self._gone:
            self._gone[kind] += gone
            return
        while gone:
            self._gone[kind] = []
            await self._search(gone)
            await self.release(gone)
            gone = self._gone.pop(kind)

    async def _search(self, gone: Sequence[Watch[Any]]) -> None:
        # Some details are lost to the service while its list still has them. The count of misses
        # stays, so that the next miss comes back here at once.
        try:
            found = await self.reader.search(gone[0].product, {watch.task_id for watch in gone})
        except Exception as error:  # noqa: BLE001  (it only keeps from knowing better)
            found = {}
            if _is_passing(error):
                return
        for watch in gone:
            record = found.get(watch.task_id)
            trouble = watch.trouble
            if record is None:
                watch.tell(watch.last_error)
            else:
                self.seen(watch, record)
                watch.trouble = trouble


async def in_slices(watches: Sequence[Watch[Any]]) -> AsyncIterator[Sequence[Watch[Any]]]:
    """Go through many jobs, and let others have the event loop in between."""
    for begin in range(0, len(watches), _SLICE):
        if begin:
            await asyncio.sleep(0)
        yield watches[begin : begin + _SLICE]


def _is_unclear(outcome: Record | Exception | None) -> bool:
    """Tell whether a detail has to say more: of what was not found, or failed for no reason."""
    if isinstance(outcome, Record):
        return outcome.status is JobStatus.FAILED and outcome.failed_message is None
    return outcome is None


def _is_page(error: Exception, watch: Watch[Any]) -> bool:
    """Tell whether a proxy, in place of the service, does not know a path that it knew before."""
    known = watch.seen and isinstance(error, NotFound)
    return known and isinstance(error, NotFound) and isinstance(error.body, str)


def _is_passing(error: Exception) -> bool:
    return isinstance(error, A2EError) and is_transient(error)


def _ends_wait(error: Exception, refused: int) -> bool:
    """Tell whether a look's error ends the wait, after so many refusals since the last success."""
    if _is_passing(error):
        return False
    at_once = isinstance(error, AuthenticationFailed) or not isinstance(error, APIError)
    return at_once or refused >= _REFUSALS
