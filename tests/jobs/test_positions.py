"""What somebody who waits for a place can be told, and that nobody is skipped."""

from __future__ import annotations

import asyncio
import math
import random
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import pytest

from a2e_async import A2E
from a2e_async.jobs import turnstile
from a2e_async.jobs.congestion import Congestion
from a2e_async.jobs.foresight import foresee
from a2e_async.jobs.limits import Limits, Place, claim
from tests.jobs.counted import IMAGE, VIDEO, Counted
from tests.jobs.service import until
from tests.jobs.test_limits import client_of, finish, picture, speech
from tests.support.scripted import Scripted


@pytest.fixture
def service(scripted: Scripted) -> Counted:
    return Counted(scripted)


class Crowd:
    """Claims under one limit, each with a task that waits to enter.

    Attributes:
        entered: who got in, in order, by name.
        most: how many were in at once at the most.
    """

    def __init__(self, **numbers: Any) -> None:
        self.limits = Limits(**numbers, congestion=Congestion())
        self.places: dict[str, Place] = {}
        self.waits: dict[str, asyncio.Task[None]] = {}
        self.entered: list[str] = []
        self.inside: list[str] = []
        self.most = 0

    def come(self, group: str, *, kind: str = IMAGE) -> str:
        name = f"{group}{len(self.places)}"
        self.places[name] = claim((self.limits,), kind, group=group)
        assert self.places[name].position is None
        self.waits[name] = asyncio.create_task(self._enter(name))
        return name

    async def _enter(self, name: str) -> None:
        await self.places[name].enter()
        self.entered.append(name)
        self.inside.append(name)
        self.most = max(self.most, len(self.inside))

    def leave(self) -> None:
        self.places[self.inside.pop(0)].release()

    @property
    def line(self) -> list[str]:
        """Who waits, by position."""
        told = {name: it.position for name, it in self.places.items() if it.position is not None}
        line = sorted(told, key=told.__getitem__)
        assert [told[name] for name in line] == [*range(1, len(line) + 1)]
        return line


async def test_positions_tell_who_is_next() -> None:
    crowd = Crowd(in_flight=2)
    for _ in range(5):
        crowd.come("a")
    await asyncio.sleep(0)
    assert crowd.entered == ["a0", "a1"]
    assert crowd.line == ["a2", "a3", "a4"]
    late = [crowd.come("b") for _ in range(2)]
    await asyncio.sleep(0)
    assert crowd.line == ["b5", "a2", "b6", "a3", "a4"]
    crowd.waits[late[0]].cancel()
    await asyncio.sleep(0)
    assert crowd.line == ["b6", "a2", "a3", "a4"]
    crowd.leave()
    await asyncio.sleep(0)
    assert crowd.entered == ["a0", "a1", "b6"]
    assert crowd.line == ["a2", "a3", "a4"]
    for wait in crowd.waits.values():
        wait.cancel()
    await asyncio.sleep(0)
    assert crowd.line == []


async def test_who_is_sent_away_has_no_position() -> None:
    crowd = Crowd(in_flight=1)
    names = [crowd.come("a") for _ in range(3)]
    await asyncio.sleep(0)
    crowd.limits.close()
    await asyncio.gather(*crowd.waits.values(), return_exceptions=True)
    assert [crowd.places[name].position for name in names] == [None] * 3
    assert [crowd.places[name].waiting_time for name in names] == [None] * 3


@pytest.mark.parametrize("seed", range(3))
async def test_whoever_gives_up_nobody_is_skipped_and_nothing_is_lost(seed: int) -> None:
    chance = random.Random(seed)
    crowd, gone = Crowd(in_flight=4, in_flight_per_kind={VIDEO: 2}), set()
    for _ in range(600):
        what = chance.random()
        if what < 0.5:
            crowd.come(chance.choice("abcd"), kind=chance.choice([IMAGE, IMAGE, VIDEO]))
        elif what < 0.75 and (line := crowd.line):
            gone.add(chance.choice(line))
            for name in gone:
                crowd.waits[name].cancel()
        elif crowd.inside:
            crowd.leave()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    while crowd.inside:
        line, entered = crowd.line, len(crowd.entered)
        crowd.leave()
        await asyncio.sleep(0)
        # As all are told in one order, who comes in is who stood first in it.
        if line and len(crowd.entered) > entered:
            assert crowd.entered[entered] in line[:2]
    assert crowd.most <= 4
    assert not gone & {*crowd.entered}
    assert gone | {*crowd.entered} == {*crowd.places}
    assert not crowd.limits._queue.held
    assert not crowd.limits._queue.groups


async def test_a_place_that_is_given_up_lets_the_next_one_in_at_once() -> None:
    crowd = Crowd(in_flight=1)
    first, second, third = [crowd.come("a") for _ in range(3)]
    await asyncio.sleep(0)
    # It is given a place and gives up in the same moment.
    crowd.places[first].release()
    crowd.waits[second].cancel()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert crowd.entered == [first, third]


async def test_to_ask_all_who_wait_looks_ahead_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[float] = []
    real = foresee

    def counted(*args: Any, **named: Any) -> Any:
        looks.append(named["now"])
        return real(*args, **named)

    monkeypatch.setattr(turnstile, "foresee", counted)
    crowd = Crowd(in_flight=1)
    for n in range(1001):
        crowd.come(str(n % 50))
    await asyncio.sleep(0)
    begun = asyncio.get_running_loop().time()
    assert len(crowd.line) == 1000
    # As many newcomers, each of whom changes the line and asks at once.
    for _ in range(1000):
        name = crowd.come("new")
        await asyncio.sleep(0)
        position = crowd.places[name].position
        assert position is not None
        assert 1 <= position <= 2001
    seconds = asyncio.get_running_loop().time() - begun
    assert len(looks) <= 2 + seconds / 0.15
    for wait in crowd.waits.values():
        wait.cancel()
    await asyncio.gather(*crowd.waits.values(), return_exceptions=True)


def claims(a2e: A2E, names: Iterable[str]) -> list[Place]:
    """Claim places, for groups of which the names are the initials."""
    places = []
    for name in names:
        place = a2e._core.claim(IMAGE, group=name[0])
        assert place is not None
        places.append(place)
    return places


async def start_in(a2e: A2E, place: Place, name: str) -> None:
    await place.enter()
    await a2e.text_to_image.submit_all(picture(name), place=place)


async def test_who_waits_for_the_pace_has_a_position_and_a_time(
    scripted: Scripted, service: Counted
) -> None:
    service.seconds = None
    async with client_of(scripted, starts_per_second=0.5, in_flight=4) as a2e:
        names = ["a0", "a1", "a2", "a3", "b4", "a5"]
        places = claims(a2e, names)
        starts = [
            asyncio.ensure_future(start_in(a2e, place, name))
            for place, name in zip(places, names, strict=True)
        ]
        await until(lambda: service.names)
        assert [place.position for place in places] == [None, 1, 2, 3, 4, 5]
        times = [place.waiting_time for place in places]
        assert times[0] is None
        for turn, seconds in enumerate(times[1:4], 1):
            assert seconds is not None
            assert 2.04 * turn - 2.04 <= seconds <= 2.04 * turn
        # Nothing has ended yet that would tell how long it takes until a place is free.
        assert times[4:] == [None, None]
        starts[2].cancel()
        await finish(starts[2])
        # Its place went to the next one, which stands at the door now.
        await until(lambda: places[4].waiting_time is not None)
        assert [place.position for place in places] == [None, 1, None, *_positions(places[3:])]
        for start in starts:
            start.cancel()
        await finish(*starts)
    assert service.names == ["a0"]


def _positions(places: list[Place]) -> list[int | None]:
    positions = [place.position for place in places]
    assert sorted(it for it in positions if it is not None) == [2, 3, 4]
    return positions


async def test_the_waiting_time_is_told_once_something_has_ended(
    scripted: Scripted, service: Counted
) -> None:
    service.seconds = None
    async with client_of(scripted, in_flight=2) as a2e:
        await a2e.submit(picture())
        await a2e.submit(picture())
        places = claims(a2e, ["a"] * 20)
        starts = [asyncio.ensure_future(start_in(a2e, place, "a")) for place in places]
        await until(lambda: places[-1].position)
        assert places[-1].waiting_time is None
        service.finish()
        await until(lambda: places[-1].waiting_time is not None)
        waiting = [place for place in places if place.position is not None]
        times = [place.waiting_time or 0.0 for place in waiting]
        # Each was asked for a moment later, and may come of another look ahead.
        assert all(later > earlier - 0.1 for earlier, later in pairwise(times))
        assert all(math.isfinite(seconds) and seconds >= 0 for seconds in times)
        assert times[-1] > times[0]
        for start in starts:
            start.cancel()
        await finish(*starts)


async def test_a_mean_that_the_service_tells_counts_before_anything_has_ended() -> None:
    async with A2E.sandbox(seed=1, speed=1, in_flight=1) as a2e:
        await a2e.image_to_video.start(image_url="https://example.com/a.png", prompt="she smiles")
        place = a2e._core.claim("image_to_video")
        assert place is not None
        waiting = asyncio.ensure_future(place.enter())
        await until(lambda: place.position)
        # The service is asked for it along with the first look at such a task.
        await until(lambda: place.waiting_time is not None)
        assert place.waiting_time
        assert place.waiting_time > 5.0
        waiting.cancel()
        await finish(waiting)


@pytest.mark.parametrize(
    ("limits", "places"),
    [
        ({"in_flight": 1}, 1),
        ({"in_flight": 4}, 4),
        ({"in_flight_per_kind": {VIDEO: 4}}, 4),
        ({"in_flight": 4, "starts_per_second": 40}, 4),
    ],
    ids=["one", "four", "of a kind", "with a pace"],
)
async def test_a_crowd_of_one_group_holds_up_no_other_for_more_than_a_place(
    scripted: Scripted, service: Counted, limits: dict[str, Any], places: int
) -> None:
    service.seconds = None
    async with client_of(scripted, **limits) as a2e:
        crowd = [
            asyncio.ensure_future(a2e.submit(speech(title=f"a{n}"), group="a")) for n in range(200)
        ]
        await until(lambda: len(service.names) == places)
        late = asyncio.ensure_future(a2e.submit(speech(title="b"), group="b"))
        await asyncio.sleep(0)
        service.finish(service.names[0])
        await finish(late, seconds=5)
        assert service.names[places:] == ["b"]
        for start in crowd:
            start.cancel()
        await finish(*crowd)


async def test_a_crowd_of_one_group_holds_up_no_other_for_more_than_a_start(
    scripted: Scripted, service: Counted
) -> None:
    async with client_of(scripted, starts_per_second=8) as a2e:
        crowd = [asyncio.ensure_future(a2e.submit(picture("a"), group="a")) for _ in range(200)]
        await until(lambda: len(service.names) >= 3)
        before = len(service.names)
        await a2e.submit(picture("b"), group="b")
        # One whose turn it was already comes before, and one may have been on the way.
        assert service.names.index("b") - before <= 2, service.names
        for start in crowd:
            start.cancel()
        await finish(*crowd)


async def test_many_groups_come_out_equal(scripted: Scripted, service: Counted) -> None:
    service.seconds = 60.0
    async with client_of(scripted, in_flight=4) as a2e:
        first = [await a2e.submit(picture("first"), group="first") for _ in range(4)]
        starts = [
            asyncio.ensure_future(a2e.submit(picture(str(group)), group=group))
            for group in range(50)
            for _ in range(10)
        ]
        await until(lambda: a2e._core.limits._queue.waiting == 500)
        service.seconds = 0.0
        service.finish()
        await finish(*starts)
        del first
    shares = Counter({str(group): 0 for group in range(50)})
    for name in service.names[4:]:
        shares[name] += 1
        assert max(shares.values()) - min(shares.values()) <= 1
    assert {*shares.values()} == {10}
