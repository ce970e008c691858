"""When waits are given up. Pure, but for the futures that it tells."""

from __future__ import annotations

import asyncio
import heapq
from itertools import count
from typing import Any

from a2e_async.jobs.watch import News, OutOfTime

_NEVER = float("inf")
_FEW = 1000


class Deadlines:
    """The ends of many waits in one heap, where a timer for each would take three times the room.

    Waits that have ended before their time are swept out once they are the greater part.
    """

    def __init__(self) -> None:
        """Hold none."""
        self._heap: list[tuple[float, int, asyncio.Future[News]]] = []
        self._sequence = count()
        self._swept_at = _FEW

    def add(self, until: float, waiter: asyncio.Future[Any]) -> None:
        """Give a wait up at a moment of the loop's clock."""
        if len(self._heap) >= self._swept_at:
            self._heap = [entry for entry in self._heap if not entry[2].done()]
            heapq.heapify(self._heap)
            self._swept_at = max(_FEW, 2 * len(self._heap))
        heapq.heappush(self._heap, (until, next(self._sequence), waiter))

    def next(self) -> float:
        """Tell when the next wait is given up; never, if there is none."""
        while self._heap and self._heap[0][2].done():
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else _NEVER

    def expire(self, now: float) -> None:
        """Give up the waits whose time is over."""
        while self.next() <= now:
            _, _, waiter = heapq.heappop(self._heap)
            waiter.set_result(OutOfTime())
