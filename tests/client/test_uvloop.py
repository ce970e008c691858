"""The same under uvloop, whose transports and timers are its own."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable, Callable

import pytest

from a2e_async import A2E, ConfigurationError, ConnectionFailed, JobError, JobTimeout
from tests.conftest import QUICK_RETRY, QUICK_SCHEDULE, TOKEN
from tests.jobs.service import BATCH, DETAIL, LIST, START, image, listing, many_at_once, until
from tests.support.scripted import DROP, Reply, Scripted, html, ok

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


@pytest.mark.parametrize("story", [the_whole_way, adoption, many, closing, nobody_there])
def test_on_uvloop(story: Callable[[Scripted], Awaitable[None]]) -> None:
    async def play() -> None:
        assert isinstance(asyncio.get_running_loop(), uvloop.Loop)
        async with Scripted() as scripted:
            await story(scripted)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(play())
    gc.collect()
