"""The one place that waits for tasks: all waiting jobs of a client share its looks."""

from __future__ import annotations

import asyncio
import heapq
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextvars import Context
from itertools import count
from typing import Any, TypeVar
from weakref import WeakValueDictionary

import anyio
import attrs
from anyio.abc import TaskGroup

from a2e_async import clock
from a2e_async.errors import A2EError, APIError, AuthenticationFailed, NotFound
from a2e_async.http.retry import Effect, is_transient
from a2e_async.http.session import Session
from a2e_async.jobs.reader import BATCH_SIZE, Reader
from a2e_async.jobs.schedule import Schedule
from a2e_async.jobs.watch import ClosedWhileWaiting, News, Watch, news
from a2e_async.status import JobStatus
from a2e_async.tasks.product import Product
from a2e_async.tasks.record import Record

R = TypeVar("R", bound=Record)

# A look that hangs must not hold up the news of its jobs for as long as a start may take.
_LOOK_TIMEOUT = 20.0
# A refusal may be a proxy's or the service's bad moment; a job ends with it after so many in a row.
_REFUSALS = 3


class Poller:
    """Looks at the waiting jobs of one client, in one task that lives until `aclose`."""

    def __init__(self, session: Session, reader: Reader, schedule: Schedule) -> None:
        """Prepare; nothing runs before the first wait."""
        self._session = session
        self._reader = reader
        self._schedule = schedule
        self._watches: WeakValueDictionary[tuple[str, str], Watch[Any]] = WeakValueDictionary()
        self._anew: set[tuple[str, str]] = set()
        self._queues: defaultdict[str, list[tuple[float, int, Watch[Any]]]] = defaultdict(list)
        self._gone: dict[str, list[Watch[Any]]] = {}
        self._sequence = count()
        self._task: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()
        self._closed = False

    def watch(self, product: Product[R], task_id: str) -> Watch[R]:
        """Give the one watch of a task."""
        key = (product.kind, task_id)
        found = self._watches.get(key)
        if found is None:
            found = self._watches[key] = Watch(product, task_id, anew=key in self._anew)
        return found

    def begin_anew(self, product: Product[Any], task_id: str) -> None:
        """Expect a task to go on. If it has ended, old jobs stay so and new ones look again."""
        key = (product.kind, task_id)
        self._anew.add(key)
        found = self._watches.get(key)
        if found is not None and found.ended:
            del self._watches[key]
        elif found is not None:
            found.anew = True

    def knows(self, product: Product[Any], task_id: str) -> bool:
        """Tell whether this client has a job object for a task."""
        return (product.kind, task_id) in self._watches

    def learn(self, watch: Watch[R], record: R) -> None:
        """Take in a record, whoever read it, and wake those to whom it is news."""
        if watch.ended and not record.status.terminal:
            return
        before, watch.record = watch.record, record
        if before is None or news(before) != news(record):
            watch.tell()

    def started(self, watch: Watch[R], record: R) -> None:
        """Take in what a start answered."""
        watch.since = clock.now()
        record = watch.by_word(record)
        half = record.status is JobStatus.COMPLETED and not watch.product.is_whole(record)
        if half or (record.status.terminal and watch.anew):
            # The detail operation is to say so: it is looked at as soon as somebody waits.
            record = attrs.evolve(record, status=JobStatus.PROCESSING)
        else:
            watch.looked = watch.since
        self.learn(watch, record)

    async def refresh(self, watch: Watch[R]) -> R:
        """Look at one task now. Raises what `Reader.one` raises."""
        record = await self._reader.one(watch.product, watch.task_id)
        self._seen(watch, record)
        return watch.record or record

    async def wait(self, watch: Watch[Any], *, changes: bool) -> None:
        """Wait for a task.

        Args:
            watch: the task's watch.
            changes: whether to come back at the next change, else at the end.

        Raises:
            NotFound: the task is gone.
            A2EError: a look ended with an error that another look would not mend.
            ClosedWhileWaiting: the client was closed.
        """
        self._session.ready()
        if self._closed:
            raise ClosedWhileWaiting
        waiter: asyncio.Future[News] = asyncio.get_running_loop().create_future()
        watch.waiters[waiter] = changes
        self._enlist(watch)
        try:
            error = await waiter
        finally:
            del watch.waiters[waiter]
        if error is not None:
            # The same error may go to many waiters: each adds its own traceback to a fresh start.
            raise error.with_traceback(None)

    def deleted(self, watch: Watch[Any]) -> None:
        """Send away who waits for a task that was just deleted."""
        watch.tell(NotFound("deleted", status=404))

    async def aclose(self) -> None:
        """Stop looking, and send everybody away who waits. May be called twice."""
        self._closed = True
        self._send_away(ClosedWhileWaiting())
        task, self._task = self._task, None
        if task is not None and task.get_loop() is asyncio.get_running_loop():
            task.cancel()
            await asyncio.wait([task])

    def _enlist(self, watch: Watch[Any]) -> None:
        now = clock.now()
        if watch.since is None:
            watch.since = now
        if watch.due is None and watch.looked is not None:
            # A start's answer was a look; the next may be overdue by now.
            self._plan(watch, watch.looked)
        else:
            # A wait that begins anew keeps the look that was planned: short waits still get one.
            watch.due = now if watch.due is None else watch.due
            self._push(watch)
        if self._task is None:
            # A context of its own: it outlives the request or span of the first who waits.
            self._task = asyncio.get_running_loop().create_task(
                self._guarded(), name="a2e_async poller", context=Context()
            )

    def _plan(self, watch: Watch[Any], looked: float) -> None:
        age = max(0.0, looked - (watch.since or looked))
        chance = random.random()  # noqa: S311
        watch.interval = self._schedule.interval(age, watch.failures, chance)
        watch.due = looked + watch.interval
        if watch.waiters:
            self._push(watch)

    def _push(self, watch: Watch[Any]) -> None:
        queue = self._queues[watch.product.kind]
        heapq.heappush(queue, (watch.due or 0.0, next(self._sequence), watch))
        self._wake.set()

    async def _guarded(self) -> None:
        try:
            await self._run()
        except Exception as error:  # noqa: BLE001  (whoever waits has to hear of it)
            self._task = None
            for watch in self._watches.values():
                watch.looking = False
            self._gone.clear()
            self._send_away(error)

    def _send_away(self, error: Exception) -> None:
        for watch in list(self._watches.values()):
            watch.tell(error)

    async def _run(self) -> None:
        async with anyio.create_task_group() as looks:
            while True:
                self._wake.clear()
                now = clock.now()
                self._begin_looks(looks, now)
                with anyio.move_on_after(self._time_left(now)):
                    await self._wake.wait()

    # Apart from the loop, which would keep the jobs of the last look alive while it sleeps.
    def _begin_looks(self, looks: TaskGroup, now: float) -> None:
        for watches in self._take_due(now):
            looks.start_soon(self._look, watches)

    def _time_left(self, now: float) -> float:
        heads = (queue[0][0] for queue in self._queues.values() if queue)
        return max(0.0, min(heads, default=float("inf")) - now)

    def _take_due(self, now: float) -> Iterator[Sequence[Watch[Any]]]:
        for queue in self._queues.values():
            due = self._pop_due(queue, now)
            together = due and self._reader.reads_many(due[0].product)
            size = BATCH_SIZE if together else 1
            for start in range(0, len(due), size):
                yield due[start : start + size]

    def _pop_due(self, queue: list[tuple[float, int, Watch[Any]]], now: float) -> list[Watch[Any]]:
        taken: list[Watch[Any]] = []
        while queue:
            due, _, watch = queue[0]
            stale = watch.due != due or watch.looking or not watch.waiters or watch.ended
            if not stale and due > now and not (taken and self._goes_along(watch, now)):
                break
            heapq.heappop(queue)
            if not stale:
                watch.looking = True
                taken.append(watch)
        return taken

    def _goes_along(self, watch: Watch[Any], now: float) -> bool:
        due = watch.due or 0.0
        return self._reader.reads_many(watch.product) and self._schedule.goes_along(
            due, watch.interval, now
        )

    async def _look(self, watches: Sequence[Watch[Any]]) -> None:
        found = await self._read(watches)
        gone = [watch for watch in watches if self._take(watch, found[watch.task_id])]
        # The news of the others does not wait for the search.
        self._release(watch for watch in watches if watch not in gone)
        if gone:
            await self._search_together(gone)

    async def _read(self, watches: Sequence[Watch[Any]]) -> dict[str, Any]:
        task_ids = [watch.task_id for watch in watches]
        limit = min(_LOOK_TIMEOUT, self._session.settings.read_timeout)
        product = watches[0].product
        try:
            return await self._reader.many(
                product, task_ids, effect=Effect.ONCE, read_timeout=limit
            )
        except Exception as error:  # noqa: BLE001  (whoever waits has to hear of it)
            return dict.fromkeys(task_ids, error)

    def _release(self, watches: Iterable[Watch[Any]]) -> None:
        now = clock.now()
        for watch in watches:
            watch.looking = False
            if not watch.ended:
                self._plan(watch, now)

    def _take(self, watch: Watch[Any], outcome: Record | Exception) -> bool:
        """Take in what a look found; tell whether the task counts as gone."""
        if isinstance(outcome, Record):
            self._seen(watch, outcome)
            return False
        watch.last_error = outcome
        if isinstance(outcome, NotFound):
            return self._missed(watch)
        watch.failures += 1
        watch.refused += not _is_passing(outcome)
        if _ends_wait(outcome, watch.refused):
            watch.tell(outcome)
        return False

    def _seen(self, watch: Watch[R], record: R) -> None:
        watch.seen = True
        watch.looked = clock.now()
        watch.failures = watch.missed = watch.refused = 0
        watch.last_error = None
        self.learn(watch, watch.by_word(record))

    def _missed(self, watch: Watch[Any]) -> bool:
        now = clock.now()
        watch.missed_since = watch.missed_since if watch.missed else now
        watch.missed += 1
        missing_for = now - watch.missed_since
        return self._schedule.is_gone(seen=watch.seen, missing_for=missing_for, looks=watch.missed)

    async def _search_together(self, gone: list[Watch[Any]]) -> None:
        """Search for tasks in one go with those that turn out gone during the search before."""
        kind = gone[0].product.kind
        if kind in self._gone:
            self._gone[kind] += gone
            return
        while gone:
            self._gone[kind] = []
            await self._search(gone)
            self._release(gone)
            gone = self._gone.pop(kind)

    async def _search(self, gone: Sequence[Watch[Any]]) -> None:
        # Some details are lost to the service while its list still has them. The count of misses
        # stays, so that the next miss comes back here at once.
        try:
            found = await self._reader.search(gone[0].product, {watch.task_id for watch in gone})
        except Exception as error:  # noqa: BLE001  (it only keeps from knowing better)
            found = {}
            if _is_passing(error):
                return
        for watch in gone:
            record = found.get(watch.task_id)
            if record is None:
                watch.tell(watch.last_error)
            else:
                watch.seen = True
                self.learn(watch, watch.by_word(record))


def _is_passing(error: Exception) -> bool:
    return isinstance(error, A2EError) and is_transient(error)


def _ends_wait(error: Exception, refused: int) -> bool:
    """Tell whether a look's error ends the wait, after so many refusals since the last success."""
    if _is_passing(error):
        return False
    at_once = isinstance(error, AuthenticationFailed) or not isinstance(error, APIError)
    return at_once or refused >= _REFUSALS
