"""Work in a thread that is over when the caller goes on, even a cancelled one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar, TypeVarTuple, Unpack

import anyio

T = TypeVar("T")
Args = TypeVarTuple("Args")


async def finish_in_thread(function: Callable[[Unpack[Args]], T], *args: *Args) -> T:
    """Run a blocking function in a thread, and come back only when it has ended.

    `anyio.to_thread.run_sync` leaves the thread running when the task is cancelled by asyncio's own
    ``Task.cancel``, against which no scope shields. A write that goes on by itself would hit a file
    that is by then resumed, renamed or removed.

    Args:
        function: the function.
        args: its arguments.

    Returns:
        What it returns.
    """
    work = asyncio.get_running_loop().run_in_executor(None, function, *args)
    try:
        await asyncio.wait((work,))
    except asyncio.CancelledError:
        await _settle(work)
        raise
    return work.result()


async def _settle(work: asyncio.Future[T]) -> None:
    while not work.done():
        with suppress(asyncio.CancelledError), anyio.CancelScope(shield=True):
            await asyncio.wait((work,))
    if not work.cancelled():
        work.exception()
