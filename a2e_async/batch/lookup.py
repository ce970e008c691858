"""What became of a start whose answer was lost: its task, or the proof that there is none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import anyio

from a2e_async import clock
from a2e_async.batch.run import Run
from a2e_async.errors import SubmitUncertain
from a2e_async.jobs.names import is_made_up
from a2e_async.journal.item import Item
from a2e_async.tasks.record import Record
from a2e_async.tasks.request import Request

_PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
_FEW = 5
"""So many looks in a row may tell nothing before the batch's patience counts."""


async def look_up(run: Run, item: Item, request: Request[Any]) -> Record | None:
    """Find out what became of a start.

    Args:
        run: the batch.
        item: the start's item.
        request: its request.

    Returns:
        The record of its task; None where the product's lists, read whole twice, prove that it
        does not exist.

    Raises:
        SubmitUncertain: neither can be known.
    """
    name, lost = item.name, clock.now()
    if name is None or item.starting_at is None or not run.finder.can_tell(request.product):
        raise _uncertain(item, request, "such a task cannot be looked for by name")
    settle, absences, trouble = run.core.session.policy.settle, 0, 0
    with _sought(run, item.kind, name):
        while True:
            sight = await run.finder.find(request.product, name, item.starting_at)
            fresh = [r for r in sight.records if not await run.journal.knows(item.kind, r.id)]
            if fresh:
                return _only(run, item, request, fresh)
            left = lost + settle - clock.now()
            absences = absences + 1 if sight.whole else 0
            trouble = 0 if sight.whole else trouble + 1
            if left <= 0 and absences > 1:
                break
            if run.finder.is_gone(item.starting_at) or _is_over(run, lost, trouble):
                raise _uncertain(item, request, "the product's list does not tell")
            pause = _PAUSES[min(trouble, len(_PAUSES) - 1)]
            await anyio.sleep(min(pause, max(left, settle / 10)) if sight.whole else pause)
    if not is_made_up(name):
        raise _uncertain(item, request, "no task of that name was found")
    return None


def _is_over(run: Run, lost: float, trouble: int) -> bool:
    return trouble > _FEW and clock.now() - lost > run.settings.patience


@contextmanager
def _sought(run: Run, kind: str, name: str) -> Iterator[None]:
    run.sought[kind, name] += 1
    try:
        yield
    finally:
        run.sought[kind, name] -= 1
        if not run.sought[kind, name]:
            del run.sought[kind, name]


def _only(run: Run, item: Item, request: Request[Any], found: list[Record]) -> Record:
    """Give the record of the start, if it is surely its."""
    assert item.name is not None
    # A name that the caller chose may be another start's as well.
    if is_made_up(item.name) or (len(found) == 1 and run.sought[item.kind, item.name] == 1):
        return found[0]
    tokens = ", ".join(request.product.token(record.id) for record in found)
    raise _uncertain(item, request, f"none of these is surely its task: {tokens}")


def _uncertain(item: Item, request: Request[Any], why: str) -> SubmitUncertain:
    return SubmitUncertain(
        f"{item.kind}: the answer to the start named {item.name!r} was lost, and {why}. It may "
        "exist and be paid for; it was not started again. To start it anew all the same, run the "
        "batch again with retry='uncertain'",
        request=request,
        name=item.name,
    )
