"""Limits of a client, counted on the server's side."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import attrs
import pytest

from a2e_async import (
    A2E,
    A2EError,
    AvatarVideo,
    ConfigurationError,
    ContentRejected,
    RateLimited,
    RetryPolicy,
    SubmitUncertain,
    TextToImage,
)
from tests.conftest import QUICK_RETRY, QUICK_SCHEDULE, TOKEN
from tests.jobs.counted import IMAGE, VIDEO, Counted
from tests.jobs.service import BATCH, DETAIL, LIST, START, until
from tests.support.scripted import Scripted, ok, says


@pytest.fixture
def service(scripted: Scripted) -> Counted:
    return Counted(scripted)


def client_of(scripted: Scripted, **options: Any) -> A2E:
    given = {"retry": QUICK_RETRY, "schedule": QUICK_SCHEDULE, **options}
    return A2E(TOKEN, base_url=scripted.base_url, **given)


def picture(name: str = "x", **more: Any) -> TextToImage:
    return TextToImage(prompt=name, **more)


def speech(**more: Any) -> AvatarVideo:
    return AvatarVideo(anchor_id="a", anchor_type=0, audio_src="https://x.ai/a.mp3", **more)


async def finish(*works: Awaitable[Any], seconds: float = 20.0) -> list[Any]:
    """Await all, to the end of each."""
    async with asyncio.timeout(seconds):
        return await asyncio.gather(*works, return_exceptions=True)


async def test_no_more_than_the_number_is_under_way(scripted: Scripted, service: Counted) -> None:
    async with client_of(scripted, in_flight=3) as a2e:
        records = await finish(*(a2e.run(picture()) for _ in range(20)))
    assert all(record.outputs for record in records)
    assert service.peak["all"] == 3
    assert len(service.names) == 20


async def test_jobs_that_nobody_awaits_give_their_places_back(
    scripted: Scripted, service: Counted
) -> None:
    async with client_of(scripted, in_flight=2) as a2e:
        jobs = await finish(*(a2e.text_to_image.start(prompt="x") for _ in range(8)))
        del jobs
    assert service.peak["all"] == 2
    assert len(service.names) == 8


async def test_families_share_the_number_and_have_their_own(
    scripted: Scripted, service: Counted
) -> None:
    async with client_of(scripted, in_flight=4, in_flight_per_kind={VIDEO: 1}) as a2e:
        await finish(*(a2e.run(request()) for _ in range(6) for request in (speech, picture)))
    assert service.peak[VIDEO] == 1
    assert 3 <= service.peak["all"] <= 4
    assert len(service.names) == 12


async def test_a_kind_without_room_holds_up_no_other(scripted: Scripted, service: Counted) -> None:
    service.seconds = None
    async with client_of(scripted, in_flight=4, in_flight_per_kind={VIDEO: 1}) as a2e:
        await a2e.submit(speech())
        waiting = [asyncio.ensure_future(a2e.submit(speech())) for _ in range(5)]
        await asyncio.sleep(0)
        await finish(*(a2e.submit(picture()) for _ in range(3)), seconds=5)
        assert not any(task.done() for task in waiting)
        assert service.under_way(IMAGE) == 3
        for task in waiting:
            task.cancel()
        await finish(*waiting)


FAULTS = ["refused", "fine", "lost", "busy", "fine", "busy", "busy", "lost"]


@pytest.mark.parametrize("full", [{}, {"Retry_After": "0.05"}], ids=["429", "Retry-After"])
async def test_failures_of_all_sorts_keep_to_the_number_and_stall_nothing(
    scripted: Scripted, service: Counted, full: dict[str, str]
) -> None:
    service.full = says({"message": "slow down"}, 429, **full)
    service.faults = FAULTS * 4
    service.seconds = 0.05
    async with client_of(scripted, in_flight=4) as a2e:
        results = await finish(*(a2e.run(picture()) for _ in range(40)))
    refused = [it for it in results if isinstance(it, ContentRejected)]
    assert len(refused) == 4
    assert sum(not isinstance(it, BaseException) for it in results) == 36
    assert service.peak["all"] <= 4
    assert len(service.names) == 36


async def test_a_lost_start_that_is_found_keeps_its_place(
    scripted: Scripted, service: Counted
) -> None:
    service.seconds, service.faults = None, ["lost"]
    async with client_of(scripted, in_flight=1) as a2e:
        job = await a2e.submit(picture())
        waiting = asyncio.ensure_future(a2e.submit(picture()))
        await asyncio.sleep(0.3)
        assert not waiting.done()
        service.finish()
        await job
        await finish(waiting)
    assert service.peak["all"] == 1


async def test_an_uncertain_start_gives_its_place_back(
    scripted: Scripted, service: Counted
) -> None:
    scripted.on("GET", LIST, says({}, 500))
    service.faults = ["lost"]
    async with client_of(scripted, in_flight=1) as a2e:
        with pytest.raises(SubmitUncertain):
            await a2e.submit(picture())
        await finish(a2e.run(picture()))
    assert len(service.names) == 2


async def test_a_start_that_is_cancelled_while_it_waits_is_not_sent(
    scripted: Scripted, service: Counted
) -> None:
    service.seconds = None
    async with client_of(scripted, in_flight=1) as a2e:
        await a2e.submit(picture("first"))
        starts = [asyncio.ensure_future(a2e.submit(picture(str(n)))) for n in range(5)]
        await asyncio.sleep(0.05)
        for start in starts[:4]:
            start.cancel()
        service.finish()
        await finish(*starts)
    assert service.names == ["first", "4"]


async def test_a_start_that_is_cancelled_under_way_gives_its_place_back(
    scripted: Scripted, service: Counted
) -> None:
    service.delay = 60.0
    async with client_of(scripted, in_flight=1) as a2e:
        start = asyncio.ensure_future(a2e.submit(picture()))
        await until(lambda: service.names)
        start.cancel()
        service.delay = 0.0
        await finish(start, a2e.run(picture()))
    assert len(service.names) == 2


async def test_a_storm_of_cancellations_neither_stalls_nor_exceeds(
    scripted: Scripted, service: Counted
) -> None:
    service.seconds = 0.02
    async with client_of(scripted, in_flight=2) as a2e:
        for turn in range(30):
            starts = [asyncio.ensure_future(a2e.submit(picture())) for _ in range(4)]
            await asyncio.sleep(0.001 * (turn % 7))
            # Before they are sent, so that none of them runs on unseen.
            for start in starts[2:]:
                start.cancel()
            await finish(*starts)
        await finish(*(a2e.run(picture()) for _ in range(4)), seconds=5)
    assert service.peak["all"] <= 2


async def test_closing_ends_what_waits_for_a_place(scripted: Scripted, service: Counted) -> None:
    service.seconds = None
    a2e = client_of(scripted, in_flight=1)
    await a2e.submit(picture())
    waiting = [asyncio.ensure_future(a2e.submit(picture())) for _ in range(3)]
    await asyncio.sleep(0.05)
    await a2e.aclose()
    for error in await finish(*waiting, seconds=5):
        assert isinstance(error, ConfigurationError), error
        assert "closed" in str(error)
    with pytest.raises(ConfigurationError, match="closed"):
        await a2e.submit(picture())
    assert len(service.names) == 1


async def test_closing_ends_what_waits_for_the_pace(scripted: Scripted, service: Counted) -> None:
    a2e = client_of(scripted, starts_per_second=0.1)
    await a2e.submit(picture())
    waiting = [asyncio.ensure_future(a2e.submit(picture())) for _ in range(3)]
    await asyncio.sleep(0.05)
    await a2e.aclose()
    for error in await finish(*waiting, seconds=5):
        assert isinstance(error, ConfigurationError), error
    assert len(service.names) == 1


async def test_a_second_user_waits_for_one_free_place_at_the_most(
    scripted: Scripted, service: Counted
) -> None:
    service.seconds = 0.05
    async with client_of(scripted, in_flight=4) as a2e:
        crowd = [asyncio.ensure_future(a2e.submit(picture(f"a{n}"), group="a")) for n in range(200)]
        await until(lambda: len(service.names) >= 8)
        before = len(service.names)
        job = await a2e.submit(picture("b"), group="b")
        # Whoever held a place already may have been on the way.
        assert service.names.index("b") - before <= 1, service.names
        for start in crowd:
            start.cancel()
        await finish(*crowd)
        await job


async def test_places_are_shared_among_groups(scripted: Scripted, service: Counted) -> None:
    service.seconds = 0.05
    async with client_of(scripted, in_flight=4) as a2e:
        requests = [("a", 40), ("b", 4), ("c", 4)]
        await finish(
            *(a2e.run(picture(group), group=group) for group, n in requests for _ in range(n))
        )
    # Four places were taken before anybody else came; from then on the small ones have their share.
    assert service.names[:4] == ["a"] * 4
    assert set(service.names[20:]) == {"a"}
    assert service.peak["all"] == 4


async def test_starts_are_evenly_apart(scripted: Scripted, service: Counted) -> None:
    async with client_of(scripted, starts_per_second=20) as a2e:
        await finish(*(a2e.submit(picture()) for _ in range(30)))
        await asyncio.sleep(0.5)
        await finish(*(a2e.submit(picture()) for _ in range(15)))
    # A start that is late for one reason or another comes nearer to the next.
    assert service.most_in(0.9) <= 20
    assert service.most_in(0.2) <= 6
    assert len(service.starts) == 45


@pytest.mark.slow
async def test_a_pace_below_one_in_a_second(scripted: Scripted, service: Counted) -> None:
    async with client_of(scripted, starts_per_second=2 / 3) as a2e:
        await finish(*(a2e.submit(picture()) for _ in range(3)))
    first, second, third = service.starts
    assert second - first > 1.3
    assert 1.3 < third - second < 3


async def test_a_start_that_is_sent_again_keeps_to_the_pace(
    scripted: Scripted, service: Counted
) -> None:
    service.faults = ["busy", "fine"] * 5
    async with client_of(scripted, starts_per_second=20, in_flight=5) as a2e:
        await finish(*(a2e.run(picture()) for _ in range(5)))
    assert len(service.starts) == 10
    # The service's answers have slowed it down besides.
    assert service.most_in(0.2) <= 3


@pytest.mark.slow
async def test_a_full_house_is_met_with_fewer_starts(scripted: Scripted, service: Counted) -> None:
    """The service has room for four, and the caller asks for sixty-four at once."""
    service.capacity, service.seconds = 4, 0.05
    retry = RetryPolicy(attempts=5, first_delay=0.05, longest_delay=0.2)
    async with client_of(scripted, in_flight=64, retry=retry) as a2e:
        results = await finish(*(a2e.run(picture()) for _ in range(200)), seconds=40)
    # Who only waited a while before he came again would give up in the end.
    assert [it for it in results if isinstance(it, BaseException)] == []
    assert len(service.starts) - 200 < 150


async def test_the_share_comes_back(scripted: Scripted, service: Counted) -> None:
    service.seconds, service.faults = 0.01, ["busy"] * 3
    async with client_of(scripted, in_flight=8) as a2e:
        await finish(*(a2e.run(picture()) for _ in range(8)))
        share = a2e._core.limits.congestion.share(time.monotonic())
        assert share < 1
        await finish(*(a2e.run(picture()) for _ in range(150)))
        assert a2e._core.limits.congestion.share(time.monotonic()) > share


async def test_a_refusal_for_what_is_under_way_is_busy_too(
    scripted: Scripted, service: Counted
) -> None:
    service.full = says({"code": 403, "message": "your plan allows 2 concurrent tasks"}, 403)
    service.faults = ["busy"]
    async with client_of(scripted, in_flight=8) as a2e:
        with pytest.raises(A2EError, match="concurrent"):
            await a2e.submit(picture())
        assert a2e._core.limits.congestion.share(time.monotonic()) < 0.6


async def test_a_start_of_several_tasks_takes_a_place_for_each(
    scripted: Scripted, service: Counted
) -> None:
    async with client_of(scripted, in_flight=4) as a2e:
        many = picture(max_images=3)
        starts = [a2e.text_to_image.submit_all(many) for _ in range(4)]
        await finish(*starts, *(a2e.submit(picture()) for _ in range(6)))
        with pytest.raises(ValueError, match="in_flight: expected at least 5"):
            await a2e.text_to_image.submit_all(picture(max_images=5))
    assert 3 <= service.peak["all"] <= 4
    assert len(service.names) == 18


async def test_more_tasks_than_asked_for_are_counted(scripted: Scripted, service: Counted) -> None:
    service.seconds = None
    made = [service.make(IMAGE, {}) for _ in range(3)]
    scripted.on("POST", START, ok(made))
    async with client_of(scripted, in_flight=3) as a2e:
        await a2e.submit(picture())
        assert a2e._core.limits._queue.held == 3
        service.finish()
        await until(lambda: not a2e._core.limits._queue.held)


async def test_a_job_that_is_deleted_gives_its_place_back(
    scripted: Scripted, service: Counted
) -> None:
    service.seconds = None
    scripted.on("DELETE", DETAIL, ok(None))
    async with client_of(scripted, in_flight=1) as a2e:
        job = await a2e.submit(picture())
        waiting = asyncio.ensure_future(a2e.submit(picture()))
        await asyncio.sleep(0.05)
        await job.delete()
        await finish(waiting, seconds=5)


async def test_all_tasks_of_the_loop_are_cancelled(scripted: Scripted, service: Counted) -> None:
    """Bots do that, and go on."""
    service.seconds = None
    async with client_of(scripted, in_flight=2) as a2e:
        for _ in range(2):
            await a2e.submit(picture())
        waiting = asyncio.ensure_future(a2e.submit(picture()))
        await until(lambda: a2e._core.poller._task)
        for task in (waiting, a2e._core.poller._task):
            assert task is not None
            task.cancel()
        await finish(waiting)
        late = asyncio.ensure_future(a2e.submit(picture()))
        await asyncio.sleep(0.2)
        assert not late.done()
        service.finish()
        await finish(late, seconds=5)
    assert service.peak["all"] == 2


async def test_looks_that_stop_while_somebody_waits_go_on(
    scripted: Scripted, service: Counted
) -> None:
    service.seconds = None
    async with client_of(scripted, in_flight=1) as a2e:
        await a2e.submit(picture())
        waiting = asyncio.ensure_future(a2e.submit(picture()))
        await until(lambda: a2e._core.poller._task)
        assert a2e._core.poller._task is not None
        a2e._core.poller._task.cancel()
        await asyncio.sleep(0.05)
        service.finish()
        await finish(waiting, seconds=5)


async def test_looks_that_are_refused_keep_the_place_until_the_time_is_over(
    scripted: Scripted, service: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.seconds = None
    refusal = says({"message": "no token"}, 401)
    scripted.on("GET", DETAIL, refusal).on("POST", BATCH, refusal)
    async with client_of(scripted, in_flight=1) as a2e:
        family = a2e.text_to_image
        monkeypatch.setattr(family, "product", attrs.evolve(family.product, deadline=0.5))
        begun = time.monotonic()
        await a2e.submit(picture())
        await finish(a2e.submit(picture()), seconds=10)
        assert time.monotonic() - begun > 0.4
    assert len(scripted.seen) < 100


async def test_a_free_place_wakes_the_next_at_once(scripted: Scripted, service: Counted) -> None:
    service.seconds = None
    late: list[float] = []
    async with client_of(scripted, in_flight=1) as a2e:
        job = await a2e.submit(picture("0"))
        for turn in range(1, 20):
            waiting = asyncio.ensure_future(a2e.submit(picture(str(turn))))
            await asyncio.sleep(0.01)
            service.finish()
            await job
            free = time.monotonic()
            job = await waiting
            late.append(service.starts[-1] - free)
    # The median, for a machine that has other things to do as well.
    assert sorted(late)[len(late) // 2] < 0.05, late


async def test_without_limits_nothing_is_kept(scripted: Scripted, service: Counted) -> None:
    service.seconds = None
    async with client_of(scripted) as a2e:
        await finish(*(a2e.submit(picture(), group=n) for n in range(50)))
        assert service.peak["all"] == 50
        assert a2e._core.poller._task is None
        with pytest.raises(TypeError, match="group"):
            await a2e.submit(picture(), group=["a list"])  # type: ignore[arg-type]


async def test_a_client_of_another_loop_says_so(scripted: Scripted, service: Counted) -> None:
    service.seconds = None
    async with client_of(scripted, in_flight=1) as a2e:
        await a2e.submit(picture())

        def elsewhere() -> None:
            with pytest.raises(ConfigurationError, match="another event loop"):
                asyncio.run(a2e.submit(picture()))

        await asyncio.to_thread(elsewhere)


@pytest.mark.parametrize("cancelled", [True, False])
def test_a_client_outlives_its_loop(cancelled: bool) -> None:
    a2e: list[A2E] = []

    async def begin() -> None:
        async with Scripted() as scripted:
            service = Counted(scripted, seconds=None)
            a2e.append(client_of(scripted, in_flight=1))
            await a2e[0].submit(picture())
            assert service.names
            await asyncio.sleep(0.05)

    loop = asyncio.new_event_loop()
    loop.run_until_complete(begin())
    task = a2e[0]._core.poller._task
    assert task is not None
    if cancelled:
        task.cancel()
        with suppress(asyncio.CancelledError):
            loop.run_until_complete(task)
    loop.close()
    asyncio.run(a2e[0].aclose())


@pytest.mark.parametrize(
    ("options", "kind", "words"),
    [
        ({"in_flight": 0}, ValueError, "in_flight: expected a whole number of at least 1, got 0"),
        ({"in_flight": 1.5}, TypeError, "in_flight: expected a whole number"),
        ({"in_flight": True}, TypeError, "in_flight: expected a whole number"),
        ({"starts_per_second": 0}, ValueError, "starts_per_second: expected a number above 0"),
        ({"starts_per_second": float("nan")}, ValueError, "starts_per_second"),
        ({"starts_per_second": float("inf")}, ValueError, "starts_per_second"),
        ({"starts_per_second": "3"}, TypeError, "starts_per_second"),
        ({"in_flight_per_kind": {"video": 2}}, ValueError, "in_flight_per_kind: expected one of"),
        ({"in_flight_per_kind": {VIDEO: 0}}, ValueError, r"in_flight_per_kind\['avatar_video'\]"),
        ({"in_flight_per_kind": {VIDEO: None}}, TypeError, "in_flight_per_kind"),
        ({"in_flight_per_kind": 3}, TypeError, "in_flight_per_kind"),
    ],
)
@pytest.mark.parametrize("make", [A2E, A2E.sandbox])
def test_wrong_limits_are_refused(
    make: Callable[..., A2E], options: dict[str, Any], kind: type[Exception], words: str
) -> None:
    given = {"token": TOKEN} if make is A2E else {}
    with pytest.raises(kind, match=words):
        make(**given, **options)


async def test_a_sandbox_has_limits_too() -> None:
    async with A2E.sandbox(seed=1, speed=200, in_flight=2, starts_per_second=50) as a2e:
        await finish(*(a2e.run(picture()) for _ in range(6)))


async def test_rate_limits_that_last_are_raised(scripted: Scripted, service: Counted) -> None:
    service.faults = ["busy"] * 100
    async with client_of(scripted, in_flight=2) as a2e:
        results = await finish(*(a2e.submit(picture()) for _ in range(4)))
        assert [type(it) for it in results] == [RateLimited] * 4
        service.faults = []
        await finish(a2e.run(picture()), seconds=5)
