"""How long it takes until a start's turn has come."""

from __future__ import annotations

import heapq
import math
import random
from itertools import count
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from a2e_async.jobs.fairness import FairQueue, Ticket
from a2e_async.jobs.foresight import foresee
from a2e_async.jobs.waiting import Stays, Wait, longest

SECONDS = st.floats(0.0, 1e6)


def nothing(_: str) -> None:
    return None


def test_what_is_told_counts_until_something_was_seen() -> None:
    stays = Stays({"image": 12.0}.get)
    assert stays.usual("image", []) == 12.0
    assert stays.usual("video", [5.0]) is None
    stays.note("image", 20.0)
    assert stays.usual("image", []) == 20.0


def test_what_was_long_ago_is_forgotten() -> None:
    stays = Stays(nothing)
    for seconds in (*[1000.0] * 100, *[10.0] * 64):
        stays.note("image", seconds)
    assert stays.usual("image", []) == 10.0


def test_a_crowd_of_which_only_the_quick_ones_have_ended_does_not_look_quick() -> None:
    stays = Stays(nothing)
    stays.note("image", 2.0)
    usual = stays.usual("image", [30.0] * 5)
    assert usual is not None
    assert usual > 25.0


@given(st.lists(SECONDS, min_size=1), st.lists(SECONDS))
def test_the_usual_time_is_a_number(seen: list[float], ages: list[float]) -> None:
    stays = Stays(nothing)
    for seconds in seen:
        stays.note("image", seconds - 1.0)
    usual = stays.usual("image", ages)
    assert usual is not None
    assert math.isfinite(usual)
    assert usual >= 0


def test_the_longest_of_several_waits_counts() -> None:
    assert longest([]) is None
    assert longest([Wait(3, 10.0), Wait(1, 20.0)]) == Wait(3, 20.0)
    assert longest([Wait(3, None), Wait(5, 20.0)]) == Wait(5, None)


class Simulated:
    """A line before a service whose tasks take lognormal times, in a time of its own.

    Attributes:
        ratios: what was told at each arrival, by what it came to.
    """

    def __init__(self, seed: int, places: int, *, kinds: dict[str, float]) -> None:
        self.chance = random.Random(seed)
        self.kinds = kinds
        self.queue = FairQueue(places, {})
        self.stays = Stays(nothing)
        self.told: dict[Ticket, tuple[float, float]] = {}
        self.ratios: list[float] = []
        self.now = 0.0
        self._order = count()
        self._ends: list[tuple[float, int, Ticket]] = []

    def come(self, most: int) -> None:
        """Let some come, and ask what each is told."""
        for _ in range(self.chance.randint(0, most)):
            kind = self.chance.choice([*self.kinds])
            ticket = Ticket(kind, self.chance.randrange(4))
            self.queue.add(ticket)
            self.serve()
            if not ticket.held:
                self.ask(ticket)

    def ask(self, ticket: Ticket) -> None:
        def usual(kind: str) -> float | None:
            ages = [self.now - it.since for it in self.queue.holding if it.kind == kind]
            return self.stays.usual(kind, ages)

        at = foresee(self.queue, share=1.0, now=self.now, usual=usual, most=1000)[ticket]
        if at is not None:
            assert math.isfinite(at)
            assert at >= self.now
            self.told[ticket] = (self.now, at)

    def serve(self) -> None:
        while (ticket := self.queue.next()) is not None:
            ticket.since = self.now
            seconds = self.chance.lognormvariate(math.log(self.kinds[ticket.kind]), 0.5)
            heapq.heappush(self._ends, (self.now + seconds, next(self._order), ticket))
            if ticket in self.told:
                asked, told = self.told.pop(ticket)
                self.ratios.append(max(told - asked, 0.1) / max(self.now - asked, 0.1))

    def end_one(self) -> None:
        self.now, _, ticket = heapq.heappop(self._ends)
        self.stays.note(ticket.kind, self.now - ticket.since)
        self.queue.resize(ticket, 0)
        self.serve()


@pytest.mark.parametrize(
    ("places", "kinds"),
    [(1, {"image": 20.0}), (4, {"image": 20.0}), (16, {"image": 20.0, "video": 120.0})],
    ids=["one place", "four", "two kinds"],
)
@pytest.mark.parametrize("crowd", [2, 60], ids=["few wait", "many wait"])
def test_estimates_are_right_within_a_factor_of_two_in_the_middle(
    places: int, kinds: dict[str, float], crowd: int
) -> None:
    ratios: list[float] = []
    for seed in range(3):
        line = Simulated(seed, places, kinds=kinds)
        while len(line.ratios) < 150:
            if line.queue.waiting < crowd:
                line.come(max(2, crowd // 4))
            if line.queue.holding:
                line.end_one()
        ratios += line.ratios
    assert 0.5 < median(ratios) < 2.0
    # Where few wait, the next moment at which a place comes free is chance.
    if crowd > places:
        assert median(abs(math.log2(ratio)) for ratio in ratios) < 1.0
