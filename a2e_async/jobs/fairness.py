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
        since: when it got its places, as its holder tells; there is no time here.
    """

    kind: str
    group: Hashable = None
    tasks: int = 1
    held: int = attrs.field(default=0, init=False)
    number: int = attrs.field(default=0, init=False)
    since: float = attrs.field(default=0.0, init=False)


@attrs.define(eq=False)
class Group:
    """Who belongs together: the places they have, and who waits, by kind and turn.

    Attributes:
        served: when it last got or gave back a place or, if never, when it first wanted one. No
            time, an order.
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

    @property
    def length(self) -> int:
        """How many wait."""
        return sum(map(len, self.waiting.values()))

    def heads(self) -> list[Ticket]:
        """Give the next one of each kind, who came first first."""
        firsts = [next(iter(tickets.values())) for tickets in self.waiting.values()]
        return sorted(firsts, key=lambda ticket: ticket.number)


class FairQueue:
    """Places for tasks, in all and by kind, and those who wait for one.

    A free place goes to the waiting group that has the fewest, of several to the one that had one
    longest ago, and within a group to who came first. So a newcomer comes before a group whose
    place was just freed. Whose kind has no room holds up nobody of another kind. Who needs several
    places is waited for until they are free.

    Attributes:
        in_flight: places in all; None for any number.
        per_kind: places of a kind, where there is a limit.
        held: places that are taken.
        held_of: how many of them by tasks of a kind.
        holding: who has places, who got them first first.
        waiting: how many wait.
        groups: those that have places or wait for some.
        version: another number after each change.
    """

    def __init__(self, in_flight: int | None, per_kind: Mapping[str, int]) -> None:
        """Hold nobody."""
        self.in_flight = in_flight
        self.per_kind = dict(per_kind)
        self.held = 0
        self.held_of: Counter[str] = Counter()
        self.holding: dict[Ticket, None] = {}
        self.waiting = 0
        self.groups: dict[Hashable, Group] = {}
        self.version = 0
        self._waiting_of: Counter[str] = Counter()
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
        self._count(ticket, 1)

    def drop(self, ticket: Ticket) -> None:
        """Let somebody wait no longer."""
        group = self.groups[ticket.group]
        del group.waiting[ticket.kind][ticket.number]
        if not group.waiting[ticket.kind]:
            del group.waiting[ticket.kind]
        self._count(ticket, -1)
        self._forget(ticket.group)

    def next(self, share: float = 1.0) -> Ticket | None:
        """Give places to the next one in turn.

        Args:
            share: how much of the limits is used, above 0 and at most 1.

        Returns:
            Who has its places now; None if nobody can have any.
        """
        if not self._has_room(1, share):
            return None
        if not any(self._has_room_for_kind(kind, 1, share) for kind in self._waiting_of):
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
        self.version += 1
        self.held += more
        group = self._group(ticket.group)
        group.held += more
        if more:
            group.served = next(self._turns)
        _add(self.held_of, ticket.kind, more)
        if held:
            self.holding[ticket] = None
        else:
            self.holding.pop(ticket, None)
        self._forget(ticket.group)

    def is_over(self, kind: str, share: float) -> bool:
        """Tell whether more places are taken than there are for a kind at present."""
        counts = ((self.in_flight, self.held), (self.per_kind.get(kind), self.held_of[kind]))
        return any(limit is not None and held > used(limit, share) for limit, held in counts)

    def used(self, share: float) -> tuple[int, ...]:
        """Tell how many places of each limit are used."""
        return tuple(used(limit, share) for limit in self._limits())

    def next_share(self, share: float) -> float | None:
        """Tell the share from which on there are more places than now; None if there are all."""
        more = [(it + 1) / limit for limit in self._limits() if (it := used(limit, share)) < limit]
        return min(more, default=None)

    def _limits(self) -> list[int]:
        return [*self.per_kind.values(), *([] if self.in_flight is None else [self.in_flight])]

    def _count(self, ticket: Ticket, more: int) -> None:
        self.version += 1
        self.waiting += more
        _add(self._waiting_of, ticket.kind, more)

    def _in_turn(self) -> Iterable[Ticket]:
        waiting = [group for group in self.groups.values() if group.waiting]
        for group in sorted(waiting, key=lambda group: group.turn):
            yield from group.heads()

    def _take(self, ticket: Ticket) -> None:
        self.resize(ticket, ticket.tasks)
        self.drop(ticket)

    def _has_room(self, tasks: int, share: float) -> bool:
        return self.in_flight is None or fits(used(self.in_flight, share), self.held, tasks)

    def _has_room_for_kind(self, kind: str, tasks: int, share: float) -> bool:
        limit = self.per_kind.get(kind)
        return limit is None or fits(used(limit, share), self.held_of[kind], tasks)

    def _group(self, name: Hashable) -> Group:
        group = self.groups.get(name)
        if group is None:
            group = self.groups[name] = Group(next(self._turns))
        return group

    def _forget(self, name: Hashable) -> None:
        group = self.groups[name]
        if not group.held and not group.waiting:
            del self.groups[name]


def used(limit: int, share: float) -> int:
    """Tell how many places of a limit are used, which is one at the least."""
    return max(1, floor(limit * share + _ROUNDING))


def fits(most: int | None, held: int, tasks: int) -> bool:
    """Tell whether tasks have room beside those that are under way.

    Who needs more places than are used gets in alone.

    Args:
        most: the places that are used; None for any number.
        held: how many of them are taken.
        tasks: how many are wanted.
    """
    return most is None or held + tasks <= most or not held


def _add(counts: Counter[str], kind: str, more: int) -> None:
    counts[kind] += more
    if not counts[kind]:
        del counts[kind]
