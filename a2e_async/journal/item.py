"""An item of a journal: one request, and what became of it. Pure."""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Any, Final

import attrs

from a2e_async.errors import A2EError, redact

_LONGEST_MESSAGE = 2000
_MOST_COINS = 2**53


class State(StrEnum):
    """How far an item is."""

    PLANNED = "planned"
    """Nothing was sent for it."""
    STARTING = "starting"
    """A start may have been sent, and was not answered yet."""
    STARTED = "started"
    """It has a task, whose id is known."""
    COMPLETED = "completed"
    """Its task has a result."""
    FAILED = "failed"
    """Its task failed, or its start was refused."""
    UNCERTAIN = "uncertain"
    """A start was sent, and nobody knows whether there is a task."""


ENDED: Final = frozenset({State.COMPLETED, State.FAILED})


@attrs.frozen(kw_only=True)
class Note:
    """An error, as it is kept.

    Attributes:
        type: name of the exception's class.
        message: its words, without tokens and at most 2,000 characters long.
        status: HTTP status, where the service answered.
        code: the service's own code, where it gave one.
        trace_id: the service's id of the request, to quote in a support question.
    """

    type: str
    message: str
    status: int | None = None
    code: int | str | None = None
    trace_id: str | None = None

    @classmethod
    def of(cls, error: BaseException) -> Note:
        """Make the note of an error, without tokens."""
        words = error.message if isinstance(error, A2EError) else str(error)
        return cls(
            type=type(error).__name__,
            message=_text(words) or type(error).__name__,
            status=getattr(error, "status", None),
            code=_code(getattr(error, "code", None)),
            trace_id=_text(getattr(error, "trace_id", None)) or None,
        )


def _text(value: object) -> str:
    # Where the cut goes through a token, its beginning could not be told from other words.
    return str(redact("" if value is None else str(value)))[:_LONGEST_MESSAGE]


def _code(value: object) -> int | str | None:
    return value if value is None or isinstance(value, int) else _text(value)


@attrs.frozen(kw_only=True)
class Item:
    """One request of a journal, and what became of it. `state` has what leads from one to another.

    Attributes:
        row: its number in the journal, from 1.
        index: its place in the caller's input when it was admitted, from 0.
        key: the caller's own name for it, or None.
        kind: the product's name.
        fingerprint: digest of the request, the same for equal ones.
        name: the unique name of the latest start, None if none was made or it has no name.
        state: how far it is.
        attempts: how many starts were made, those that were taken back included.
        task_id: id of the latest start's task.
        coins: what the latest start cost, as the service tells; None if it does not, or not yet.
        coins_before: what earlier starts cost, by what was told or else reserved.
        reserved: coins that were set aside for the latest start.
        record: the task's JSON object, as the service last gave it.
        error: what went wrong, or None.
        files: the downloaded files, as the caller writes their paths.
        planned_at: when it was admitted, in seconds since 1970.
        starting_at: when the latest start was sent.
        started_at: when its task was known.
        ended_at: when it completed or failed.
    """

    row: int
    index: int
    key: str | None = None
    kind: str
    fingerprint: str
    name: str | None = None
    state: State = State.PLANNED
    attempts: int = 0
    task_id: str | None = None
    coins: float | None = None
    coins_before: float = 0
    reserved: float | None = None
    record: dict[str, Any] | None = attrs.field(default=None, repr=False, hash=False)
    error: Note | None = None
    files: tuple[str, ...] = ()
    planned_at: float | None = None
    starting_at: float | None = None
    started_at: float | None = None
    ended_at: float | None = None


def told(coins: object) -> float | None:
    """Read what the service says that a task cost; None for what is no amount of coins."""
    if isinstance(coins, bool) or not isinstance(coins, (int, float)):
        return None
    return coins if 0 <= coins < _MOST_COINS else None


def check_reserved(coins: float | None) -> None:
    """Raise `ValueError` unless this is an amount of coins that can be set aside, or None."""
    if coins is not None and not (math.isfinite(coins) and coins >= 0):
        raise ValueError(f"reserved: expected a number of at least 0, or None, got {coins!r}")
