"""In which order, and when, those who wait for a place will get one. Pure."""

from __future__ import annotations

import heapq
from bisect import bisect
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator
from itertools import accumulate, count, islice
from typing import TypeAlias

from a2e_async.jobs.fairness import FairQueue, Group, Ticket, fits, used

Usual: TypeAlias = Callable[[str], float | None]
"""Tells how long a task of a kind usually keeps its place, in seconds; None if nobody knows."""

# What has taken longer than usual is expected to end within this share of the usual time, one after
# the other.
_OVERDUE = 0.5
# Of turns of a queue, which none of them ever reaches.
_LATER = 1 << 62


def foresee(
    queue: FairQueue, *, share: float, now: float, usual: Usual, most: int
) -> dict[Ticket, float | None]:
    """Tell how a queue is served if nobody else comes.

    Places come free one at a time, each when its task has taken as long as is usual. Where nobody
    knows what is usual, all tasks take the same time: who got a place first gives it back first.

    Args:
        queue: the queue. It stays as it is.
        share: how much of its limits is used.
        now: the present.
        usual: tells how long places are kept.
        most: how many turns are told at the most.

    Returns:
        Who is served next, in their order, with the moment when that is likely to be; None where
        nothing tells.
    """
    return dict(islice(_Simulated(queue, share, now, usual, most).served(), most))


class Rough:
    """About which position somebody has who waits, as if the groups simply took turns.

    It costs little, however many wait, and stays about right while the queue changes a little.
    """

    def __init__(self, queue: FairQueue) -> None:
        """Count how many wait in each group."""
        self._groups = queue.groups
        self._length_of = {name: group.length for name, group in queue.groups.items()}
        self._lengths = sorted(self._length_of.values())
        self._sums = [0, *accumulate(self._lengths)]

    def position(self, ticket: Ticket) -> int:
        """Tell somebody's position, from 1, which is next."""
        mine = _rank(self._groups[ticket.group], ticket.number)
        shorter = bisect(self._lengths, mine)
        of_all = self._sums[shorter] + mine * (len(self._lengths) - shorter)
        # Of its own group there may be more by now.
        return of_all - min(self._length_of.get(ticket.group, 0), mine) + mine


def _rank(group: Group, number: int) -> int:
    """Tell about which one of its group somebody is: those of a group come rather evenly."""
    rank = 0.0
    for tickets in group.waiting.values():
        first, last = next(iter(tickets)), next(reversed(tickets))
        if number >= last:
            rank += len(tickets)
        elif number >= first:
            rank += 1 + (len(tickets) - 1) * (number - first) / (last - first)
    return max(1, round(rank))


def _first(queue: FairQueue, most: int) -> dict[Hashable, Group]:
    """Give the groups that come first, and those that have places."""
    if len(queue.groups) <= most:
        return queue.groups
    first = heapq.nsmallest(most, queue.groups.items(), key=lambda it: it[1].turn)
    return {name: group for name, group in queue.groups.items() if group.held} | dict(first)


class _Row:
    """One group: its places, and its next one in each lane.

    Kinds without a limit of their own share a lane: whoever of them came first is next.
    """

    __slots__ = ("heads", "held", "rest", "served")

    def __init__(self, group: Group, limited: Iterable[str]) -> None:
        self.held, self.served = group.held, group.served
        self.heads: dict[str, Ticket] = {}
        self.rest: dict[str, Iterator[Ticket]] = {}
        free = [tickets for kind, tickets in group.waiting.items() if kind not in limited]
        if free:
            merged = heapq.merge(*(it.values() for it in free), key=lambda it: it.number)
            self.rest[""] = iter(free[0].values()) if len(free) == 1 else merged
        for kind in limited:
            if kind in group.waiting:
                self.rest[kind] = iter(group.waiting[kind].values())
        for lane in (*self.rest,):
            self.advance(lane)

    def advance(self, lane: str) -> None:
        """Let the next one of a lane come forward."""
        head = next(self.rest[lane], None)
        if head is None:
            self.heads.pop(lane, None)
        else:
            self.heads[lane] = head


class _Simulated:
    """A queue as it will be.

    It decides as `FairQueue.next` does, at a cost for each turn that hardly depends on how many
    wait: who is next in a lane stands first in a heap, from which what is out of date is dropped.
    """

    def __init__(
        self, queue: FairQueue, share: float, now: float, usual: Usual, groups: int
    ) -> None:
        self._holding = [*queue.holding]
        self._now = now
        self._most = None if queue.in_flight is None else used(queue.in_flight, share)
        self._most_of = {kind: used(limit, share) for kind, limit in queue.per_kind.items()}
        self._held, self._held_of = queue.held, Counter(queue.held_of)
        self._certain = True
        self._learn(queue, usual)
        first = _first(queue, groups)
        self._rows = [_Row(group, queue.per_kind) for group in first.values()]
        self._index = {name: index for index, name in enumerate(first)}
        self._left = sum(group.length for group in first.values())
        self._lanes: dict[str, list[tuple[int, int, int, int]]] = {}
        for index, row in enumerate(self._rows):
            for lane, head in row.heads.items():
                entry = (row.held, row.served, head.number, index)
                self._lanes.setdefault(lane, []).append(entry)
        for heap in self._lanes.values():
            heapq.heapify(heap)
        self._turns = count(_LATER)
        self._ends: list[tuple[float, int, int, str]] = []
        self._expect_first()

    def _learn(self, queue: FairQueue, usual: Usual) -> None:
        waiting = {kind for group in queue.groups.values() for kind in group.waiting}
        known = {kind: usual(kind) for kind in waiting | {*self._held_of}}
        told = [seconds for seconds in known.values() if seconds is not None]
        other = sum(told) / len(told) if told else 1.0
        self._unknown = {kind for kind, seconds in known.items() if seconds is None}
        self._usual = {kind: other if it is None else it for kind, it in known.items()}

    def served(self) -> Iterator[tuple[Ticket, float | None]]:
        """Give places to one after the other, with the moment, as long as anybody waits."""
        while self._left:
            ticket = self._next()
            if ticket is None:
                if not self._ends:
                    return
                self._free_one()
            else:
                yield ticket, self._now if self._certain else None

    def _next(self) -> Ticket | None:
        if self._most is not None and self._held >= self._most:
            return None
        first = None
        for lane, heap in self._lanes.items():
            top = self._top(lane, heap)
            if top is None:
                continue
            if (first is None or top < first[0]) and self._has_room_in(lane, top):
                first = top, lane
        if first is None:
            return None
        (*_, index), lane = first
        ticket = self._rows[index].heads[lane]
        if not fits(self._most, self._held, ticket.tasks):
            return None
        self._take(index, lane, ticket)
        return ticket

    def _top(
        self, lane: str, heap: list[tuple[int, int, int, int]]
    ) -> tuple[int, int, int, int] | None:
        while heap:
            held, served, number, index = heap[0]
            row = self._rows[index]
            head = row.heads.get(lane)
            if head and row.held == held and row.served == served and head.number == number:
                return heap[0]
            heapq.heappop(heap)
        return None

    def _has_room_in(self, lane: str, top: tuple[int, int, int, int]) -> bool:
        most = self._most_of.get(lane)
        if most is None:
            return True
        return fits(most, self._held_of[lane], self._rows[top[3]].heads[lane].tasks)

    def _take(self, index: int, lane: str, ticket: Ticket) -> None:
        row = self._rows[index]
        row.advance(lane)
        self._left -= 1
        self._resize(index, ticket.kind, ticket.tasks)
        self._expect(ticket, self._now + self._usual[ticket.kind], ticket.tasks)

    def _free_one(self) -> None:
        end, _, index, kind = heapq.heappop(self._ends)
        self._now = max(self._now, end)
        self._certain = self._certain and kind not in self._unknown
        self._resize(index, kind, -1)

    def _resize(self, index: int, kind: str, more: int) -> None:
        row = self._rows[index]
        row.held += more
        row.served = next(self._turns)
        self._held += more
        self._held_of[kind] += more
        for lane, head in row.heads.items():
            heapq.heappush(self._lanes[lane], (row.held, row.served, head.number, index))

    def _expect_first(self) -> None:
        """Expect the ends of what is under way."""
        late: list[Ticket] = []
        for ticket in self._holding:
            end = ticket.since + self._usual[ticket.kind]
            if end > self._now:
                self._expect(ticket, end, ticket.held)
            else:
                late.append(ticket)
        for turn, ticket in enumerate(late, 1):
            soon = _OVERDUE * self._usual[ticket.kind] * turn / (len(late) + 1)
            self._expect(ticket, self._now + soon, ticket.held)

    def _expect(self, ticket: Ticket, end: float, places: int) -> None:
        index = self._index[ticket.group]
        for _ in range(places):
            heapq.heappush(self._ends, (end, next(self._turns), index, ticket.kind))
