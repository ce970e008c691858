"""A start under the limits of its batch and of its client, and what becomes of its place."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from a2e_async import (
    A2E,
    A2EError,
    ConfigurationError,
    ContentRejected,
    Job,
    RateLimited,
    Request,
    SubmitUncertain,
)
from a2e_async.jobs.limits import Limits, enter_all
from tests.jobs.counted import IMAGE, VIDEO, Counted
from tests.jobs.service import LIST, until
from tests.jobs.test_limits import client_of, finish, picture, speech
from tests.support.scripted import Scripted, says


@pytest.fixture
def service(scripted: Scripted) -> Counted:
    return Counted(scripted)


async def start(a2e: A2E, own: Limits, request: Request[Any], group: Any = None) -> Job[Any]:
    """Start a task as a batch does."""
    kind = request.product.kind
    place = await enter_all((own, a2e._core.limits), kind, group=group)
    jobs: list[Job[Any]] = await a2e.family(kind).submit_all(request, place=place)
    return jobs[0]


async def test_both_numbers_hold(scripted: Scripted, service: Counted) -> None:
    async with client_of(scripted, in_flight=5) as a2e:
        first, second = (a2e._core.limits_of(in_flight=3) for _ in range(2))
        starts = [start(a2e, own, picture(str(n))) for n in range(10) for own in (first, second)]
        await finish(*starts, *(a2e.submit(picture("lone")) for _ in range(3)))
        await until(lambda: not a2e._core.limits._queue.held)
        assert not first._queue.held
        assert not second._queue.held
    assert service.peak["all"] == 5
    assert len(service.names) == 23


async def test_a_batch_limits_itself_only(scripted: Scripted, service: Counted) -> None:
    service.seconds = None
    async with client_of(scripted) as a2e:
        own = a2e._core.limits_of(in_flight=2)
        crowd = [asyncio.ensure_future(start(a2e, own, picture("batch"))) for _ in range(5)]
        await until(lambda: len(service.names) == 2)
        await finish(*(a2e.submit(picture("lone")) for _ in range(4)), seconds=5)
        assert service.names.count("batch") == 2
        service.finish()
        await finish(*crowd[:4], seconds=5)


async def test_both_paces_hold(scripted: Scripted, service: Counted) -> None:
    async with client_of(scripted, starts_per_second=30) as a2e:
        batches = [a2e._core.limits_of(starts_per_second=10) for _ in range(2)]
        starts = [start(a2e, own, picture(str(n))) for n, own in enumerate(batches * 12)]
        await finish(*starts, *(a2e.submit(picture("lone")) for _ in range(15)))
    assert service.most_in(0.3) <= 11
    for own in range(2):
        moments = [
            moment
            for moment, name in zip(service.starts, service.names, strict=True)
            if name != "lone" and int(name) % 2 == own
        ]
        assert len(moments) == 12
        # Ten in a second, though the client's own pace lets three times as many through.
        assert moments[-1] - moments[0] > 1.0


async def test_closing_the_client_ends_waits_under_other_limits(
    scripted: Scripted, service: Counted
) -> None:
    service.seconds = None
    a2e = client_of(scripted)
    own = a2e._core.limits_of(in_flight=1)
    await start(a2e, own, picture())
    waiting = asyncio.ensure_future(start(a2e, own, picture()))
    await asyncio.sleep(0.05)
    await a2e.aclose()
    [error] = await finish(waiting, seconds=5)
    assert isinstance(error, ConfigurationError)


async def test_limits_that_are_closed_send_away_who_waits(
    scripted: Scripted, service: Counted
) -> None:
    service.seconds = None
    async with client_of(scripted, in_flight=5) as a2e:
        own = a2e._core.limits_of(in_flight=1)
        await start(a2e, own, picture())
        waiting = asyncio.ensure_future(start(a2e, own, picture()))
        await asyncio.sleep(0.05)
        own.close()
        [error] = await finish(waiting, seconds=5)
        assert isinstance(error, ConfigurationError)
        await finish(a2e.submit(picture()), seconds=5)


async def test_a_cancelled_wait_for_the_second_gives_back_the_first(
    scripted: Scripted, service: Counted
) -> None:
    service.seconds = None
    async with client_of(scripted, in_flight=1) as a2e:
        own = a2e._core.limits_of(in_flight=2)
        await a2e.submit(picture())
        waiting = asyncio.ensure_future(start(a2e, own, picture()))
        await until(lambda: own._queue.held == 1)
        waiting.cancel()
        await finish(waiting)
        assert own._queue.held == 0
        assert a2e._core.limits._queue.waiting == 0


@pytest.mark.parametrize(
    ("fault", "kind", "may"),
    [
        ("refused", ContentRejected, False),
        ("busy", RateLimited, False),
        ("lost", SubmitUncertain, True),
        ("fine", None, True),
    ],
)
async def test_a_place_tells_whether_the_start_may_have_been_carried_out(
    scripted: Scripted, service: Counted, fault: str, kind: type[A2EError] | None, may: bool
) -> None:
    scripted.on("GET", LIST, says({}, 500))
    service.faults = [fault] * 10
    async with client_of(scripted) as a2e:
        place = await a2e._core.limits_of(in_flight=1).enter(IMAGE)
        assert not place.may_have_started
        [outcome] = await finish(a2e.text_to_image.submit_all(picture(), place=place))
        assert place.may_have_started is may
        assert kind is None or isinstance(outcome, kind)


async def test_a_start_that_is_cancelled_before_it_is_sent_was_not_started(
    scripted: Scripted, service: Counted, caplog: pytest.LogCaptureFixture
) -> None:
    async with client_of(scripted, starts_per_second=0.1) as a2e:
        await a2e.submit(picture())
        place = await a2e._core.limits.enter(IMAGE)
        waiting = asyncio.ensure_future(a2e.text_to_image.submit_all(picture(), place=place))
        await asyncio.sleep(0.05)
        waiting.cancel()
        await finish(waiting)
        assert not place.may_have_started
        assert "cancelled" not in caplog.text


async def test_a_start_that_is_cancelled_under_way_may_have_been_carried_out(
    scripted: Scripted, service: Counted, caplog: pytest.LogCaptureFixture
) -> None:
    service.delay = 60.0
    async with client_of(scripted, in_flight=1) as a2e:
        place = await a2e._core.limits.enter(IMAGE)
        waiting = asyncio.ensure_future(a2e.text_to_image.submit_all(picture(), place=place))
        await until(lambda: service.names)
        waiting.cancel()
        await finish(waiting)
        assert place.may_have_started
        assert "may have been made and paid for" in caplog.text
        assert a2e._core.limits._queue.held == 0


async def test_a_place_is_released_once(scripted: Scripted) -> None:
    async with client_of(scripted, in_flight=2) as a2e:
        limits = a2e._core.limits
        first, second = [await limits.enter(IMAGE) for _ in range(2)]
        for _ in range(3):
            first.release()
        assert limits._queue.held == 1
        second.release()
        second.hold(a2e._core.poller, [])
        assert limits._queue.held == 0


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
async def test_whatever_happens_no_place_is_lost(
    scripted: Scripted, service: Counted, seed: int
) -> None:
    dice = random.Random(seed)
    service.seconds, service.delay = 0.02, 0.005
    service.faults = dice.choices(["fine", "refused", "lost", "busy"], [12, 1, 1, 3], k=400)
    async with client_of(scripted, in_flight=6, in_flight_per_kind={VIDEO: 2}) as a2e:
        batches = [a2e._core.limits_of(in_flight=4, starts_per_second=200) for _ in range(2)]
        ways: list[Callable[[], Awaitable[Any]]] = [
            lambda: a2e.submit(picture(), group=dice.randrange(5)),
            lambda: a2e.run(speech(), group=dice.randrange(5)),
            lambda: start(a2e, dice.choice(batches), picture()),
            lambda: start(a2e, dice.choice(batches), speech(), group="batch"),
            lambda: a2e.text_to_image.submit_all(picture(max_images=dice.randint(1, 4))),
        ]
        works = []
        for _ in range(120):
            works.append(asyncio.ensure_future(dice.choice(ways)()))
            if dice.random() < 0.3:
                dice.choice(works).cancel()
            await asyncio.sleep(dice.choice([0, 0, 0.001, 0.01]))
        await finish(*works, seconds=40)
        for limits in (a2e._core.limits, *batches):
            await until(lambda it=limits: not it._queue.held)  # type: ignore[misc]
            assert not limits._queue.waiting
            assert not limits._queue.groups
            assert not limits._places.waiters
        service.faults = []
        await finish(a2e.run(picture()), a2e.run(speech()), seconds=5)
