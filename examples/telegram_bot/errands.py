"""Tasks that run beside the reading of updates."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable
from typing import Any

log = logging.getLogger(__name__)


class Errands:
    """Runs what nobody waits for, and keeps their errors in the log.

    The bot reads one update after the other, and what it answers may have to wait for Telegram: so
    the answers go out beside the reading.
    """

    def __init__(self) -> None:
        """Begin with none."""
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, errand: Awaitable[Any]) -> None:
        """Run something in a task of its own, such as a call of Telegram."""
        task = asyncio.create_task(_logged(errand))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def finish(self, *, within: float) -> None:
        """Wait for all of them, and cancel those that take longer than so many seconds."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=within)
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def _logged(errand: Awaitable[Any]) -> None:
    try:
        await errand
    except Exception:
        # Nobody waits for it who could be told.
        log.exception("An errand failed")
