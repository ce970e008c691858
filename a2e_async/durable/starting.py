"""From a planned item to its task: uploads, the price, a place, the start, and what it answers."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import anyio
import attrs

from a2e_async import clock, logs
from a2e_async.durable.life import Life
from a2e_async.durable.lookup import look_up
from a2e_async.durable.patience import is_refused_for_now, may_pass
from a2e_async.durable.run import now
from a2e_async.errors import (
    A2EError,
    AuthenticationFailed,
    BudgetExceeded,
    ConfigurationError,
    ConnectionFailed,
    InsufficientCoins,
    JournalError,
    SubmitUncertain,
)
from a2e_async.jobs.job import Job
from a2e_async.jobs.limits import Place
from a2e_async.jobs.names import is_made_up, unique_name
from a2e_async.journal import state as steps
from a2e_async.journal.item import Note, State
from a2e_async.tasks.request import Request

_log = logs.get("a2e_async.durable")

# These concern all starts: the next one would be refused as well.
_FOR_ALL = (AuthenticationFailed, ConfigurationError, InsufficientCoins)


class Starting:
    """Starts the task of one item, once, however often that has to be tried."""

    def __init__(self, life: Life, *, again: bool = False) -> None:
        """Take an item up; nothing happens yet.

        Args:
            life: the item.
            again: whether the caller wants it started anew where nobody can know what became of
                a start before.
        """
        self._life = life
        self._run = life.run
        self._request: Request[Any] = life.request
        self._shape = life.run.shape(life.request)
        self._patience = life.patience()
        # What a run that was killed has left uncertain may be under way.
        self._place = life.run.lost_places.pop(life.known_item.row, None)
        self._again = again

    async def start(self) -> None:
        """Bring a planned or uncertain item to its task.

        Raises:
            A2EError: there is none, and nothing more can be done in this run.
            ValueError, TypeError, OSError: the request is no good, or its media.
        """
        try:
            await self._start()
        finally:
            if self._place is not None:
                self._place.release()

    async def _start(self) -> None:
        life = self._life
        if life.is_in(State.UNCERTAIN):
            await self._look_up(again=self._again)
        while life.is_in(State.PLANNED):
            self._run.check_halted()
            try:
                await self._prepare()
                await self._try()
            except A2EError as error:
                if not self._may_be_tried_again(error):
                    raise
                await self._pause(error)
            if life.is_in(State.UNCERTAIN):
                self._run.check_stopping()
                await self._look_up()

    def _may_be_tried_again(self, error: A2EError) -> bool:
        if not self._life.is_in(State.PLANNED):
            return False
        if is_refused_for_now(error):
            return True
        return may_pass(error) and not isinstance(error, (*_FOR_ALL, BudgetExceeded))

    async def _pause(self, error: A2EError) -> None:
        chance = random.random()  # noqa: S311
        pause = self._patience.pause(error, clock.now(), chance, self._run.last_start)
        if pause is None:
            raise error
        self._run.warn_of(error)
        await self._run.sleep_until_well(pause)

    async def _prepare(self) -> None:
        """Upload local media, and have the price known."""
        try:
            if self._request.has_local_media:
                self._request = await self._run.core.files.resolve(self._request)
            await self._run.ask_price(self._request, self._shape)
        except (A2EError, ValueError, TypeError, OSError) as error:
            if isinstance(error, _FOR_ALL):
                self._run.halt(error)
            await self._life.note(error)
            raise

    async def _try(self) -> None:
        reserved = self._life.reserved = await self._run.reserve(self._request, self._shape)
        cost: float | None = None
        try:
            place = await self._life.place()
            place.resends, place.outlasts_loss = False, True
            with self._is_taken(place):
                # Before the intent is written: what was not sent has none.
                await place.take_turn(self._run.core.session)
                with self._is_sending():
                    cost = await self._send(reserved.coins, place)
        finally:
            self._run.settle(reserved, cost, self._life.known_item.coins)
            if cost is None:
                self._life.reserved = None

    @contextmanager
    def _is_taken(self, place: Place) -> Iterator[None]:
        """Give a place back unless the start has taken it over."""
        try:
            self._run.check_halted()
            yield
        except BaseException:
            place.release()
            raise

    @contextmanager
    def _is_sending(self) -> Iterator[None]:
        """Let the answer to the start be waited for, and kept."""
        self._run.check_stopping()
        self._run.check_halted()
        self._life.sending = True
        try:
            yield
        finally:
            self._life.sending = False

    async def _send(self, reserved: float, place: Place) -> float | None:
        """Send the start; give what it has cost or may have cost, None if nothing was started."""
        life, (name, request) = self._life, _named(self._request)
        await life.move(steps.begin(life.known_item, name=name, reserved=reserved, at=now()))
        family = self._run.family(life.known_item.kind)
        try:
            jobs = await family.submit_all(request, place=place)
        except SubmitUncertain as error:
            self._place = place
            await life.move(steps.lose(life.known_item, error=Note.of(error)))
            return reserved
        except A2EError as error:
            await self._not_started(error)
            raise
        except (ValueError, TypeError, OSError) as error:
            await life.move(steps.refuse(life.known_item, error=Note.of(error), at=now()))
            raise
        except anyio.get_cancelled_exc_class():
            if not place.may_have_started:
                with anyio.CancelScope(shield=True):
                    await life.move(steps.give_back(life.known_item))
            raise
        return await self._started(jobs, reserved)

    async def _started(self, jobs: Sequence[Job[Any]], reserved: float) -> float:
        life, job = self._life, jobs[0]
        life.job = job
        self._run.went_well(job)
        paid = jobs[:1] if life.keeps_others else jobs
        told = [job.record.coins or 0 for job in paid if job.record is not None]
        coins = sum(told) if any(told) else None
        # More tasks than were asked for are paid for all the same.
        life.extra = sum(told[1:])
        accepted = steps.accept(life.known_item, task_id=job.id, coins=coins, at=now())
        is_over = job.done and accepted.name is not None and is_made_up(accepted.name)
        if is_over and len(jobs) == 1:
            # What is written next is its end; if that is lost, it is found by its name.
            life.pass_over(accepted)
        else:
            await self._keep(accepted, jobs)
        # What is told may be corrected in the end, but not to less than was put aside.
        life.charged = max(reserved, coins or 0)
        return life.charged

    async def _keep(self, accepted: steps.Item, jobs: Sequence[Job[Any]]) -> None:
        try:
            await self._life.accepted(accepted, jobs)
        except JournalError as error:
            for job in jobs:
                words = "%s was started, and its id is not in the journal"
                _log.error(words, job.token, job=job.token, kind=job.kind)
                error.add_note(f"{job.token} was started, and goes on: a2e.job(token) resumes it")
            raise

    async def _not_started(self, error: A2EError) -> None:
        """Note that nothing was started, for a time or for good."""
        life = self._life
        is_for_all = isinstance(error, _FOR_ALL) and not is_refused_for_now(error)
        if is_for_all:
            self._run.halt(error)
        if is_for_all or is_refused_for_now(error):
            planned = steps.give_back(life.known_item)
            await life.move(attrs.evolve(planned, error=Note.of(error)))
        else:
            await life.move(steps.refuse(life.known_item, error=Note.of(error), at=now()))

    async def _look_up(self, *, again: bool = False) -> None:
        """Find out what became of a start whose answer was lost.

        Args:
            again: whether the caller wants it started anew where that cannot be known.
        """
        life, before = self._life, steps.spent(self._life.known_item)
        try:
            records = await look_up(self._run, life.known_item, life.request)
        except SubmitUncertain:
            if not again:
                raise
            await life.move(steps.retry(life.known_item))
            return
        if records:
            product, core = life.request.product, self._run.core
            jobs = [Job.of_record(core, product, record) for record in records]
            task_id, coins = records[0].id, records[0].coins
            after = steps.accept(life.known_item, task_id=task_id, coins=coins, at=now())
            await life.accepted(after, jobs)
            life.job = jobs[0]
            self._run.hold(life.job, self._place or self._run.place_of_before(life.known_item))
            self._run.went_well(life.job)
            life.charged = steps.spent(life.known_item) - life.known_item.coins_before
        else:
            await life.move(steps.absent(life.known_item))
        self._run.correct(before, steps.spent(life.known_item))
        if self._place is not None:
            self._place.release()
        if not records:
            await self._pause(_never_came(life.known_item.kind))


def _never_came(kind: str) -> ConnectionFailed:
    return ConnectionFailed(f"{kind}: starts were lost, and provably not carried out")


def _named(request: Request[Any]) -> tuple[str | None, Request[Any]]:
    """Give a request the name under which its task can be found again, and tell the name."""
    field = request.name_field()
    if field is None:
        return None, request
    given: str | None = getattr(request, field)
    name = given or unique_name()
    return name, attrs.evolve(request, **{field: name})
