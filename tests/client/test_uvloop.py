"""The same under uvloop, whose transports and timers are its own."""

from __future__ import annotations

import asyncio
import gc
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import anyio
import pytest
from aiohttp import web

from a2e_async import (
    A2E,
    ConfigurationError,
    ConnectionFailed,
    JobError,
    JobTimeout,
    Schedule,
    TextToImage,
    Webhook,
    WebhookReceiver,
)
from tests.conftest import QUICK_RETRY, QUICK_SCHEDULE, TOKEN
from tests.jobs.service import BATCH, DETAIL, LIST, START, image, listing, many_at_once, until
from tests.support.scripted import DROP, Reply, Scripted, html, ok
from tests.webhooks.conftest import serve

uvloop = pytest.importorskip("uvloop")


def client_on(scripted: Scripted) -> A2E:
    return A2E(TOKEN, base_url=scripted.base_url, retry=QUICK_RETRY, schedule=QUICK_SCHEDULE)


async def the_whole_way(scripted: Scripted) -> None:
    scripted.on("POST", START, ok(image())).on("GET", DETAIL, DROP, html(), ok(image()))
    async with client_on(scripted) as a2e:
        job = await a2e.text_to_image.start(prompt="x")
        with pytest.raises(JobTimeout):
            await job.wait(timeout=0.3)
        scripted.on("GET", DETAIL, ok(image(word="completed")))
        records = await asyncio.gather(*(job.wait() for _ in range(50)))
    assert len(set(map(id, records))) == 1


async def adoption(scripted: Scripted) -> None:
    scripted.on("POST", START, DROP).on("GET", LIST, listing(scripted))
    async with client_on(scripted) as a2e:
        assert (await a2e.text_to_image.start(prompt="x")).id == "id-0"
    assert scripted.count("POST", START) == 1


async def many(scripted: Scripted) -> None:
    scripted.on("POST", BATCH, many_at_once(lambda key: image(key, "completed")))
    async with client_on(scripted) as a2e:
        ids = [f"{n:024x}" for n in range(200)]
        records = await asyncio.gather(*(a2e.text_to_image.job(key).wait() for key in ids))
    assert [record.id for record in records] == ids


async def closing(scripted: Scripted) -> None:
    scripted.on("GET", DETAIL, ok(image()), Reply(delay=5.0))
    a2e = client_on(scripted)
    job = a2e.text_to_image.job("a")
    waiting = asyncio.create_task(job.wait())
    await until(lambda: len(scripted.seen) == 2)
    await a2e.aclose()
    with pytest.raises(JobError):
        await waiting
    with pytest.raises(ConfigurationError):
        await job.refresh()
    assert not [task for task in asyncio.all_tasks() if "poller" in task.get_name()]


async def nobody_there(scripted: Scripted) -> None:
    async with A2E(TOKEN, base_url="http://127.0.0.1:1", retry=QUICK_RETRY) as a2e:
        with pytest.raises(ConnectionFailed) as caught:
            await a2e.text_to_image.start(prompt="x")
    assert not caught.value.sent


async def draining(scripted: Scripted) -> None:
    scripted.on("POST", START, Reply(ok(image()).body, delay=0.2), ok(image("b")))
    scripted.on("GET", DETAIL, ok(image()))
    async with client_on(scripted) as a2e:
        running = asyncio.create_task(a2e.run(TextToImage(prompt="x")))
        await until(lambda: scripted.seen)
        assert await a2e.drain(timeout=0) == ["text_to_image:a"]
        with pytest.raises(JobError, match="text_to_image:a"):
            await running
        with pytest.raises(ConfigurationError, match="draining"):
            await a2e.text_to_image.start(prompt="x")


async def a_thread(scripted: Scripted) -> None:
    scripted.on("POST", START, ok(image())).on("GET", DETAIL, ok(image(word="completed")))
    async with client_on(scripted) as a2e:
        portal = a2e.portal
        record = await asyncio.to_thread(lambda: portal.call(a2e.run, TextToImage(prompt="x")))
        assert record.id == "a"


async def updates_and_files(scripted: Scripted) -> None:
    del scripted
    async with A2E.sandbox(durations=0.2) as a2e:
        job = await a2e.text_to_image.start(prompt="x")
        words = [record.current_status async for record in job.updates()]
        assert words[-1] == "completed"
        with tempfile.TemporaryDirectory() as folder:
            paths = await job.download(folder)
            assert [path.name async for path in anyio.Path(folder).iterdir()] == [paths[0].name]


async def a_batch(scripted: Scripted) -> None:
    del scripted
    requests = [TextToImage(prompt=f"{number}") for number in range(20)]
    async with A2E.sandbox(durations=0.05, in_flight=4) as a2e:
        with tempfile.TemporaryDirectory() as folder:
            found = await a2e.batch(requests, journal=Path(folder) / "journal.db")
    assert all(outcome.ok for outcome in found)


async def a_bell(scripted: Scripted) -> None:
    del scripted
    slow = Schedule(shortest=30.0, longest=60.0)
    heard: list[Any] = []

    async def handle(request: web.Request) -> web.StreamResponse:
        heard.append(request.path)
        return await receiver.handle(request)

    app = web.Application()
    app.router.add_post("/a2e", handle)
    runner, root = await serve(app)
    webhook = Webhook(url=f"{root}/a2e", token="secret-bell")
    async with A2E.sandbox(durations=0.3, webhook=webhook, schedule=slow) as a2e:
        receiver = WebhookReceiver(a2e)
        job = await a2e.text_to_image.start(prompt="x")
        await asyncio.wait_for(job.wait(), 20)
    assert heard
    await runner.cleanup()


STORIES = [the_whole_way, adoption, many, closing, nobody_there, draining, a_thread]
STORIES += [updates_and_files, a_batch, a_bell]


@pytest.mark.parametrize("story", STORIES)
def test_on_uvloop(story: Callable[[Scripted], Awaitable[None]]) -> None:
    async def play() -> None:
        assert isinstance(asyncio.get_running_loop(), uvloop.Loop)
        async with Scripted() as scripted:
            await story(scripted)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(play())
    gc.collect()
