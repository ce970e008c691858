"""The states and the file together, with crashes at any moment."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from a2e_async.journal import opening, rows
from a2e_async.journal import state as steps
from a2e_async.journal.admission import Admission, JournalConflict
from a2e_async.journal.database import Database
from a2e_async.journal.item import Item, State
from a2e_async.journal.state import spent

from .samples import NOTE, RECORD, image

COINS = st.none() | st.integers(0, 20)


class Runs(RuleBasedStateMachine):
    """Runs of a batch on one journal, each of which ends well or by a crash.

    Beside the journal stands a service that knows which starts it was sent: the journal may forget
    what was not durable, but never lets the same item be started twice without proof or word.
    """

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name, "journal.db")
        self.database: Database
        self.items: dict[int, Item] = {}
        self.open_starts: dict[int, int] = {}
        self.tasks: dict[str, int] = {}
        self.number = 0

    def teardown(self) -> None:
        self.database.close(broken=False)
        self.folder.cleanup()

    @initialize()
    def begin_with_nothing(self) -> None:
        self.database = Database.for_writing(self.path, create=True)

    # What a run does

    def _put(self, item: Item, *, durable: bool) -> None:
        self.database.write([(item, rows.fate_values(item))])
        if durable:
            self.database.commit()
            self.database.begin()
            assert item.task_id == self.items[item.row].task_id or item.state in {
                State.STARTED,
                State.PLANNED,
            }
            self.items[item.row] = item

    def _any(self, data: st.DataObject, *states: State) -> Item:
        chosen = [it for it in self.items.values() if it.state in states]
        return data.draw(st.sampled_from(sorted(chosen, key=lambda it: it.row)))

    def _has(self, *states: State) -> bool:
        return any(it.state in states for it in self.items.values())

    @rule(keyed=st.booleans())
    def admit(self, keyed: bool) -> None:
        index = len(self.items)
        key = f"key {index}" if keyed else None
        [item] = self.database.admit([Admission(index, key, image(index))], 1.0)
        assert isinstance(item, Item)
        assert item.state is State.PLANNED
        assert item.row not in self.items
        self.database.commit()
        self.database.begin()
        self.items[item.row] = item

    @precondition(lambda self: self._has(State.PLANNED))
    @rule(data=st.data(), reserved=COINS)
    def begin(self, data: st.DataObject, reserved: int | None) -> None:
        item = self._any(data, State.PLANNED)
        self.number += 1
        assert not self.open_starts.get(item.row), "begun twice"
        name = f"a2e-{self.number}"
        self._put(steps.begin(item, name=name, reserved=reserved, at=2.0), durable=True)
        # Only what is durable is sent.
        self.open_starts[item.row] = 1

    @precondition(lambda self: self._has(State.STARTING, State.UNCERTAIN))
    @rule(data=st.data(), coins=COINS)
    def accept(self, data: st.DataObject, coins: int | None) -> None:
        item = self._any(data, State.STARTING, State.UNCERTAIN)
        self.number += 1
        task_id = f"task {self.number}"
        self._put(steps.accept(item, task_id=task_id, coins=coins, at=3.0), durable=True)
        self.tasks[task_id] = item.row

    @precondition(lambda self: self._has(State.STARTING, State.UNCERTAIN))
    @rule(data=st.data())
    def prove_that_there_is_no_task(self, data: st.DataObject) -> None:
        item = self._any(data, State.STARTING, State.UNCERTAIN)
        step = steps.give_back if item.state is State.STARTING else steps.absent
        self._put(step(item), durable=True)
        self.open_starts[item.row] = 0

    @precondition(lambda self: self._has(State.STARTING))
    @rule(data=st.data())
    def lose(self, data: st.DataObject) -> None:
        self._put(steps.lose(self._any(data, State.STARTING), error=NOTE), durable=True)

    @precondition(lambda self: self._has(State.STARTED))
    @rule(data=st.data(), coins=COINS, good=st.booleans())
    def end(self, data: st.DataObject, coins: int | None, good: bool) -> None:
        item = self._any(data, State.STARTED)
        changed = steps.end(
            item,
            state=State.COMPLETED if good else State.FAILED,
            record=RECORD if good else None,
            coins=coins,
            error=None if good else NOTE,
            at=4.0,
        )
        assert coins is not None or spent(changed) == spent(item)
        self._put(changed, durable=True)

    @precondition(lambda self: self._has(State.STARTING, State.PLANNED))
    @rule(data=st.data())
    def refuse(self, data: st.DataObject) -> None:
        item = self._any(data, State.STARTING, State.PLANNED)
        self._put(steps.refuse(item, error=NOTE, at=4.0), durable=True)

    @precondition(lambda self: self._has(State.COMPLETED))
    @rule(data=st.data(), files=st.lists(st.sampled_from(["a", "ä", "\udcff"]), max_size=2))
    def fetch(self, data: st.DataObject, files: list[str]) -> None:
        item = self._any(data, State.COMPLETED)
        error = None if files else NOTE
        self._put(steps.fetched(item, files=files, error=error), durable=True)

    @precondition(lambda self: self._has(State.FAILED, State.UNCERTAIN))
    @rule(data=st.data())
    def retry(self, data: st.DataObject) -> None:
        item = self._any(data, State.FAILED, State.UNCERTAIN)
        again = steps.retry(item)
        assert spent(again) == spent(item)
        self._put(again, durable=True)
        self.open_starts[item.row] = 0

    # How a run ends

    @rule(data=st.data())
    def crash(self, data: st.DataObject) -> None:
        """Drop what is not committed, perhaps in the midst of a write."""
        midst = data.draw(st.booleans())
        if midst and self.items:
            for item in self.items.values():
                if item.state is State.PLANNED:
                    lost = steps.begin(item, name="lost", reserved=1, at=2.0)
                    self._put(lost, durable=False)
                elif item.state is State.STARTED:
                    self._put(steps.end(item, **ENDED), durable=False)
            self.database.admit([Admission(10**6, None, image(0))], 1.0)
        self.database._db.close()
        self._go_on()

    @rule()
    def stop(self) -> None:
        self.database.close(broken=False)
        self._go_on()

    def _go_on(self) -> None:
        self.database = Database.for_writing(self.path, create=False)
        self.items = {row: steps.recovered(item) for row, item in self.items.items()}

    # What holds at any moment

    @invariant()
    def the_journal_holds_what_was_written(self) -> None:
        found = self.database.page((-1, 0), (), 10**6)
        assert {item.row: item for item in found} == self.items
        assert [item.index for item in found] == sorted(item.index for item in found)

    @invariant()
    def every_task_is_known(self) -> None:
        assert all(self.database.knows("text_to_image", task_id) for task_id in self.tasks)
        assert not self.database.knows("text_to_image", "task 0")
        for item in self.items.values():
            assert item.task_id is None or self.tasks[item.task_id] == item.row

    @invariant()
    def the_sums_are_those_of_the_items(self) -> None:
        found = self.database.summary()
        states = [item.state for item in self.items.values()]
        assert found.counts == {state: states.count(state) for state in State}
        total = sum(spent(item) for item in self.items.values())
        assert found.coins_spent + found.coins_reserved == total

    @invariant()
    def every_request_is_found_again_and_no_other(self) -> None:
        for item in self.items.values():
            assert self.database.request(item) == image(item.index)
            other = Admission(item.index, item.key, image(-1))
            [found] = self.database.admit([other], 1.0)
            assert isinstance(found, JournalConflict)


ENDED: dict[str, Any] = {
    "state": State.COMPLETED,
    "record": RECORD,
    "coins": 99,
    "error": None,
    "at": 9.0,
}


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_runs_with_crashes_lose_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    # Nobody else looks at these files, so there is no owner to wait for.
    monkeypatch.setattr(opening, "_LOOK_SECONDS", 0.0)
    run_state_machine_as_test(
        Runs, settings=settings(max_examples=60, stateful_step_count=30, deadline=None)
    )
