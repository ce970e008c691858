"""What may become of an item, from one state to the next. Pure.

    planned ──begin──▶ starting ──accept──▶ started ──end──▶ completed | failed
       ▲                  │  │                 ▲
       │ give_back,       │  └──lose──▶ uncertain
       └ absent ──────────┘             │  │
       ▲                                │  └──accept (found by its name)
       └──absent, retry─────────────────┘

`refuse` leads from planned or starting to failed, without a task; `retry` from failed back to
planned. `recovered` says what a crash means. Each gives the changed item; what is written is for
the journal to do. Anything else is an `IllegalTransition`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs

from a2e_async.journal.item import ENDED, Item, Note, State, check_reserved, told

__all__ = [
    "ENDED",
    "IllegalTransition",
    "Item",
    "Note",
    "State",
    "absent",
    "accept",
    "begin",
    "end",
    "fetched",
    "give_back",
    "lose",
    "recovered",
    "refuse",
    "retry",
    "sibling",
    "spent",
]

_UNKNOWN = Note(
    type="SubmitUncertain",
    message="the process ended before the answer to the start was known",
)


class IllegalTransition(RuntimeError):
    """Nothing of the kind can become of the item in its state: a mistake in this package."""


def begin(item: Item, *, name: str | None, reserved: float | None, at: float) -> Item:
    """Note that a start is about to be sent.

    Args:
        item: a planned one.
        name: the unique name it is sent under; None where such tasks have no name.
        reserved: coins that are set aside for it, None if that is not known.
        at: the present, in seconds since 1970.

    Raises:
        IllegalTransition: it is not planned.
        ValueError: `reserved` is below 0.
    """
    _require(item, "begin", State.PLANNED)
    check_reserved(reserved)
    return attrs.evolve(
        item,
        state=State.STARTING,
        attempts=item.attempts + 1,
        name=name,
        reserved=reserved,
        coins=None,
        error=None,
        starting_at=at,
    )


def accept(item: Item, *, task_id: str, coins: float | None, at: float) -> Item:
    """Note the task of a start that was answered, or found by its name.

    Args:
        item: a starting or uncertain one.
        task_id: the task's id.
        coins: what it costs, as the service tells; None if it does not.
        at: the present, in seconds since 1970.

    Raises:
        IllegalTransition: no start of it is open.
        ValueError: the id is empty.
    """
    _require(item, "accept", State.STARTING, State.UNCERTAIN)
    if not task_id:
        raise ValueError("task_id: expected the id of a task, got an empty text")
    return attrs.evolve(
        item, state=State.STARTED, task_id=task_id, coins=told(coins), error=None, started_at=at
    )


def give_back(item: Item) -> Item:
    """Note that nothing was started, which is proved: the reservation is free again."""
    _require(item, "give_back", State.STARTING)
    return _planned(item)


def absent(item: Item) -> Item:
    """Note that there is no task of an open start, which was looked up and is proved."""
    _require(item, "absent", State.STARTING, State.UNCERTAIN)
    return _planned(item)


def lose(item: Item, *, error: Note) -> Item:
    """Note that nobody knows whether a start made a task: it counts as spent."""
    _require(item, "lose", State.STARTING)
    return attrs.evolve(item, state=State.UNCERTAIN, error=error)


def end(  # noqa: PLR0913  (one keyword for each thing that is told)
    item: Item,
    *,
    state: State,
    record: dict[str, Any] | None,
    coins: float | None,
    error: Note | None,
    at: float,
) -> Item:
    """Note how a task ended.

    Args:
        item: a started one.
        state: completed or failed.
        record: the task's JSON object, None if it is not known.
        coins: what it cost, as the record tells; None leaves what the start told.
        error: why it failed, None if it did not.
        at: the present, in seconds since 1970.

    Raises:
        IllegalTransition: it has no task that goes on.
        ValueError: `state` is no end.
    """
    _require(item, "end", State.STARTED)
    if state not in ENDED:
        raise ValueError(f"state: expected 'completed' or 'failed', got {state.value!r}")
    paid = told(coins)
    return attrs.evolve(
        item,
        state=state,
        record=record,
        coins=item.coins if paid is None else paid,
        error=error,
        ended_at=at,
    )


def refuse(item: Item, *, error: Note, at: float) -> Item:
    """Note that an item failed without a task: it costs nothing."""
    _require(item, "refuse", State.STARTING, State.PLANNED)
    return attrs.evolve(
        item, state=State.FAILED, error=error, coins=None, reserved=None, ended_at=at
    )


def fetched(item: Item, *, files: Iterable[str], error: Note | None) -> Item:
    """Note the files of a completed item, or why they could not be downloaded.

    Args:
        item: a completed one.
        files: the paths of all its files that are there.
        error: the download's error, None if there was none.

    Raises:
        IllegalTransition: it is not completed.
    """
    _require(item, "fetched", State.COMPLETED)
    return attrs.evolve(item, files=tuple(files), error=error)


def retry(item: Item) -> Item:
    """Plan an item anew that failed, or, on the user's word, one that is uncertain.

    What its start cost counts on: the coins that were told, or else those that were reserved.
    """
    _require(item, "retry", State.FAILED, State.UNCERTAIN)
    return attrs.evolve(
        _planned(item),
        coins_before=spent(item),
        task_id=None,
        record=None,
        files=(),
        starting_at=None,
        started_at=None,
        ended_at=None,
    )


def sibling(item: Item, first: Item, task_id: str, coins: float | None) -> Item:
    """Note a further task of a start that has made several.

    Args:
        item: a planned one.
        first: the item of the start, accepted.
        task_id: the task's id.
        coins: what it costs, as the service tells; None if it does not.
    """
    at = first.starting_at or 0.0
    begun = begin(item, name=first.name, reserved=None, at=at)
    return accept(begun, task_id=task_id, coins=coins, at=first.started_at or at)


def recovered(item: Item) -> Item:
    """Say what an item is after a crash: a start that was open is uncertain."""
    return lose(item, error=_UNKNOWN) if item.state is State.STARTING else item


def spent(item: Item) -> float:
    """Count the coins of an item, an open start's reservation and earlier starts included."""
    if item.state is State.PLANNED:
        return item.coins_before
    latest = item.reserved if item.coins is None else item.coins
    return item.coins_before + (latest or 0)


def _planned(item: Item) -> Item:
    return attrs.evolve(item, state=State.PLANNED, name=None, reserved=None, coins=None, error=None)


def _require(item: Item, step: str, *states: State) -> None:
    if item.state not in states:
        expected = " or ".join(state.value for state in states)
        raise IllegalTransition(
            f"{step}: expected an item that is {expected}, item {item.row} is {item.state.value}"
        )
