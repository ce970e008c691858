"""Who gets the next free place: a queue that is fair to groups. Pure."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Hashable, Iterable, Mapping
from itertools import count
from math import floor

import attrs

_ROUNDING = 1e-6


@attrs.define(eq=False)
class Ticket:
    """A start's claim to places.

    Attributes:
        kind: the tasks' product.
        group: whose start it is, for fairness.
        tasks: how many places it wants.
        held: how many it has; 0 while it waits.
        number: its turn among those of its group; 0 before it first waits.
    """

    kind: str
    group: Hashable = None
    tasks: int = 1
    held: int = attrs.field(default=0, init=False)
    number: int = attrs.field(default=0, init=False)


@attrs.define(eq=False)
class _Group:
    """Who belongs together: the places they have, and who waits, by kind and turn.

    Attributes:
        served: when it last got a place or, if never, when it first wanted one. No time, an order.
        held: places.
        waiting: those who wait, by kind; the first of each is the next.
    """

    served: int
    held: int = 0
    waiting: dict[str, OrderedDict[int, Ticket]] = attrs.field(factory=dict)

    @property
    def turn(self) -> tuple[int, int]:
        """What decides between groups: the least comes first."""
        return self.held, self.served

    def heads(self) -> list[Ticket]:
        """Give the next one of each kind, who came first first."""
        firsts = [next(iter(tickets.values())) for tickets in self.waiting.values()]
        return sorted(firsts, key=lambda ticket: ticket.number)


class FairQueue:
    """Places for tasks, in all and by kind, and those who wait for one.

    A free place goes to the waiting group that has the fewest, of several to the one that was
    served longest ago, and within a group to who came first. Whose kind has no room holds up
    nobody of another kind. Who needs several places is waited for until they are free.

    Attributes:
        in_flight: places in all; None for any number.
        per_kind: places of a kind, where there is a limit.
        held: places that are taken.
        waiting: how many wait.
    """

    def __init__(self, in_flight: int | None, per_kind: Mapping[str, int]) -> None:
        """Hold nobody."""
        self.in_flight = in_flight
        self.per_kind = dict(per_kind)
        self.held = 0
        self.waiting = 0
        self._held_of: Counter[str] = Counter()
        self._groups: dict[Hashable, _Group] = {}
        self._turns = count(1)

    def counts(self, kind: str) -> bool:
        """Tell whether tasks of a kind take a place at all."""
        return self.in_flight is not None or kind in self.per_kind

    def add(self, ticket: Ticket) -> None:
        """Let somebody wait, who keeps the turn of the first time."""
        group = self._group(ticket.group)
        tickets = group.waiting.setdefault(ticket.kind, OrderedDict())
        again = ticket.number > 0
        ticket.number = ticket.number or next(self._turns)
        tickets[ticket.number] = ticket
        if again:
            group.waiting[ticket.kind] = OrderedDict(sorted(tickets.items()))
        self.waiting += 1

    def drop(self, ticket: Ticket) -> None:
        """Let somebody wait no longer."""
        group = self._groups[ticket.group]
        del group.waiting[ticket.kind][ticket.number]
        if not group.waiting[ticket.kind]:
            del group.waiting[ticket.kind]
        self.waiting -= 1
        self._forget(ticket.group)

    def next(self, share: float = 1.0) -> Ticket | None:
        """Give places to the next one in turn.

        Args:
            share: how much of the limits is used, above 0 and at most 1.

        Returns:
            Who has its places now; None if nobody can have any.
        """
        if not self.waiting or not self._has_room(1, share):
            return None
        full: set[str] = set()
        for ticket in self._in_turn():
            if ticket.kind in full:
                continue
            if not self._has_room_for_kind(ticket.kind, ticket.tasks, share):
                # What is free of it is kept for this one.
                full.add(ticket.kind)
            elif self._has_room(ticket.tasks, share):
                self._take(ticket)
                return ticket
            else:
                return None
        return None

    def resize(self, ticket: Ticket, held: int) -> None:
        """Let somebody have more or fewer places, whatever room there is, waiting or not."""
        more, ticket.held = held - ticket.held, held
        self.held += more
        self._group(ticket.group).held += more
        self._held_of[ticket.kind] += more
        if not self._held_of[ticket.kind]:
            del self._held_of[ticket.kind]
        self._forget(ticket.group)

    def is_over(self, kind: str, share: float) -> bool:
        """Tell whether more places are taken than there are for a kind at present."""
        held, limit = self.held, self.in_flight
        if limit is not None and held > _used(limit, share):
            return True
        limit = self.per_kind.get(kind)
        return limit is not None and self._held_of[kind] > _used(limit, share)

    def next_share(self, share: float) -> float | None:
        """Tell the share from which on there are more places than now; None if there are all."""
        limits = [*self.per_kind.values(), *([] if self.in_flight is None else [self.in_flight])]
        more = [(used + 1) / limit for limit in limits if (used := _used(limit, share)) < limit]
        return min(more, default=None)

    def _in_turn(self) -> Iterable[Ticket]:
        waiting = [group for group in self._groups.values() if group.waiting]
        for group in sorted(waiting, key=lambda group: group.turn):
            yield from group.heads()

    def _take(self, ticket: Ticket) -> None:
        group = self._groups[ticket.group]
        group.served = next(self._turns)
        held = ticket.tasks
        self.resize(ticket, held)
        self.drop(ticket)

    def _has_room(self, tasks: int, share: float) -> bool:
        return _fits(self.in_flight, self.held, tasks, share)

    def _has_room_for_kind(self, kind: str, tasks: int, share: float) -> bool:
        return _fits(self.per_kind.get(kind), self._held_of[kind], tasks, share)

    def _group(self, name: Hashable) -> _Group:
        group = self._groups.get(name)
        if group is None:
            group = self._groups[name] = _Group(next(self._turns))
        return group

    def _forget(self, name: Hashable) -> None:
        group = self._groups[name]
        if not group.held and not group.waiting:
            del self._groups[name]


def _used(limit: int, share: float) -> int:
    return max(1, floor(limit * share + _ROUNDING))


def _fits(limit: int | None, held: int, tasks: int, share: float) -> bool:
    # Who needs more than the share gives gets in alone.
    return limit is None or held + tasks <= _used(limit, share) or not held
