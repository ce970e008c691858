"""The waiting jobs of one family, in the order in which they are to be looked at."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Iterable
from typing import Any

from a2e_async.jobs.looks import Alone
from a2e_async.jobs.schedule import Schedule
from a2e_async.jobs.typical import Typical
from a2e_async.jobs.watch import Watch
from a2e_async.tasks.product import Product

_NEVER = float("inf")
_FEW = 1000


class Line:
    """A heap of jobs by due time, with what is known of the family's durations.

    A job whose due time was changed stands in the heap more than once; what is out of date is
    dropped when its turn comes.

    Attributes:
        product: the family's product.
        looks: how many looks are under way.
        looks_alone: how many of them are at one job.
        looking: at how many jobs.
        alone: jobs that are to be looked at by their detail, with what else was seen of them.
        alternates: whether it is the turn of these, where others are due too.
        learned: whether the service was asked for the family's mean duration.
        mean: seconds of this, if it was told.
    """

    def __init__(self, product: Product[Any], schedule: Schedule) -> None:
        """Hold nobody, and know nothing of the family's durations."""
        self.product = product
        self.looks = 0
        self.looks_alone = 0
        self.looking = 0
        self.alone: deque[Alone] = deque()
        self.alternates = False
        self.learned = False
        self.mean: float | None = None
        self._schedule = schedule
        self._swept = 0
        self._heap: list[tuple[float, Watch[Any]]] = []
        self._queued = Typical(schedule.shortest)
        self._running = Typical(schedule.shortest)

    @property
    def waiting(self) -> int:
        """How many jobs somebody waits for, or has just stopped to."""
        return len(self._heap) + self.looking

    @property
    def awaited(self) -> int:
        """How many jobs somebody waits for. It may be asked from another thread."""
        heap = self._heap.copy()
        return self.looking + len({watch for due, watch in heap if not _is_stale(due, watch)})

    def typical(self, watch: Watch[Any]) -> Typical:
        """Give what is known of how soon tasks end from where one stands."""
        return self._queued if watch.queued else self._running

    def expect(self, mean: float, weight: float) -> None:
        """Take in a mean duration that somebody else tells, in seconds, as so many tasks' own."""
        self.mean = mean
        for typical in (self._queued, self._running):
            typical.expect(mean, weight)

    def push(self, watch: Watch[Any]) -> None:
        """Let a job wait for its due time."""
        if watch.due is not None:
            heapq.heappush(self._heap, (watch.due, watch))

    def due(self) -> float:
        """Tell when the first job is due; never, if there is none."""
        while self._heap and _is_stale(*self._heap[0]):
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else _NEVER

    def take(self, now: float, size: int) -> list[Watch[Any]]:
        """Take the jobs of the next look out of the line.

        Args:
            now: the present.
            size: how many there can be in it. In a look at more than one, those that are nearly
                due fill the places that are left.

        Returns:
            The jobs, none if none is due.
        """
        taken: list[Watch[Any]] = []
        while len(taken) < size and self._may_go(now, first=not taken):
            _, watch = heapq.heappop(self._heap)
            watch.looking = True
            taken.append(watch)
        return taken

    def _may_go(self, now: float, *, first: bool) -> bool:
        due = self.due()
        if first or due == _NEVER:
            return due <= now
        return self._schedule.goes_along(due, self._heap[0][1].interval, now)

    def hurry(self, watches: Iterable[Watch[Any]], due: float) -> None:
        """Bring the looks at jobs forward to a moment, where they are later."""
        for watch in watches:
            if watch.due is None or watch.due > due:
                watch.due = due
                if watch.awaited:
                    self.push(watch)
        if len(self._heap) > 2 * self._swept + _FEW:
            self._sweep()

    def _sweep(self) -> None:
        """Drop what is out of date, so that a flood of bells takes no room."""
        live = {watch: due for due, watch in self._heap if not _is_stale(due, watch)}
        self._heap = [(due, watch) for watch, due in live.items()]
        heapq.heapify(self._heap)
        self._swept = len(self._heap)


def _is_stale(due: float, watch: Watch[Any]) -> bool:
    return watch.due != due or watch.looking or watch.ended or not watch.awaited
