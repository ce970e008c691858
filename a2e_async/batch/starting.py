"""From a planned item to its task: uploads, the price, a place, the start, and what it answers."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import anyio
import attrs

from a2e_async import clock
from a2e_async.batch.lookup import look_up
from a2e_async.batch.patience import Patience, is_refused_for_now, may_pass
from a2e_async.batch.run import now
from a2e_async.errors import (
    A2EError,
    AuthenticationFailed,
    BudgetExceeded,
    ConfigurationError,
    ConnectionFailed,
    InsufficientCoins,
    SubmitUncertain,
)
from a2e_async.jobs.job import Job
from a2e_async.jobs.limits import Place
from a2e_async.jobs.names import unique_name
from a2e_async.journal import state as steps
from a2e_async.journal.item import Note, State
from a2e_async.tasks.request import Request

if TYPE_CHECKING:
    from a2e_async.batch.life import Life

# These concern all starts: the next one would be refused as well.
_FOR_ALL = (AuthenticationFailed, ConfigurationError, InsufficientCoins)


class Starting:
    """Starts the task of one item, once, however often that has to be tried."""

    def __init__(self, life: Life) -> None:
        """Take an item up; nothing happens yet."""
        self._life = life
        self._run = life.run
        self._request: Request[Any] = life.request
        self._shape = life.run.prices.shape(life.request)
        first = life.run.core.session.policy.first_delay * 4
        self._patience = Patience(life.run.settings.patience, first, clock.now())

    async def start(self) -> None:
        """Bring a planned or uncertain item to its task.

        Raises:
            A2EError: there is none, and nothing more can be done in this run.
            ValueError, TypeError, OSError: the request is no good, or its media.
        """
        life = self._life
        if life.is_in(State.UNCERTAIN):
            await self._look_up()
        while life.is_in(State.PLANNED):
            self._run.check_halted()
            try:
                await self._prepare()
                await self._try()
            except A2EError as error:
                if not self._may_be_tried_again(error):
                    raise
                await self._pause(error)
            self._run.check_stopping()
            if life.is_in(State.UNCERTAIN):
                await self._look_up()

    def _may_be_tried_again(self, error: A2EError) -> bool:
        if isinstance(error, (*_FOR_ALL, BudgetExceeded)) or not self._life.is_in(State.PLANNED):
            return False
        return is_refused_for_now(error) or may_pass(error)

    async def _pause(self, error: A2EError) -> None:
        chance = random.random()  # noqa: S311
        pause = self._patience.pause(error, clock.now(), chance, self._run.last_start)
        if pause is None:
            raise error
        await anyio.sleep(pause)

    async def _prepare(self) -> None:
        """Upload local media, and have the price known."""
        try:
            if self._request.has_local_media:
                self._request = await self._run.core.files.resolve(self._request)
            await self._run.prices.of(self._request, self._shape)
        except (A2EError, ValueError, TypeError, OSError) as error:
            if isinstance(error, _FOR_ALL):
                self._run.halt(error)
            await self._life.note(error)
            raise

    async def _try(self) -> None:
        reserved = await self._run.reserve(self._request, self._shape)
        cost = 0.0
        try:
            place = await self._run.place(self._life.known_item.kind)
            with self._is_sending(place):
                cost = await self._send(reserved.coins, place)
        finally:
            self._run.settle(reserved, cost, self._life.known_item.coins)

    @contextmanager
    def _is_sending(self, place: Place) -> Iterator[None]:
        """Hold a place until the start has taken it over, and let its answer be kept."""
        try:
            self._run.check_halted()
            self._life.sending = True
            yield
        except BaseException:
            place.release()
            raise
        finally:
            self._life.sending = False

    async def _send(self, reserved: float, place: Place) -> float:
        """Send the start; give what it has cost, or may have cost."""
        life, (name, request) = self._life, _named(self._request)
        await life.move(steps.begin(life.known_item, name=name, reserved=reserved, at=now()))
        family = self._run.family(life.known_item.kind)
        try:
            job, *more = await family.submit_all(request, place=place)
        except SubmitUncertain as error:
            await life.move(steps.lose(life.known_item, error=Note.of(error)))
            return reserved
        except A2EError as error:
            await self._not_started(error)
            raise
        except (ValueError, TypeError, OSError) as error:
            await life.move(steps.refuse(life.known_item, error=Note.of(error), at=now()))
            raise
        family.warn_of_more(job, more)
        return await self._started(job, reserved)

    async def _started(self, job: Job[Any], reserved: float) -> float:
        life, record = self._life, job.record
        life.job, self._run.last_start = job, clock.now()
        coins = None if record is None else record.coins
        accepted = steps.accept(life.known_item, task_id=job.id, coins=coins, at=now())
        if job.done and accepted.name is not None:
            # What is written next is its end; if that is lost, it is found by its name.
            life.pass_over(accepted)
        else:
            await life.move(accepted)
        return reserved if coins is None else coins

    async def _not_started(self, error: A2EError) -> None:
        """Note that nothing was started, for a time or for good."""
        life = self._life
        if isinstance(error, _FOR_ALL):
            self._run.halt(error)
        if isinstance(error, _FOR_ALL) or is_refused_for_now(error):
            planned = steps.give_back(life.known_item)
            await life.move(attrs.evolve(planned, error=Note.of(error)))
        else:
            await life.move(steps.refuse(life.known_item, error=Note.of(error), at=now()))

    async def _look_up(self) -> None:
        """Find out what became of a start whose answer was lost."""
        life, before = self._life, steps.spent(self._life.known_item)
        record = await look_up(self._run, life.known_item, life.request)
        if record is not None:
            task_id, coins = record.id, record.coins
            await life.move(steps.accept(life.known_item, task_id=task_id, coins=coins, at=now()))
            life.job = Job.of_record(self._run.core, life.request.product, record)
            self._run.hold([life.job])
            self._run.last_start = clock.now()
        else:
            await life.move(steps.absent(life.known_item))
        self._run.correct(before, steps.spent(life.known_item))
        if record is None:
            await self._pause(_never_came(life.known_item.kind))


def _never_came(kind: str) -> ConnectionFailed:
    return ConnectionFailed(f"{kind}: the starts were lost, and provably not carried out")


def _named(request: Request[Any]) -> tuple[str | None, Request[Any]]:
    """Give a request the name under which its task can be found again, and tell the name."""
    field = request.name_field()
    if field is None:
        return None, request
    given: str | None = getattr(request, field)
    name = given or unique_name()
    return name, attrs.evolve(request, **{field: name})
