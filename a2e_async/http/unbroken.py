"""Work that a cancellation must not break off."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import anyio

T = TypeVar("T")


async def to_the_end(work: Coroutine[Any, Any, T]) -> T:
    """Await something to its end, however often the caller is cancelled meanwhile.

    The work has to come to an end by itself. It runs in a task of its own, since no cancel scope
    holds back `asyncio.Task.cancel`.

    Args:
        work: a coroutine.

    Returns:
        Its result.

    Raises:
        asyncio.CancelledError: the caller was cancelled; the work is done.
        RuntimeError: no event loop runs any more; the work was not begun.
    """
    try:
        task = asyncio.create_task(work)
    except RuntimeError:
        work.close()
        raise
    cancelled: asyncio.CancelledError | None = None
    with anyio.CancelScope(shield=True):
        while not task.done():
            try:
                await asyncio.wait([task])
            except asyncio.CancelledError as error:
                cancelled = error
    if cancelled is None:
        return task.result()
    failure = None if task.cancelled() else task.exception()
    if failure is not None:
        cancelled.add_note(str(failure))
    raise cancelled
