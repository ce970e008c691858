"""In which order, and when, those who wait will be served."""

from __future__ import annotations

import math
from collections.abc import Iterator

from hypothesis import example, given
from hypothesis import strategies as st

from a2e_async.jobs.fairness import FairQueue, Ticket
from a2e_async.jobs.foresight import Rough, foresee

KINDS = ("image", "video", "voice", "music")
NOW = 1000.0


@st.composite
def queues(draw: st.DrawFn, most_tasks: int = 3) -> FairQueue:
    """A queue in which some have places, some have more than there are, and some wait."""
    kinds = st.sampled_from([*KINDS[:2]])
    per_kind: dict[str, int] = draw(st.dictionaries(kinds, st.integers(most_tasks, 4)))
    queue = FairQueue(draw(st.none() | st.integers(most_tasks, 6)), per_kind)
    counted = [kind for kind in KINDS if queue.counts(kind)]
    size = draw(st.integers(0, 40)) if counted else 0
    for _ in range(size):
        kind, group = draw(st.sampled_from(counted)), draw(st.integers(0, 4))
        ticket = Ticket(kind, group, draw(st.integers(1, most_tasks)))
        ticket.since = NOW - draw(st.integers(0, 100))
        how = draw(st.integers(0, 9))
        if how == 0:
            queue.resize(ticket, ticket.tasks)
        else:
            queue.add(ticket)
        while how > 6 and queue.next():
            pass
    return queue


def served(
    queue: FairQueue, share: float, usual: dict[str, float | None]
) -> Iterator[tuple[Ticket, float | None]]:
    """Let the queue itself serve those who wait, one free place after the other."""
    now, certain = NOW, True
    kinds = {it.kind for it in queue.holding}
    kinds |= {kind for group in queue.groups.values() for kind in group.waiting}
    told = [seconds for kind in kinds if (seconds := usual[kind]) is not None]
    mean = sum(told) / len(told) if told else 1.0
    takes = {kind: mean if it is None else it for kind, it in usual.items()}
    late = [it for it in queue.holding if it.since + takes[it.kind] <= now]
    ends: list[tuple[float, Ticket]] = [
        (it.since + takes[it.kind], it)
        for it in queue.holding
        if it not in late
        for _ in [0] * it.held
    ]
    for turn, it in enumerate(late, 1):
        soon = takes[it.kind] / 2 * turn / (len(late) + 1)
        ends += [(now + soon, it)] * it.held
    while queue.waiting:
        if (one := queue.next(share)) is not None:
            ends += [(now + takes[one.kind], one)] * one.held
            yield one, now if certain else None
            continue
        end = min(ends, key=lambda end: end[0])
        ends.remove(end)
        now, ended = max(now, end[0]), end[1]
        certain = certain and usual[ended.kind] is not None
        queue.resize(ended, ended.held - 1)


@given(
    queues(),
    st.sampled_from([1.0, 0.6, 0.25]),
    st.fixed_dictionaries({kind: st.sampled_from([None, 1.0, 7.5, 60.0]) for kind in KINDS}),
)
def test_positions_are_the_steps_in_which_the_queue_serves(
    queue: FairQueue, share: float, usual: dict[str, float | None]
) -> None:
    version = queue.version
    told = foresee(queue, share=share, now=NOW, usual=usual.__getitem__, most=1000)
    assert queue.version == version
    assert len(told) == queue.waiting
    assert [*told.items()] == [*served(queue, share, usual)]
    assert not queue.waiting


@given(queues(), st.floats(1e-3, 1e6))
def test_moments_are_numbers_from_now_on_in_order(queue: FairQueue, seconds: float) -> None:
    told = foresee(queue, share=1.0, now=NOW, usual=lambda _: seconds, most=1000)
    moments = [*told.values()]
    known = [at for at in moments if at is not None and math.isfinite(at) and at >= NOW]
    assert known == moments
    assert known == sorted(known)


def waiting(queue: FairQueue, *tickets: Ticket, most: int = 1000) -> dict[Ticket, int]:
    for ticket in tickets:
        queue.add(ticket)
    while queue.next():
        pass
    told = foresee(queue, share=1.0, now=0.0, usual=lambda _: None, most=most)
    return {ticket: position for position, ticket in enumerate(told, 1)}


def test_a_newcomer_is_next_and_then_both_take_turns() -> None:
    queue = FairQueue(4, {})
    waiting(queue, *(Ticket("image", "a") for _ in range(204)))
    late = [Ticket("image", "b") for _ in range(4)]
    told = waiting(queue, *late)
    assert [told[ticket] for ticket in late] == [1, 2, 5, 6]


def test_only_the_next_turns_are_told_if_there_are_many() -> None:
    queue = FairQueue(1, {})
    for _ in range(50):
        queue.add(Ticket("image"))
    told = foresee(queue, share=1.0, now=0.0, usual=lambda _: 3.0, most=10)
    assert [*told.values()] == [3.0 * n for n in range(10)]


def test_of_many_groups_the_first_are_looked_at() -> None:
    queue = FairQueue(2, {})
    tickets = [Ticket("image", group) for group in range(50)]
    told = waiting(queue, *tickets, most=10)
    assert [told[ticket] for ticket in tickets[2:12]] == [*range(1, 11)]


def test_nothing_is_told_of_what_comes_after_an_unknown_time() -> None:
    queue = FairQueue(2, {})
    tickets = [Ticket(kind) for kind in ("image", "image", "video", "image", "image")]
    for ticket in tickets:
        queue.add(ticket)
    while queue.next():
        pass
    told = foresee(
        queue, share=1.0, now=0.0, usual={"image": 10.0, "video": None}.__getitem__, most=9
    )
    assert [told[ticket] for ticket in tickets[2:]] == [10.0, 10.0, None]


@given(queues(most_tasks=1), st.integers(0, 5))
@example(FairQueue(1, {}), 0)
def test_a_rough_position_is_one_of_the_line(queue: FairQueue, group: int) -> None:
    kind = next((kind for kind in KINDS if queue.counts(kind)), None)
    if kind is None:
        return
    lengths = {name: it.length for name, it in queue.groups.items()}
    before = Rough(queue)
    ticket = Ticket(kind, group)
    queue.add(ticket)
    mine = lengths.get(group, 0) + 1
    others = [min(mine, n) for name, n in lengths.items() if name != group]
    assert before.position(ticket) == Rough(queue).position(ticket) == mine + sum(others)
    for row in queue.groups.values():
        for tickets in row.waiting.values():
            for one in tickets.values():
                assert 1 <= Rough(queue).position(one) <= queue.waiting
