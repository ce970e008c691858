"""One item of a journal, while something becomes of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs

from a2e_async.durable.patience import Patience
from a2e_async.durable.reservation import Reservation
from a2e_async.durable.run import Run, now
from a2e_async.errors import A2EError, JobFailed, JobNotFound
from a2e_async.jobs.job import Job
from a2e_async.jobs.limits import Place
from a2e_async.journal import memory
from a2e_async.journal import state as steps
from a2e_async.journal.item import Item, Note, State
from a2e_async.tasks.record import Record
from a2e_async.tasks.request import Request


class Life:
    """What is known of one item, and how it goes from state to state.

    Attributes:
        run: what it shares with the others of its journal.
        item: the item; None where the journal has none.
        job: the job of its task.
        reserved: the coins that are put aside for it.
        extra: coins of tasks that its start made besides its own.
        charged: coins that its task counts with where somebody counts.
        record: what its task was last, as far as it was kept.
        error: why it has not completed, once that is known.
        sending: whether a start may be under way whose answer is to be awaited and kept.
    """

    @property
    def keeps_others(self) -> bool:
        """Whether each task of a start that makes several has an item of its own."""
        return False

    def __init__(self, run: Run, item: Item | None) -> None:
        """Take up an item; nothing happens yet."""
        self.run = run
        self.item = item
        self.job: Job[Any] | None = None
        self.reserved: Reservation | None = None
        self.extra = 0.0
        self.charged = 0.0
        self.sending = False
        self.record: Record | None = None
        self.error: Exception | None = None

    @property
    def known_item(self) -> Item:
        """The item, once the journal has it."""
        assert self.item is not None
        return self.item

    @property
    def request(self) -> Request[Any]:
        """The item's request."""
        raise NotImplementedError

    def is_in(self, state: State) -> bool:
        """Tell whether the item is in a state."""
        return self.known_item.state is state

    def take_up(self) -> None:
        """Make the job again of an item that was started before."""
        item = self.known_item
        if item.task_id is None:
            return
        self.charged = steps.spent(item) - item.coins_before
        family = self.run.family(item.kind)
        if item.record is None:
            self.job = family.job(item.task_id)
            return
        core = self.run.core
        self.record = core.reader.record(family.product, item.record)
        self.job = Job.of_record(core, family.product, self.record)

    async def move(self, after: Item) -> None:
        """Go on to another state, which the journal has from now on."""
        await self.run.journal.write(after)
        self.pass_over(after)

    def pass_over(self, after: Item) -> None:
        """Go on to another state without writing it."""
        self.item = after

    async def note(self, error: Exception) -> None:
        """Keep why nothing was started yet."""
        await self.move(attrs.evolve(self.known_item, error=Note.of(error)))

    async def place(self) -> Place:
        """Wait for the start's place."""
        raise NotImplementedError

    async def result(self) -> Record:
        """Wait for the record of the task."""
        raise NotImplementedError

    async def wait_for_end(self) -> None:
        """Wait until the task has ended, and keep how.

        Raises:
            JobError: that cannot be known, or not yet.
            A2EError: what `Job.wait` raises.
        """
        try:
            record = await self.result()
        except JobFailed as error:
            await self.ended(State.FAILED, error.record, error)
        except JobNotFound as error:
            await self._not_found(error)
        else:
            await self.ended(State.COMPLETED, record, None)

    async def _not_found(self, error: JobNotFound) -> None:
        """Believe that a task is gone only if an earlier process has not found it either."""
        noted = self.known_item.error
        if noted is not None and noted.type == JobNotFound.__name__:
            await self.ended(State.FAILED, error.record, error)
        else:
            await self.note(error)
            raise error

    async def ended(self, state: State, record: Record | None, error: A2EError | None) -> None:
        """Keep how the task has ended."""
        self.error, self.record = error, record
        after = steps.end(
            self.known_item,
            state=state,
            record=None if record is None else record.raw,
            coins=self.told_coins(record),
            error=None if error is None else Note.of(error),
            at=now(),
        )
        await self.move(after)

    def told_coins(self, record: Record | None) -> float | None:
        """Tell what the task and those made with it cost; None if the service does not."""
        coins = None if record is None else record.coins
        return None if coins is None else coins + self.extra

    def patience(self) -> Patience:
        """Begin to be patient with what may go wrong for a time."""
        return self.run.patience()

    async def accepted(self, after: Item, jobs: Sequence[Job[Any]]) -> None:
        """Keep the task of a start, the first one of all that it has made."""
        await self.move(after)
        self.run.family(self.known_item.kind).warn_of_more(jobs[0], jobs[1:])

    def remembered(self) -> A2EError:
        """Make the error again that the item has ended with before."""
        item = self.known_item
        return memory.error_of(
            item.error, job=self.job, record=self.record, request=self.request, name=item.name
        )
