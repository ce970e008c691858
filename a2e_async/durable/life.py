"""One item of a journal, while something becomes of it."""

from __future__ import annotations

from typing import Any

import attrs

from a2e_async.durable.reservation import Reservation
from a2e_async.durable.run import Run
from a2e_async.errors import A2EError
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
        sending: whether a start may be under way whose answer is to be awaited and kept.
    """

    def __init__(self, run: Run, item: Item | None) -> None:
        """Take up an item; nothing happens yet."""
        self.run = run
        self.item = item
        self.job: Job[Any] | None = None
        self.reserved: Reservation | None = None
        self.extra = 0.0
        self.charged = 0.0
        self.sending = False
        self._record: Record | None = None

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
        self._record = core.reader.record(family.product, item.record)
        self.job = Job.of_record(core, family.product, self._record)

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

    def remembered(self) -> A2EError:
        """Make the error again that the item has ended with before."""
        item = self.known_item
        return memory.error_of(
            item.error, job=self.job, record=self._record, request=self.request, name=item.name
        )
