"""What may become of an item, and what may not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from a2e_async import APIError, DownloadFailed, UnexpectedResponse
from a2e_async.journal import state as steps
from a2e_async.journal.item import Item, Note, State
from a2e_async.journal.state import IllegalTransition, spent
from tests.conftest import TOKEN

from .samples import NOTE, RECORD, begun, completed, failed, started

PLANNED = Item(row=1, index=0, key="fox", kind="text_to_image", fingerprint="f", planned_at=1.0)
LOST = steps.lose(begun(PLANNED), error=NOTE)

BY_STATE = {
    State.PLANNED: PLANNED,
    State.STARTING: begun(PLANNED),
    State.STARTED: started(PLANNED),
    State.COMPLETED: completed(PLANNED),
    State.FAILED: failed(PLANNED),
    State.UNCERTAIN: LOST,
}

Step = Callable[[Item], Item]


def end(item: Item, state: State = State.COMPLETED, coins: Any = 10) -> Item:
    return steps.end(item, state=state, record=RECORD, coins=coins, error=None, at=3.0)


STEPS: dict[str, tuple[Step, set[State]]] = {
    "begin": (begun, {State.PLANNED}),
    "accept": (
        lambda item: steps.accept(item, task_id="t", coins=1, at=2.0),
        {State.STARTING, State.UNCERTAIN},
    ),
    "give_back": (steps.give_back, {State.STARTING}),
    "lose": (lambda item: steps.lose(item, error=NOTE), {State.STARTING}),
    "absent": (steps.absent, {State.STARTING, State.UNCERTAIN}),
    "end": (end, {State.STARTED}),
    "refuse": (
        lambda item: steps.refuse(item, error=NOTE, at=3.0),
        {State.STARTING, State.PLANNED},
    ),
    "fetched": (lambda item: steps.fetched(item, files=["a"], error=None), {State.COMPLETED}),
    "retry": (steps.retry, {State.FAILED, State.UNCERTAIN}),
}


@pytest.mark.parametrize("name", STEPS)
@pytest.mark.parametrize("state", State)
def test_each_step_leads_from_its_states_only(name: str, state: State) -> None:
    step, allowed = STEPS[name]
    if state in allowed:
        step(BY_STATE[state])
        return
    with pytest.raises(IllegalTransition, match=f"{name}: .* item 1 is {state.value}"):
        step(BY_STATE[state])


def test_a_start_sets_coins_aside_until_it_is_taken_back_or_settled() -> None:
    assert [spent(it) for it in BY_STATE.values()] == [0, 10, 10, 10, 0, 10]
    assert spent(steps.give_back(begun(PLANNED))) == spent(steps.absent(LOST)) == 0
    assert spent(steps.refuse(begun(PLANNED), error=NOTE, at=3.0)) == 0
    cheap = steps.accept(begun(PLANNED), task_id="t", coins=4, at=2.0)
    assert spent(cheap) == spent(end(cheap, coins=None)) == 4
    assert spent(end(cheap, coins=7)) == 7


def test_what_earlier_attempts_cost_counts_on() -> None:
    failure = end(started(PLANNED), State.FAILED, coins=3)
    again = steps.retry(failure)
    assert (again.coins_before, again.coins, again.reserved, again.task_id) == (3, None, None, None)
    assert spent(begun(again)) == 13
    unknown = steps.retry(LOST)
    assert (unknown.state, unknown.coins_before, spent(unknown)) == (State.PLANNED, 10, 10)
    assert begun(unknown).attempts == 2


def test_a_crash_makes_an_open_start_uncertain_and_nothing_else() -> None:
    for item in BY_STATE.values():
        found = steps.recovered(item)
        if item.state is not State.STARTING:
            assert found is item
            continue
        assert (found.state, found.name, found.reserved) == (State.UNCERTAIN, item.name, 10)
        assert found.error is not None
        assert spent(found) == spent(item)


@pytest.mark.parametrize("coins", [None, -1, float("nan"), float("inf"), 10**30, True, "10"])
def test_what_is_no_amount_of_coins_was_not_told(coins: Any) -> None:
    item = steps.accept(begun(PLANNED), task_id="t", coins=coins, at=2.0)
    assert (item.coins, spent(item)) == (None, 10)


@pytest.mark.parametrize("reserved", [-1, float("nan"), float("inf")])
def test_only_an_amount_of_coins_can_be_set_aside(reserved: float) -> None:
    with pytest.raises(ValueError, match="reserved: expected a number of at least 0"):
        steps.begin(PLANNED, name=None, reserved=reserved, at=1.0)


def test_a_task_without_an_id_and_an_end_that_is_none_are_refused() -> None:
    with pytest.raises(ValueError, match="task_id: expected the id of a task"):
        steps.accept(begun(PLANNED), task_id="", coins=None, at=1.0)
    with pytest.raises(ValueError, match="state: expected 'completed' or 'failed', got 'started'"):
        end(started(PLANNED), State.STARTED)


def test_a_note_keeps_what_tells_and_no_token() -> None:
    error = APIError(f"no {TOKEN}", status=400, code=1003, trace_id="abc")
    assert Note.of(error) == Note(
        type="APIError", message="no [token]", status=400, code=1003, trace_id="abc"
    )
    assert Note.of(OSError(f"Bearer {TOKEN}")).message == "[token]"
    assert Note.of(ValueError()).message == "ValueError"
    long = "x" * 1990
    assert Note.of(ValueError(f"{long} {TOKEN} {long}")).message == f"{long} [token] x"
    page = UnexpectedResponse("odd", status=502, body=f"<html>{TOKEN}")
    assert TOKEN not in repr(Note.of(page))
    lost = DownloadFailed("gone", url="https://cdn.example.com/a.png?X-Signature=s")
    assert "Signature" not in repr(Note.of(lost))
