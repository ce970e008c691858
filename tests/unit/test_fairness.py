"""Who gets the next free place."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from a2e_async.jobs.fairness import FairQueue, Ticket

KINDS = ("image", "video", "voice")
GROUPS: tuple[Any, ...] = (None, "a", "b", ("c", 1))
SHARES = st.sampled_from([1.0, 0.5, 0.25, 1 / 64])


class Places(RuleBasedStateMachine):
    """Starts come, are served, give up, get more or fewer places than asked, and end."""

    queue: FairQueue
    waiting: list[Ticket]
    holding: list[Ticket]

    @initialize(
        in_flight=st.none() | st.integers(4, 9),
        per_kind=st.dictionaries(st.sampled_from(KINDS[:2]), st.integers(4, 6)),
    )
    def begin(self, in_flight: int | None, per_kind: dict[str, int]) -> None:
        self.queue = FairQueue(in_flight, per_kind)
        self.waiting, self.holding = [], []

    @rule(kind=st.sampled_from(KINDS), group=st.sampled_from(GROUPS), tasks=st.integers(1, 4))
    def come(self, kind: str, group: Any, tasks: int) -> None:
        ticket = Ticket(kind, group, tasks)
        self.queue.add(ticket)
        self.waiting.append(ticket)

    @rule(share=SHARES)
    def serve(self, share: float) -> None:
        held, of_kind = self.queue.held, self.held_of()
        ticket = self.queue.next(share)
        if ticket is None:
            return
        self.waiting.remove(ticket)
        self.holding.append(ticket)
        assert ticket.held == ticket.tasks
        for limit, before in (
            (self.queue.in_flight, held),
            (self.queue.per_kind.get(ticket.kind), of_kind[ticket.kind]),
        ):
            if limit is not None:
                assert before + ticket.tasks <= max(1, int(limit * share)) or not before
                assert before + ticket.tasks <= limit

    @precondition(lambda self: self.waiting)
    @rule(data=st.data())
    def give_up(self, data: st.DataObject) -> None:
        ticket = data.draw(st.sampled_from(self.waiting))
        self.waiting.remove(ticket)
        self.queue.drop(ticket)

    @precondition(lambda self: self.holding)
    @rule(data=st.data())
    def end(self, data: st.DataObject) -> None:
        ticket = data.draw(st.sampled_from(self.holding))
        self.queue.resize(ticket, data.draw(st.integers(0, ticket.held - 1)))
        if not ticket.held:
            self.holding.remove(ticket)

    @precondition(lambda self: self.holding)
    @rule(data=st.data())
    def come_again(self, data: st.DataObject) -> None:
        ticket = data.draw(st.sampled_from(self.holding))
        self.holding.remove(ticket)
        self.queue.resize(ticket, 0)
        self.queue.add(ticket)
        self.waiting.append(ticket)

    def held_of(self) -> dict[str, int]:
        return {kind: sum(t.held for t in self.holding if t.kind == kind) for kind in KINDS}

    @invariant()
    def counts_are_right(self) -> None:
        assert self.queue.held == sum(ticket.held for ticket in self.holding)
        assert self.queue.waiting == len(self.waiting)
        assert not any(ticket.held for ticket in self.waiting)

    def teardown(self) -> None:
        """Everybody has a turn, and nothing is kept at the end."""
        if not hasattr(self, "queue"):
            return
        while self.waiting:
            for ticket in self.holding:
                self.queue.resize(ticket, 0)
            self.holding.clear()
            before = len(self.waiting)
            self.serve(1 / 64)
            assert len(self.waiting) < before, "stalled"
        for ticket in self.holding:
            self.queue.resize(ticket, 0)
        assert not self.queue.groups
        assert not self.queue.held_of


TestPlaces = Places.TestCase


@given(st.lists(st.tuples(st.sampled_from(GROUPS), st.booleans()), max_size=60))
def test_a_place_goes_to_the_group_with_the_fewest(steps: list[tuple[Any, bool]]) -> None:
    """Single starts of one kind: whoever is served, no waiting group has fewer places."""
    queue, held = FairQueue(3, {}), dict.fromkeys(GROUPS, 0)
    waiting: list[Ticket] = []
    holding: list[Ticket] = []
    for group, ends in steps:
        waiting.append(Ticket("image", group))
        queue.add(waiting[-1])
        if ends and holding:
            ended = holding.pop(0)
            queue.resize(ended, 0)
            held[ended.group] -= 1
        while (ticket := queue.next()) is not None:
            assert held[ticket.group] == min(held[it.group] for it in waiting)
            assert ticket is next(it for it in waiting if it.group == ticket.group)
            waiting.remove(ticket)
            holding.append(ticket)
            held[ticket.group] += 1
        assert not waiting or queue.held == 3


def served(queue: FairQueue, *tickets: Ticket) -> list[Ticket]:
    for ticket in tickets:
        queue.add(ticket)
    return [*iter(queue.next, None)]


@pytest.mark.parametrize("places", [1, 2, 4])
def test_a_newcomer_comes_after_one_free_place_at_the_most(places: int) -> None:
    queue = FairQueue(places, {})
    crowd = [Ticket("image", "a") for _ in range(200)]
    assert served(queue, *crowd) == crowd[:places]
    late = Ticket("image", "b")
    assert served(queue, late) == []
    queue.resize(crowd[0], 0)
    assert queue.next() is late


def test_groups_with_as_many_places_take_turns() -> None:
    queue = FairQueue(1, {})
    tickets = [Ticket("image", group) for group in "aaabbc"]
    order, holding = [], served(queue, *tickets)
    while holding:
        order += [ticket.group for ticket in holding]
        queue.resize(holding[0], 0)
        holding = served(queue)
    assert order == ["a", "b", "c", "a", "b", "a"]


def test_new_groups_do_not_starve_an_old_one() -> None:
    queue = FairQueue(2, {})
    old = Ticket("image", "old", tasks=2)
    holding = served(queue, Ticket("image", "first"), Ticket("image", "second"), old)
    for turn, ended in enumerate(holding):
        queue.add(Ticket("image", f"new {turn}"))
        assert queue.next() is None
        queue.resize(ended, 0)
    assert queue.next() is old


def test_a_full_kind_holds_up_nobody_else_of_the_group() -> None:
    queue = FairQueue(3, {"video": 1})
    videos = [Ticket("video") for _ in range(3)]
    image = Ticket("image")
    assert served(queue, *videos, image) == [videos[0], image]
    queue.resize(videos[0], 0)
    assert queue.next() is videos[1]


def test_what_a_larger_start_of_a_kind_needs_is_kept_for_it() -> None:
    queue = FairQueue(None, {"video": 2})
    first, large, small = Ticket("video"), Ticket("video", tasks=2), Ticket("video", "other")
    assert served(queue, first, large) == [first]
    queue.resize(first, 0)
    assert served(queue) == [large]
    assert served(queue, small) == []


def test_who_comes_again_keeps_his_turn() -> None:
    queue = FairQueue(1, {})
    first, second, third = (Ticket("image") for _ in range(3))
    assert served(queue, first) == [first]
    queue.resize(first, 0)
    assert served(queue, second) == [second]
    assert served(queue, third, first) == []
    queue.resize(second, 0)
    assert queue.next() is first


@given(st.integers(1, 50), st.floats(1 / 64, 1))
def test_the_next_share_is_the_one_that_makes_a_place(limit: int, share: float) -> None:
    queue = FairQueue(limit, {})
    for _ in range(limit + 1):
        queue.add(Ticket("image"))
    while queue.next(share):
        pass
    more = queue.next_share(share)
    if more is None:
        assert queue.held == limit
        return
    assert share < more <= 1
    assert queue.next((share + more) / 2 if more - share > 1e-4 else share) is None
    assert queue.next(more) is not None
