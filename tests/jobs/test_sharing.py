"""Many waiters, many jobs, one poller; and what is left when they are gone."""

from __future__ import annotations

import asyncio
import contextvars
import gc
import weakref
from typing import Any

import pytest

from a2e_async import A2E, ConfigurationError, Job, JobError, JobNotFound, Schedule
from tests.conftest import QUICK_RETRY, QUICK_SCHEDULE, TOKEN
from tests.jobs.service import (
    BATCH,
    DETAIL,
    LIST,
    START,
    VIDEO_DETAIL,
    image,
    many_at_once,
    until,
    video,
)
from tests.support.scripted import Reply, Scripted, Seen, ok, says

STEPS = [ok(image(word=word)) for word in ("sent", "pending", "processing", "completed")]


def pollers() -> list[asyncio.Task[Any]]:
    return [task for task in asyncio.all_tasks() if task.get_name() == "a2e_async poller"]


async def test_200_waiters_cost_what_one_costs(client: A2E, scripted: Scripted) -> None:
    scripted.on("GET", DETAIL, *STEPS)
    handles = [client.text_to_image.job("a") for _ in range(20)]
    records = await asyncio.gather(*(handles[n % 20].wait() for n in range(200)))
    assert scripted.count("GET", DETAIL) == len(STEPS)
    assert all(record is records[0] for record in records)
    assert all(handle.done for handle in handles)


async def test_a_late_waiter_joins(client: A2E, scripted: Scripted) -> None:
    scripted.on("GET", DETAIL, *STEPS)
    job = client.text_to_image.job("a")
    first = asyncio.create_task(job.wait())
    await until(lambda: job.record)
    assert await client.job(job.token) is await first
    assert scripted.count("GET", DETAIL) == len(STEPS)


async def test_cancelling_a_waiter_leaves_the_others(client: A2E, scripted: Scripted) -> None:
    scripted.on("GET", DETAIL, *STEPS)
    job = client.text_to_image.job("a")
    one, other = (asyncio.create_task(job.wait()) for _ in range(2))
    await until(lambda: job.record)
    one.cancel()
    assert (await other).outputs
    assert one.cancelled()


async def test_no_waiter_no_request(client: A2E, scripted: Scripted) -> None:
    scripted.on("GET", DETAIL, ok(image()))
    job = client.text_to_image.job("a")
    waiting = asyncio.create_task(job.wait())
    await until(lambda: job.record)
    waiting.cancel()
    await asyncio.wait([waiting])
    looks = len(scripted.seen)
    await asyncio.sleep(0.2)
    assert len(scripted.seen) <= looks + 1
    assert len(pollers()) == 1


async def test_an_error_reaches_all_waiters(client: A2E, scripted: Scripted) -> None:
    scripted.on("GET", DETAIL, says({"code": 404, "message": "no"}, 404)).on("GET", LIST, ok([]))
    job = client.text_to_image.job("a")
    waits = (job.wait() for _ in range(50))
    outcomes = await asyncio.gather(*waits, return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {JobNotFound}


async def test_1000_jobs_in_flight(scripted: Scripted) -> None:
    """Started and awaited at once in one process: none lost, nothing left, few requests."""
    looks: dict[str, int] = {}

    def answer(key: str) -> dict[str, Any]:
        looks[key] = looks.get(key, 0) + 1
        return image(key, "completed" if looks[key] > int(key, 16) % 4 else "processing")

    def start(seen: Seen) -> Reply:
        return ok([image(f"{scripted.count('POST', START):024x}", name=seen.json["name"])])

    scripted.on("POST", START, start).on("POST", BATCH, many_at_once(answer))
    scripted.on("GET", DETAIL, lambda seen: ok(answer(seen.path.rpartition("/")[2])))
    before = asyncio.all_tasks()
    schedule = Schedule(shortest=0.2, longest=0.4)
    async with A2E(TOKEN, base_url=scripted.base_url, schedule=schedule) as a2e:
        runs = (a2e.text_to_image.run(prompt=f"{n}") for n in range(1000))
        records = await asyncio.gather(*runs)
        polls = len(scripted.seen) - 1000
    assert len({record.id for record in records}) == 1000
    assert polls < 1000
    assert scripted.count("POST", START) == 1000
    del records
    gc.collect()
    assert not [task for task in asyncio.all_tasks() - before if "poller" in task.get_name()]


async def test_a_slow_search_holds_up_no_other_job(client: A2E, scripted: Scripted) -> None:
    def answer(key: str) -> dict[str, Any] | None:
        return None if key == "gone" else image(key, next(words))

    words = iter(["processing"] * 3 + ["completed"])
    scripted.on("POST", BATCH, many_at_once(answer))
    scripted.on("GET", DETAIL, says({"code": 404, "message": "no"}, 404))
    scripted.on("GET", f"{DETAIL[:-1]}here", lambda _: ok(image("here", next(words))))
    scripted.on("GET", LIST, Reply(delay=20))
    gone = asyncio.create_task(client.text_to_image.job("gone").wait())
    async with asyncio.timeout(5):
        await client.text_to_image.job("here")
    gone.cancel()


async def test_jobs_that_are_gone_share_one_search(client: A2E, scripted: Scripted) -> None:
    scripted.on("POST", BATCH, many_at_once(lambda _: None))
    scripted.on("GET", LIST, Reply(ok([]).body, delay=0.2))
    scripted.on("GET", "/api/v1/userText2Image/id-*", says({"code": 404, "message": "no"}, 404))
    waits = (client.text_to_image.job(f"id-{n}").wait() for n in range(20))
    outcomes = await asyncio.gather(*waits, return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {JobNotFound}
    # Three looks may try the list, until it counts as no use; each search reads it once.
    assert scripted.count("GET", LIST) <= 3 + 4


async def test_closing_sends_waiters_away(scripted: Scripted) -> None:
    scripted.on("GET", DETAIL, ok(image())).on("POST", VIDEO_DETAIL, ok([video()]))
    a2e = A2E(TOKEN, base_url=scripted.base_url, schedule=QUICK_SCHEDULE)
    jobs: list[Job[Any]] = [a2e.text_to_image.job("a"), a2e.avatar_video.job("v")]
    waits = [asyncio.create_task(job.wait()) for job in jobs for _ in range(3)]
    await until(lambda: all(job.record for job in jobs))
    await a2e.aclose()
    for wait, job in zip(waits, [job for job in jobs for _ in range(3)], strict=True):
        with pytest.raises(JobError, match="resume") as caught:
            await wait
        assert caught.value.job.token == job.token
        assert caught.value.record is job.record
    assert pollers() == []


async def test_a_wait_that_begins_while_closing_starts_nothing(scripted: Scripted) -> None:
    scripted.on("GET", DETAIL, ok(image()), Reply(delay=5.0))
    a2e = A2E(TOKEN, base_url=scripted.base_url, schedule=QUICK_SCHEDULE)
    job = a2e.text_to_image.job("a")
    first = asyncio.create_task(job.wait())
    await until(lambda: len(scripted.seen) == 2)
    closing = asyncio.create_task(a2e.aclose())
    late = []
    while not closing.done():
        late.append(asyncio.create_task(job.wait()))
        await asyncio.sleep(0)
    outcomes = await asyncio.gather(first, *late, return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} <= {JobError, ConfigurationError}
    assert pollers() == []


async def test_a_cancelled_close_still_sends_waiters_away(scripted: Scripted) -> None:
    scripted.on("GET", DETAIL, ok(image()))
    a2e = A2E(TOKEN, base_url=scripted.base_url, schedule=QUICK_SCHEDULE)
    job = a2e.text_to_image.job("a")
    waiting = asyncio.create_task(job.wait())
    await until(lambda: job.record)
    closing = asyncio.create_task(a2e.aclose())
    await asyncio.sleep(0)
    closing.cancel()
    async with asyncio.timeout(5):
        with pytest.raises(JobError):
            await waiting
        await asyncio.wait([closing])
        await a2e.aclose()
    gc.collect()


async def test_a_crash_is_told_and_the_next_wait_works(
    client: A2E, scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(_: object) -> bool:
        raise LookupError("a bug")

    scripted.on("GET", DETAIL, ok(image(word="completed")))
    job = client.text_to_image.job("a")
    with monkeypatch.context() as broken:
        broken.setattr(client._core.reader, "look_size", crash)
        with pytest.raises(ExceptionGroup):
            await job
    async with asyncio.timeout(5):
        assert (await job).outputs


async def test_a_job_resumes_in_another_client(client: A2E, scripted: Scripted) -> None:
    scripted.on("POST", START, ok(image())).on("GET", DETAIL, *STEPS)
    token = (await client.text_to_image.start(prompt="x")).token
    await client.aclose()
    async with A2E(
        TOKEN, base_url=scripted.base_url, retry=QUICK_RETRY, schedule=QUICK_SCHEDULE
    ) as other:
        assert (await other.job(token)).outputs


async def test_a_poller_keeps_nothing_of_who_began(client: A2E, scripted: Scripted) -> None:
    """It lives as long as the client: the first waiter's request or span must not."""
    scripted.on("GET", DETAIL, ok(image(word="completed")))
    variable: contextvars.ContextVar[object] = contextvars.ContextVar("request")

    class Request: ...

    async def handle() -> weakref.ref[Request]:
        request = Request()
        variable.set(request)
        await client.text_to_image.job("a").wait(timeout=None)
        return weakref.ref(request)

    request = await asyncio.create_task(handle())
    await asyncio.sleep(0)
    gc.collect()
    assert len(pollers()) == 1
    assert request() is None


async def test_a_job_that_nobody_holds_is_forgotten(client: A2E, scripted: Scripted) -> None:
    scripted.on("GET", DETAIL, ok(image(word="completed")))
    await client.text_to_image.job("a")
    gc.collect()
    assert not any(client._core.poller._watches.values())
