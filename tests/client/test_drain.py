"""A client that is drained: no new starts, waits to their end or their token, nothing lost."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from a2e_async import (
    A2E,
    ConfigurationError,
    JobError,
    JobNotFound,
    JobTimeout,
    SubmitUncertain,
    TextToImage,
)
from a2e_async.sandbox import Fault, Sandbox
from tests.conftest import QUICK_RETRY, QUICK_SCHEDULE, TOKEN
from tests.jobs.service import BATCH, DETAIL, LIST, START, image, listing, many_at_once, until
from tests.support.scripted import DROP, Reply, Scripted, Seen, ok, says

REFUSED = "client is draining: no new starts"


def client_of(scripted: Scripted, **options: Any) -> A2E:
    return A2E(
        TOKEN,
        base_url=scripted.base_url,
        retry=QUICK_RETRY,
        schedule=QUICK_SCHEDULE,
        **options,
    )


class Service:
    """Text-to-image tasks that go on until they are told to end, numbered from 0."""

    def __init__(self, scripted: Scripted) -> None:
        self.ended: set[str] = set()
        self.hold: asyncio.Event | None = None
        self._numbers = 0
        self._scripted = scripted
        scripted.on("POST", START, self._start)
        scripted.on("GET", DETAIL, lambda seen: ok(self._record(seen.path.rpartition("/")[2])))
        scripted.on("POST", BATCH, many_at_once(self._record))

    @property
    def starts(self) -> int:
        return self._scripted.count("POST", START)

    async def _start(self, _: Seen) -> Reply:
        number, self._numbers = self._numbers, self._numbers + 1
        if self.hold is not None:
            await self.hold.wait()
        return ok(image(f"id-{number}"))

    def _record(self, task_id: str) -> dict[str, Any]:
        return image(task_id, "completed" if task_id in self.ended else "processing")


@pytest.fixture
def service(scripted: Scripted) -> Service:
    return Service(scripted)


def waiting(*works: Awaitable[Any]) -> list[asyncio.Future[Any]]:
    return [asyncio.ensure_future(work) for work in works]


async def outcomes(works: list[asyncio.Future[Any]]) -> list[Any]:
    async with asyncio.timeout(10):
        return await asyncio.gather(*works, return_exceptions=True)


STARTS: list[Callable[[A2E], Awaitable[Any]]] = [
    lambda a2e: a2e.text_to_image.start(prompt="x"),
    lambda a2e: a2e.text_to_image.start_all(prompt="x"),
    lambda a2e: a2e.text_to_image.run(prompt="x"),
    lambda a2e: a2e.submit(TextToImage(prompt="x"), group="a"),
    lambda a2e: a2e.run(TextToImage(prompt="x")),
    lambda a2e: a2e.avatar_training.continue_training("id"),
    lambda a2e: a2e.avatar_training.clone_voice("id"),
    lambda a2e: a2e.avatar_video_from_text("hello", anchor_id="a"),
]


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("options", [{}, {"in_flight": 1, "starts_per_second": 100.0}])
async def test_nothing_is_started_any_more(
    scripted: Scripted, start: Callable[[A2E], Awaitable[Any]], options: dict[str, Any]
) -> None:
    async with client_of(scripted, **options) as a2e:
        assert await a2e.drain() == []
        with pytest.raises(ConfigurationError, match=REFUSED):
            await start(a2e)
    assert scripted.seen == []


async def test_waits_go_on_to_their_end(client: A2E, service: Service) -> None:
    jobs = [await client.text_to_image.start(prompt="x") for _ in range(3)]
    waits = waiting(*(job.wait() for job in jobs))
    drain = asyncio.create_task(client.drain())
    for job in jobs:
        await asyncio.sleep(0.05)
        assert not drain.done()
        service.ended.add(job.id)
    assert await asyncio.wait_for(drain, 10) == []
    assert [record.id for record in await outcomes(waits)] == [job.id for job in jobs]


async def test_a_job_that_nobody_awaits_at_the_moment_is_waited_for(
    client: A2E, service: Service
) -> None:
    job = await client.text_to_image.start(prompt="x")
    drain = asyncio.create_task(client.drain(timeout=10))
    await asyncio.sleep(0.1)
    assert not drain.done()
    service.ended.add(job.id)
    assert await asyncio.wait_for(drain, 5) == []
    assert job.done


async def test_after_its_time_waits_end_with_their_tokens(
    client: A2E, service: Service, scripted: Scripted
) -> None:
    jobs = [await client.text_to_image.start(prompt="x") for _ in range(3)]
    waits = waiting(*(job.wait(timeout=None) for job in jobs))
    steps = waiting(client.text_to_image.run(prompt="x"))
    await until(lambda: service.starts == 4)
    service.ended.add("id-0")
    tokens = await client.drain(timeout=0.5)
    assert tokens == [f"text_to_image:id-{n}" for n in (1, 2, 3)]
    first, *errors = await outcomes(waits + steps)
    assert first.id == "id-0"
    for error, token in zip(errors, tokens, strict=True):
        assert type(error) is JobError
        assert error.job.token == token
        assert f"a2e.job('{token}')" in str(error)
        assert "drained" in str(error)
    with pytest.raises(JobError, match="drained"):
        await jobs[1]
    assert (await jobs[0]).id == "id-0"


async def test_updates_end_with_the_token_too(client: A2E, service: Service) -> None:
    job = await client.text_to_image.start(prompt="x")

    async def follow() -> None:
        async for _ in job.updates():
            pass

    following = waiting(follow())
    await asyncio.sleep(0.05)
    assert await client.drain(timeout=0) == [job.token]
    (error,) = await outcomes(following)
    assert type(error) is JobError
    assert job.token in str(error)


async def test_all_but_starts_works_until_the_client_is_closed(
    client: A2E, scripted: Scripted, service: Service, tmp_path: Path
) -> None:
    job = await client.text_to_image.start(prompt="x")
    await client.drain(timeout=0)
    service.ended.add(job.id)
    scripted.on("GET", LIST, ok({"rows": [image()], "count": 1}))
    scripted.on("GET", "/api/v1/user/remainingCoins", ok(7))
    assert (await job.refresh()).outputs
    assert (await job).id == job.id
    assert [record.id async for record in client.text_to_image.list()] == ["a"]
    assert await client.account.coins() == 7
    fresh = client.job("text_to_image:id-0")
    assert (await fresh.refresh()).id == "id-0"
    png = b"\x89PNG\r\n\x1a\n" + bytes(100)
    scripted.on("GET", "/x.png", Reply(png, headers={"Content-Type": "image/png"}))
    done = image("id-9", "completed", image_urls=[f"{scripted.base_url}/x.png"])
    scripted.on("GET", f"{START.rpartition('/')[0]}/id-9", ok(done))
    other = client.text_to_image.job("id-9")
    await other.refresh()
    (path,) = await other.download(tmp_path)
    assert path.name == "text_to_image-id-9.png"


@pytest.mark.parametrize("options", [{}, {"in_flight": 1, "starts_per_second": 100.0}])
async def test_a_start_that_was_sent_is_answered(
    scripted: Scripted, service: Service, options: dict[str, Any]
) -> None:
    service.hold = asyncio.Event()
    async with client_of(scripted, **options) as a2e:
        starting = waiting(a2e.text_to_image.start(prompt="x"))
        await until(lambda: service.starts == 1)
        drain = asyncio.create_task(a2e.drain(timeout=0))
        await asyncio.sleep(0.1)
        assert not drain.done()
        service.hold.set()
        assert await asyncio.wait_for(drain, 5) == ["text_to_image:id-0"]
        (job,) = await outcomes(starting)
        assert job.id == "id-0"


async def test_a_start_whose_answer_is_lost_is_looked_for(
    client: A2E, scripted: Scripted, service: Service
) -> None:
    async def lose(_: Seen) -> Reply:
        await asyncio.sleep(0.2)
        return DROP

    scripted.on("POST", START, lose).on("GET", LIST, listing(scripted))
    starting = waiting(client.text_to_image.start(prompt="x"))
    await until(lambda: service.starts == 1)
    assert await client.drain(timeout=0) == ["text_to_image:id-0"]
    (job,) = await outcomes(starting)
    assert job.id == "id-0"


async def test_a_start_that_stays_uncertain_says_so(client: A2E, scripted: Scripted) -> None:
    scripted.on("POST", START, Reply(delay=0.1, drop=True))
    scripted.on("GET", LIST, ok({"rows": [], "count": 0}))
    starting = waiting(client.text_to_image.start(prompt="x"))
    await until(lambda: scripted.seen)
    assert await client.drain(timeout=0) == []
    (error,) = await outcomes(starting)
    assert isinstance(error, SubmitUncertain)


async def test_starts_that_wait_for_a_place_end_and_leave_it(
    scripted: Scripted, service: Service
) -> None:
    async with client_of(scripted, in_flight=1) as a2e:
        job = await a2e.text_to_image.start(prompt="x")
        starting = waiting(*(a2e.text_to_image.run(prompt="x") for _ in range(3)))
        await asyncio.sleep(0.05)
        drain = asyncio.create_task(a2e.drain())
        for error in await outcomes(starting):
            assert isinstance(error, ConfigurationError)
            assert REFUSED in str(error)
        assert not drain.done()
        service.ended.add(job.id)
        assert await asyncio.wait_for(drain, 5) == []
    assert service.starts == 1


async def test_starts_that_wait_for_the_pace_end(scripted: Scripted, service: Service) -> None:
    async with client_of(scripted, starts_per_second=0.01) as a2e:
        await a2e.text_to_image.start(prompt="x")
        starting = waiting(*(a2e.text_to_image.start(prompt="x") for _ in range(3)))
        await asyncio.sleep(0.05)
        await a2e.drain(timeout=0)
        assert {type(error) for error in await outcomes(starting)} == {ConfigurationError}
    assert service.starts == 1


@pytest.mark.parametrize("options", [{}, {"in_flight": 1}])
async def test_a_start_that_the_service_has_put_off_ends(
    scripted: Scripted, options: dict[str, Any]
) -> None:
    scripted.on("POST", START, says({"code": 1}, 429, Retry_After="30"))
    async with client_of(scripted, **options) as a2e:
        starting = waiting(a2e.text_to_image.start(prompt="x"))
        await until(lambda: scripted.count("POST", START) == 1)
        await asyncio.sleep(0.1)
        assert await asyncio.wait_for(a2e.drain(), 5) == []
        (error,) = await outcomes(starting)
        assert isinstance(error, ConfigurationError)
    assert scripted.count("POST", START) == 1


async def test_a_start_that_still_uploads_ends(client: A2E, scripted: Scripted) -> None:
    scripted.on("*", "*", Reply(delay=30))
    png = b"\x89PNG\r\n\x1a\n" + bytes(100)
    starting = waiting(client.image_edit.start(edit_type="product", image_urls=[png, png]))
    await until(lambda: scripted.seen)
    assert await asyncio.wait_for(client.drain(), 5) == []
    (error,) = await outcomes(starting)
    assert isinstance(error, ConfigurationError)
    assert scripted.count("POST", "*/start") == 0


async def test_a_wait_ends_at_its_own_time(client: A2E, service: Service) -> None:
    job = await client.text_to_image.start(prompt="x")
    waits = waiting(job.wait(timeout=0.2))
    assert await asyncio.wait_for(client.drain(timeout=0.5), 5) == [job.token]
    (error,) = await outcomes(waits)
    assert isinstance(error, JobTimeout)


async def test_many_drains_at_once_and_the_shortest_counts(client: A2E, service: Service) -> None:
    job = await client.text_to_image.start(prompt="x")
    drains = waiting(client.drain(), client.drain(timeout=60), client.drain(timeout=0.2))
    assert await outcomes(drains) == [[job.token]] * 3
    assert await client.drain() == [job.token]


async def test_a_drain_that_is_cancelled_cuts_nothing(client: A2E, service: Service) -> None:
    job = await client.text_to_image.start(prompt="x")
    waits = waiting(job.wait())
    drain = asyncio.create_task(client.drain(timeout=60))
    await asyncio.sleep(0.05)
    drain.cancel()
    with pytest.raises(asyncio.CancelledError):
        await drain
    with pytest.raises(ConfigurationError, match=REFUSED):
        await client.text_to_image.start(prompt="x")
    service.ended.add(job.id)
    (record,) = await outcomes(waits)
    assert record.id == job.id


async def test_a_batch_ends_soon_and_its_items_stay_planned(
    scripted: Scripted, service: Service, tmp_path: Path
) -> None:
    requests = [TextToImage(prompt=f"{n}") for n in range(6)]
    journal = tmp_path / "journal.db"
    async with client_of(scripted) as a2e:
        running = asyncio.ensure_future(
            _collected(a2e.batch(requests, in_flight=2, journal=journal))
        )
        await until(lambda: service.starts == 2)
        tokens = await a2e.drain(timeout=0.2)
        found = await asyncio.wait_for(running, 5)
    assert sorted(tokens) == ["text_to_image:id-0", "text_to_image:id-1"]
    kinds = sorted(type(outcome.error).__name__ for outcome in found)
    assert kinds == ["ConfigurationError"] * 4 + ["JobError"] * 2
    assert service.starts == 2
    service.ended.update(f"id-{n}" for n in range(6))
    async with client_of(scripted) as again:
        found = await again.batch(requests, in_flight=2, journal=journal)
    assert all(outcome.ok for outcome in found)
    assert service.starts == 6


async def test_what_waits_in_a_store_stays_there(
    scripted: Scripted, service: Service, tmp_path: Path
) -> None:
    store = tmp_path / "jobs.db"
    async with client_of(scripted, in_flight=1, store=store) as a2e:
        jobs = [await a2e.enqueue(TextToImage(prompt="x"), tag=number) for number in range(3)]
        waits = waiting(*(job.wait() for job in jobs))
        await until(lambda: service.starts == 1)
        assert await a2e.drain(timeout=0.1) == ["text_to_image:id-0"]
        kinds = [type(error) for error in await outcomes(waits)]
        assert kinds == [JobError, ConfigurationError, ConfigurationError]
        with pytest.raises(ConfigurationError, match=REFUSED):
            await a2e.enqueue(TextToImage(prompt="x"))
    assert service.starts == 1
    service.ended.update(f"id-{n}" for n in range(3))
    async with client_of(scripted, store=store) as again:
        found = {job.tag: (await job).id async for job in again.unfinished()}
    assert found == {number: f"id-{number}" for number in range(3)}
    assert service.starts == 3


async def _collected(batch: Any) -> list[Any]:
    return [outcome async for outcome in batch]


async def test_others_hear_that_it_begins(client: A2E, scripted: Scripted) -> None:
    heard: list[str] = []
    core = client._core
    core.on_drain(lambda: heard.append("first"))
    core.on_drain(lambda: heard.append("taken back"))()
    begun = [core.draining]
    await client.drain()
    begun.append(core.draining)
    assert begun == [False, True]
    core.on_drain(lambda: heard.append("late"))
    await client.drain()
    assert heard == ["first", "late"]


async def test_what_has_ended_or_is_gone_does_not_go_on(
    client: A2E, scripted: Scripted, service: Service
) -> None:
    scripted.on("GET", f"{START.rpartition('/')[0]}/lost", says({"code": 404}, 404))
    scripted.on("POST", BATCH, ok([])).on("GET", LIST, ok({"rows": [], "count": 0}))
    lost = client.text_to_image.job("lost")
    client.text_to_image.job("never awaited")
    error, tokens = await outcomes(waiting(lost.wait(), client.drain()))
    assert isinstance(error, JobNotFound)
    assert tokens == []
    assert await client.drain(timeout=0) == []


async def test_a_closed_client_is_drained(client: A2E, service: Service) -> None:
    job = await client.text_to_image.start(prompt="x")
    drain = asyncio.create_task(client.drain())
    await asyncio.sleep(0.05)
    await client.aclose()
    assert await asyncio.wait_for(drain, 5) == [job.token]
    assert await client.drain() == []


@pytest.mark.parametrize(
    ("timeout", "kind"),
    [("20", TypeError), (True, TypeError), (-1, ValueError), (float("nan"), ValueError)],
)
async def test_a_time_that_is_none_is_refused(
    client: A2E, service: Service, timeout: Any, kind: type[Exception]
) -> None:
    with pytest.raises(kind, match="timeout: expected seconds from 0"):
        await client.drain(timeout=timeout)
    assert (await client.text_to_image.start(prompt="x")).id == "id-0"


def test_another_event_loop_is_named() -> None:
    a2e = A2E(TOKEN, base_url="http://127.0.0.1:1", retry=QUICK_RETRY)
    with pytest.raises(ConnectionError):
        asyncio.run(_coins(a2e))
    with pytest.raises(ConfigurationError, match="another event loop"):
        asyncio.run(a2e.drain())
    asyncio.run(a2e.aclose())
    gc.collect()


async def _coins(a2e: A2E) -> None:
    await a2e.account.coins()


async def _outcomes(batch: Any) -> list[Any]:
    return list(await batch)


async def test_a_batch_that_waits_for_a_busy_service_ends_at_once(tmp_path: Path) -> None:
    async with Sandbox(speed=100) as sandbox:
        sandbox.faults.set_rate("start", Fault.rate_limited(30), 1.0)
        async with sandbox.client() as a2e:
            batch = a2e.batch(
                [TextToImage(prompt=f"fox {n}") for n in range(5)], journal=tmp_path / "journal.db"
            )
            running = asyncio.ensure_future(_outcomes(batch))
            await asyncio.sleep(1.0)
            async with asyncio.timeout(5):
                assert await a2e.drain() == []
                outcomes = await running
        assert [type(it.error) for it in outcomes] == [ConfigurationError] * 5
        assert len(sandbox.tasks) == 0
