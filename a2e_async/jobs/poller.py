"""The one place that waits for tasks: all waiting jobs of a client share its looks."""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict, deque
from collections.abc import Collection, Iterator, Sequence
from contextvars import Context
from itertools import islice
from typing import Any, TypeVar
from weakref import WeakValueDictionary

import anyio
import attrs
from anyio.abc import TaskGroup

from a2e_async import clock
from a2e_async.errors import NotFound
from a2e_async.http.retry import retry_after_of
from a2e_async.http.session import Session
from a2e_async.jobs import endings
from a2e_async.jobs.bells import Bells
from a2e_async.jobs.budget import Budget
from a2e_async.jobs.deadlines import Deadlines
from a2e_async.jobs.line import Line
from a2e_async.jobs.looks import Alone, Looks, in_slices
from a2e_async.jobs.reader import Reader
from a2e_async.jobs.schedule import Schedule
from a2e_async.jobs.watch import (
    ClosedWhileWaiting,
    DrainedWhileWaiting,
    LookingStopped,
    News,
    Watch,
)
from a2e_async.status import JobStatus
from a2e_async.tasks.product import Product
from a2e_async.tasks.record import Record

R = TypeVar("R", bound=Record)

_NEVER = float("inf")
# Of an id, in characters.
_USUAL_LENGTH = 24
_MOST_IDS = 1000
# So many jobs of a look are looked at alone, which takes two seconds of the budget.
_FEW = 40
# What the service tells of its mean duration counts as much as a few tasks' own.
_WEIGHT_OF_MEAN = 3.0


class Poller:
    """Looks at the waiting jobs of one client, in one task that lives until `aclose`.

    A job that waits costs a place in its family's `Line` and nothing else: no task, no timer but
    that of its deadline.
    """

    def __init__(self, session: Session, reader: Reader, schedule: Schedule) -> None:
        """Prepare; nothing runs before the first wait."""
        self._session = session
        self._reader = reader
        self._schedule = schedule
        self._looks = Looks(session, reader, schedule, self._seen, self._release)
        self._budget = Budget(schedule.requests_per_second)
        self._bells = Bells(schedule.shortest)
        self._watches: defaultdict[str, WeakValueDictionary[str, Watch[Any]]]
        self._watches = defaultdict(WeakValueDictionary)
        self._anew: set[tuple[str, str]] = set()
        self._lengths = {_USUAL_LENGTH}
        self._lines: dict[str, Line] = {}
        self._turns: deque[Line] = deque()
        self._task: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()
        self._asleep_until = _NEVER
        self._deadlines = Deadlines()
        self._under_way = 0
        self._noted: dict[Watch[Any], None] | None = None
        self._dismissed = False
        self._closed = False

    def watch(self, product: Product[R], task_id: str) -> Watch[R]:
        """Give the one watch of a task."""
        family = self._watches[product.kind]
        found = family.get(task_id)
        if found is None:
            self._lengths.add(len(task_id))
            anew = (product.kind, task_id) in self._anew
            found = family[task_id] = Watch(product, task_id, anew=anew)
        return found

    def begin_anew(self, product: Product[Any], task_id: str) -> None:
        """Expect a task to go on. If it has ended, old jobs stay so and new ones look again."""
        self._anew.add((product.kind, task_id))
        family = self._watches[product.kind]
        found = family.get(task_id)
        if found is not None and found.ended:
            del family[task_id]
        elif found is not None:
            found.anew, found.has_bell = True, False

    def knows(self, product: Product[Any], task_id: str) -> bool:
        """Tell whether this client has a job object for a task."""
        return task_id in self._watches.get(product.kind, ())

    def learn(self, watch: Watch[R], record: R) -> None:
        """Take in a record, whoever read it, and wake those to whom it is news."""
        if watch.ended and record.status is not watch.status:
            return
        before = watch.shown
        watch.keep(record)
        if watch.shown != before:
            watch.tell()

    def started(self, watch: Watch[R], record: R) -> None:
        """Take in what a start answered."""
        watch.since, watch.started_here = clock.now(), True
        self._note(watch)
        rung = self._bells.was_early(watch.task_id)
        watch.rung = watch.since if rung else None
        record = watch.by_word(record)
        half = record.status is JobStatus.COMPLETED and not watch.product.is_whole(record)
        if half or (record.status.terminal and watch.anew):
            # The detail operation is to say so: it is looked at as soon as somebody waits.
            record = attrs.evolve(record, status=JobStatus.PROCESSING)
        elif not rung:
            watch.looked = watch.since
        self.learn(watch, record)
        if self._session.telemetry.on:
            self._session.telemetry.started(watch, watch.product.kind, record.coins)
        if watch.ended:
            self._bells.ended(watch.task_id, rung=False, expected=False)
            endings.tell(self._session, watch, watch.since, running=None)

    async def refresh(self, watch: Watch[R]) -> R:
        """Look at one task now. Raises what `Reader.one` raises."""
        record = await self._reader.one(watch.product, watch.task_id)
        self._seen(watch, record)
        return watch.record or record

    def wait(
        self, watch: Watch[Any], *, changes: bool, until: float | None
    ) -> asyncio.Future[News]:
        """Wait for a task.

        Args:
            watch: the task's watch.
            changes: whether to come back at the next change, else at the end.
            until: when to give up, by the loop's clock; None for never.

        Returns:
            A future that may be cancelled. Its result is None for news, else the error that ends
            the wait: `NotFound` for a task that is gone, `OutOfTime`, `ClosedWhileWaiting`,
            `DrainedWhileWaiting`, or what a look ended with that another look would not mend.

        Raises:
            ConfigurationError: the client is closed, or belongs to another event loop.
        """
        self._session.ready()
        waiter: asyncio.Future[News] = asyncio.get_running_loop().create_future()
        if self._closed or self._dismissed:
            waiter.set_result(ClosedWhileWaiting() if self._closed else DrainedWhileWaiting())
            return waiter
        self._note(watch)
        if not watch.awaited:
            self._enlist(watch, self._line(watch.product))
        watch.admit(waiter, changes=changes)
        if until is not None:
            self._deadlines.add(until, waiter)
            self._rouse(until)
        return waiter

    def under_way(self) -> list[Watch[Any]]:
        """Give the tasks that may go on, as far as this client started them or waited for them.

        From the first time on it keeps those that are started or waited for, be their jobs held by
        anybody or not.
        """
        if self._noted is None:
            known = [watch for family in self._watches.values() for watch in family.values()]
            self._noted = dict.fromkeys(w for w in known if w.started_here or w.due is not None)
        return [watch for watch in self._noted if not (watch.ended or watch.gone)]

    def _note(self, watch: Watch[Any]) -> None:
        if self._noted is not None:
            self._noted[watch] = None

    def dismiss(self) -> None:
        """Send everybody away who waits, now and from now on. Single looks are still made."""
        self._dismissed = True
        for family in self._watches.values():
            for watch in list(family.values()):
                watch.tell(DrainedWhileWaiting())

    @property
    def closed(self) -> bool:
        """Whether nobody can wait any more, nor look."""
        return self._closed

    def waited_for(self) -> dict[str, int]:
        """Count the jobs that somebody waits for, by product, from whatever thread."""
        return {kind: line.awaited for kind, line in self._lines.copy().items()}

    def deleted(self, watch: Watch[Any]) -> None:
        """Send away who waits for a task that was just deleted."""
        watch.tell(NotFound("deleted", status=404))

    def ring(self, texts: Collection[str]) -> None:
        """Hear a webhook: look soon at the jobs that it names, or at all if it names none.

        Args:
            texts: what in its payload may be the id of a task.
        """
        if self._closed:
            return
        # A payload may have thousands of words; few are as long as an id.
        texts = [*islice((text for text in texts if len(text) in self._lengths), _MOST_IDS)]
        known = [*self._known(texts)]
        if known:
            self._ring_for([watch for watch in known if not watch.ended])
        elif not any(map(self._bells.is_old, texts)):
            self._bells.named_nobody(texts)
            self._ring_for_all()

    async def aclose(self) -> None:
        """Stop looking, and send everybody away who waits. May be called twice."""
        self._closed = True
        task, self._task = self._task, None
        if task is not None and task.get_loop().is_closed():
            # Whoever waited there can hear nothing any more.
            return
        self._send_away(ClosedWhileWaiting())
        if task is not None and task.get_loop() is asyncio.get_running_loop():
            task.cancel()
            await asyncio.wait([task])

    def _known(self, texts: Collection[str]) -> Iterator[Watch[Any]]:
        for family in self._watches.values():
            yield from (watch for text in texts if (watch := family.get(text)) is not None)

    def _ring_for(self, named: Sequence[Watch[Any]]) -> None:
        now = clock.now()
        for watch in named:
            if watch.rung is not None and now < watch.rung + self._schedule.shortest:
                continue
            watch.rung = now
            self._line(watch.product).hurry([watch], self._bells.next_look(now))
        self._rouse(now)

    def _ring_for_all(self) -> None:
        now = clock.now()
        waiting = sum(line.waiting for line in self._lines.values())
        due = self._bells.next_look_at_all(now, waiting)
        if due is None:
            return
        for kind, line in self._lines.items():
            awaited = [watch for watch in self._watches[kind].values() if watch.awaited]
            line.hurry(awaited, due)
            for watch in awaited:
                if watch.looking:
                    # The answer that is on its way may be older than the bell.
                    watch.rung = now
        self._rouse(now)

    def _line(self, product: Product[Any]) -> Line:
        line = self._lines.get(product.kind)
        if line is None:
            line = self._lines[product.kind] = Line(product, self._schedule)
            self._turns.append(line)
        return line

    def _enlist(self, watch: Watch[Any], line: Line) -> None:
        now = clock.now()
        if watch.since is None:
            watch.since = now
        if watch.due is None and watch.looked is not None:
            # A start's answer was a look; the next may be overdue by now.
            chance = random.random()  # noqa: S311
            self._plan(watch, line, watch.looked, chance, self._requests(line))
        elif watch.due is None:
            watch.due = now
        # A wait that begins anew keeps the look that was planned: short waits still get one.
        watch.pack()
        line.push(watch)
        self._rouse(watch.due or now)
        if self._task is None:
            # A context of its own: it outlives the request or span of the first who waits.
            context = Context()
            self._task = asyncio.get_running_loop().create_task(
                self._guarded(), name="a2e_async poller", context=context
            )
            self._task.add_done_callback(self._stopped, context=context)

    def mean_duration(self, kind: str) -> float | None:
        """Give the mean duration of a family's tasks, as the service has told it, in seconds."""
        line = self._lines.get(kind)
        return None if line is None else line.mean

    def _requests(self, line: Line) -> int:
        return self._reader.requests_for(line.product, line.waiting)

    def _plan(
        self, watch: Watch[Any], line: Line, looked: float, chance: float, requests: int
    ) -> None:
        asked = retry_after_of(watch.last_error) or 0.0
        interval = self._schedule.interval(
            watch.age(looked),
            chance,
            failures=watch.failures,
            asked=min(asked, self._session.policy.longest_retry_after),
            typical=line.typical(watch),
            waiting=line.waiting,
            requests=requests,
        )
        if watch.rung is not None and not watch.trouble:
            interval = min(interval, self._schedule.after_bell(looked - watch.rung))
        elif watch.has_bell and self._bells.working:
            interval = max(interval, self._schedule.heartbeat)
            interval = min(interval, self._bells.until_all(looked))
        watch.interval, watch.due = interval, looked + interval

    async def _release(self, watches: Sequence[Watch[Any]]) -> None:
        """Let jobs that were looked at wait for their next look."""
        if not watches:
            return
        # The same for all, so that they stay together.
        now, chance = clock.now(), random.random()  # noqa: S311
        line = self._line(watches[0].product)
        requests = self._requests(line)
        async for some in in_slices(watches):
            line.looking -= len(some)
            for watch in some:
                self._release_one(watch, line, now, chance, requests)

    def _release_one(
        self, watch: Watch[Any], line: Line, now: float, chance: float, requests: int
    ) -> None:
        watch.looking = False
        if not watch.ended:
            self._plan(watch, line, now, chance, requests)
            if watch.awaited:
                watch.pack()
                line.push(watch)

    def _rouse(self, due: float) -> None:
        if due < self._asleep_until:
            self._wake.set()

    async def _guarded(self) -> None:
        try:
            await self._run()
        except Exception as error:  # noqa: BLE001  (whoever waits has to hear of it)
            self._start_over(error)

    def _stopped(self, task: asyncio.Task[None]) -> None:
        # Somebody cancels all tasks there are, be they begun or not: without this one, no wait
        # would end.
        if task is self._task and task.cancelled():
            self._start_over(LookingStopped())

    def _start_over(self, error: Exception) -> None:
        self._task, self._under_way = None, 0
        self._looks.forget()
        for line in self._lines.values():
            line.looks = line.looks_alone = line.looking = 0
            line.alone.clear()
        self._send_away(error)

    def _send_away(self, error: Exception) -> None:
        for family in self._watches.values():
            for watch in list(family.values()):
                watch.looking = False
                watch.tell(error)

    async def _run(self) -> None:
        async with anyio.create_task_group() as looks:
            while True:
                self._wake.clear()
                now = clock.now()
                # First the looks: whoever gives up at once has had one all the same.
                self._begin_looks(looks, now)
                self._deadlines.expire(now)
                self._asleep_until = min(self._next_look(now), self._deadlines.next())
                with anyio.move_on_after(self._asleep_until - now):
                    await self._wake.wait()

    # Apart from the loop, which would keep the jobs of the last look alive while it sleeps.
    def _begin_looks(self, looks: TaskGroup, now: float) -> None:
        # Whose turn was longest ago comes first, so that a crowd in one family holds up no other.
        waiting = deque(self._turns)
        while waiting and self._budget.ready_at(now) <= now:
            line = waiting.popleft()
            if self._begin_look(looks, line, now):
                self._turns.remove(line)
                self._turns.append(line)
                waiting.append(line)

    def _begin_look(self, looks: TaskGroup, line: Line, now: float) -> bool:
        """Begin one look at jobs of a family, if there is a place and one is due."""
        self._ask_for_mean(looks, line)
        line.alternates = not line.alternates
        others = self._is_free(line) and line.due() <= now
        if self._is_alone_free(line) and (line.alternates or not others):
            self._begin_alone(looks, line, line.alone.popleft(), now)
            return True
        if not others:
            return False
        watches = line.take(now, self._reader.look_size(line.product))
        line.looking += len(watches)
        if len(watches) == 1 and not line.product.reads_lists:
            self._begin_alone(looks, line, Alone(watches[0]), now)
        elif watches:
            expected = self._reader.requests_for(line.product, len(watches))
            self._budget.spend(expected, now)
            looks.start_soon(self._together, line, watches, expected)
            self._count(line, 1)
        return bool(watches)

    def _begin_alone(self, looks: TaskGroup, line: Line, one: Alone, now: float) -> None:
        self._budget.spend(1, now)
        looks.start_soon(self._alone, line, one)
        self._count(line, 1, alone=True)

    def _count(self, line: Line, looks: int, *, alone: bool = False) -> None:
        line.looks += looks
        line.looks_alone += looks if alone else 0
        self._under_way += looks

    def _is_alone_free(self, line: Line) -> bool:
        # If details hang, they keep no place from the looks that tell of the other jobs.
        most = self._reader.looks_at_once(line.product) // 2
        return bool(line.alone) and line.looks_alone < most and self._is_free(line)

    def _is_free(self, line: Line) -> bool:
        # Of the places that are left, a family takes no more than half: if all its looks hang,
        # there are some for the next one that hangs, and for those that do not.
        most = self._reader.looks_at_once(line.product)
        return line.looks < min(most, max(1, (self._reader.places() - self._under_way) // 2))

    def _ask_for_mean(self, looks: TaskGroup, line: Line) -> None:
        if not line.learned:
            line.learned = True
            if line.product.average is not None:
                looks.start_soon(self._learn_mean, line)

    async def _learn_mean(self, line: Line) -> None:
        mean = await self._reader.mean_duration(line.product)
        if mean is not None:
            line.expect(mean, _WEIGHT_OF_MEAN)

    async def _together(self, line: Line, watches: Sequence[Watch[Any]], expected: int) -> None:
        alone, made = await self._looks.together(watches)
        now = clock.now()
        self._budget.spend(max(0, made - expected), now)
        # Those that are too many may be told of together, once the service is well again.
        alone.sort(key=lambda one: one.record is None)
        line.alone.extend(alone[:_FEW])
        self._put_back(line, [one.watch for one in alone[_FEW:]], now)
        self._count(line, -1)
        self._wake.set()

    def _put_back(self, line: Line, watches: Sequence[Watch[Any]], now: float) -> None:
        line.looking -= len(watches)
        for watch in watches:
            watch.looking, watch.due = False, now
            line.push(watch)

    async def _alone(self, line: Line, one: Alone) -> None:
        await self._looks.alone(one)
        self._count(line, -1, alone=True)
        self._wake.set()

    def _next_look(self, now: float) -> float:
        free = [line for line in self._lines.values() if self._is_free(line)]
        alone = any(map(self._is_alone_free, free))
        due = now if alone else min((line.due() for line in free), default=_NEVER)
        return max(due, self._budget.ready_at(now))

    def _seen(self, watch: Watch[R], record: R | None) -> None:
        """Take in what a look has found: a record, or that nothing is new."""
        now = clock.now()
        if record is not None:
            self._date(watch, record, now)
        before, watch.looked = watch.looked, now
        watch.seen, watch.trouble = True, None
        typical = self._line(watch.product).typical(watch)
        was_over = watch.ended
        if record is not None:
            self.learn(watch, watch.by_word(record))
        if watch.started_here and before is not None and not was_over:
            typical.note(watch.age(before), watch.age(now), ended=watch.ended)
        if watch.ended and not was_over:
            self._ended(watch)
            endings.tell(self._session, watch, now, running=before)

    def _date(self, watch: Watch[Any], record: Record, now: float) -> None:
        """Learn from its first record how old a task is that another process has started."""
        here = self._session.server_time()
        if watch.seen or watch.started_here or record.created_at is None or here is None:
            return
        age = (here - record.created_at).total_seconds()
        # What is older than such tasks become runs anew, or its date is in another time zone.
        if 0.0 < age < watch.product.deadline and not watch.anew:
            watch.since = now - age

    def _ended(self, watch: Watch[Any]) -> None:
        rung = watch.rung is not None
        if self._bells.ended(watch.task_id, rung=rung, expected=watch.has_bell):
            self._distrust_bells()

    def _distrust_bells(self) -> None:
        """Look at the jobs again whose end no bell is likely to tell."""
        now = clock.now()
        for kind, line in self._lines.items():
            late = [w for w in self._watches[kind].values() if w.has_bell and w.awaited]
            line.hurry(late, now + self._schedule.shortest)
        self._rouse(now)
