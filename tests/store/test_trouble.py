"""Stores in trouble: what is read twice, full disks, bugs of others, and ends in the middle."""

from __future__ import annotations

import asyncio
import gc
import sqlite3
import time
from collections import Counter
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from a2e_async import (
    AuthenticationFailed,
    ContentRejected,
    JobCancelled,
    JobError,
    JournalError,
    TextToImage,
)
from a2e_async.journal import requests
from a2e_async.journal.keeping import KeptDatabase
from a2e_async.journal.state import begin
from a2e_async.journal.store import StoreJournal
from a2e_async.sandbox import Fault, Sandbox
from tests.jobs.service import until
from tests.store.conftest import Opened

FOX = TextToImage(prompt="a red fox in snow")


def fox(number: int) -> TextToImage:
    return TextToImage(prompt=f"a red fox, number {number}")


async def test_whoever_goes_slowly_through_the_unfinished_starts_nothing_twice(
    opened: Opened, sandbox: Sandbox
) -> None:
    """What has ended meanwhile, and was forgotten by the process, is read anew."""
    async with opened(in_flight=1) as a2e:
        for number in range(6):
            await a2e.enqueue(fox(number), tag=number)
    async with opened(in_flight=6) as a2e:

        async def deliver() -> None:
            async for job in a2e.unfinished():
                await job
                await job.acknowledge()

        async for job in a2e.unfinished():
            await job
            # Another one goes through them meanwhile, and nothing of its is kept.
            await deliver()
            del job
            gc.collect()
        assert [job async for job in a2e.unfinished()] == []
    assert set(Counter(str(task.body["prompt"]) for task in sandbox.tasks).values()) == {1}


async def test_a_start_is_begun_once_even_from_an_old_item(store: Path) -> None:
    async with await StoreJournal.open(store) as journal:
        kept = await journal.keep(FOX, group=None, key=None)
        begun = begin(kept.item, name="x", reserved=None, at=1.0)
        await journal.begin(kept.item, begun)
        with pytest.raises(JournalError, match="by now; its start was not sent"):
            await journal.begin(kept.item, begun)
        # That was no failure of the file.
        assert (await journal.keep(FOX, group=None, key=None)).item.row == 2


async def test_all_tasks_of_a_start_are_kept_or_none(
    opened: Opened, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that is full in the middle: the caller has all of them all the same."""
    whole = KeptDatabase.keep
    calls: list[int] = []

    def full(self: KeptDatabase, *args: Any) -> Any:
        calls.append(1)
        if len(calls) == 3:
            raise sqlite3.OperationalError("database or disk is full")
        return whole(self, *args)

    monkeypatch.setattr(KeptDatabase, "keep", full)
    async with opened() as a2e:
        jobs = await a2e.text_to_image.start_all(prompt="x", max_images=4)
        assert len({job.id for job in jobs}) == len(jobs) == 4
    monkeypatch.undo()
    async with opened() as a2e:
        [first] = [job async for job in a2e.unfinished()]
        async with asyncio.timeout(20):
            await first
        again = [job async for job in a2e.unfinished()]
    assert {job.id for job in again} == {task.id for task in sandbox.tasks}


@pytest.mark.filterwarnings("error")
async def test_a_cancel_that_fails_is_no_cancel(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Sandbox(speed=1, durations=1000) as slow:
        async with opened(base_url=slow.base_url, in_flight=1) as a2e:
            await a2e.submit(FOX)
            job = await a2e.enqueue(fox(1))
            waiting = asyncio.create_task(job.wait())
            await asyncio.sleep(0.05)

            def full(*_: Any) -> None:
                raise sqlite3.OperationalError("database or disk is full")

            monkeypatch.setattr(KeptDatabase, "write", full)
            for _ in range(2):
                with pytest.raises(JournalError):
                    await job.cancel()
            async with asyncio.timeout(5):
                with pytest.raises(JournalError):
                    await waiting
            monkeypatch.undo()
        async with opened(base_url=slow.base_url) as a2e:
            assert len([job async for job in a2e.unfinished()]) == 2
            await until(lambda: len(slow.tasks) == 2)


@pytest.mark.parametrize("after", [False, True])
async def test_a_bug_of_a_middleware_reaches_whoever_waits(
    opened: Opened, sandbox: Sandbox, after: bool
) -> None:
    async def broken(
        request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        if not request.url.path.endswith("/start"):
            return await handler(request)
        if after:
            await handler(request)
        raise KeyError("a bug")

    async with opened(middlewares=(broken,)) as a2e:
        for verb in (a2e.submit(fox(1)), (await a2e.enqueue(fox(2))).wait()):
            async with asyncio.timeout(10):
                with pytest.raises(KeyError, match="a bug"):
                    await verb
    async with opened() as a2e:
        jobs = [job async for job in a2e.unfinished()]
        async with asyncio.timeout(20):
            await asyncio.gather(*jobs, return_exceptions=True)
        assert all(job.done for job in jobs) or not after
    prompts = Counter(str(task.body["prompt"]) for task in sandbox.tasks)
    assert not prompts or set(prompts.values()) == {1}


async def test_a_request_of_another_version_can_be_acknowledged(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(in_flight=1) as a2e:
        for number in range(4):
            await a2e.enqueue(fox(number), tag=number)
    whole = requests.load

    def load(kind: str, text: str, content: Any) -> Any:
        if "number 2" in text:
            raise TypeError("unexpected field 'old'")
        return whole(kind, text, content)

    monkeypatch.setattr(requests, "load", load)
    async with opened() as a2e:
        jobs = {job.tag: job async for job in a2e.unfinished()}
        assert {*jobs} == {0, 1, 2, 3}
        with pytest.raises(JournalError, match="Use the version that wrote it"):
            await jobs[2]
        async with asyncio.timeout(20):
            await asyncio.gather(jobs[0], jobs[1], jobs[3])
        await jobs[2].acknowledge()
        assert 2 not in [job.tag async for job in a2e.unfinished()]


async def test_who_goes_away_takes_a_key_from_nobody(opened: Opened, sandbox: Sandbox) -> None:
    async with opened() as a2e:
        for turn in range(5):
            key = f"order {turn}"
            first = asyncio.create_task(a2e.submit(fox(turn), key=key))
            second = asyncio.create_task(a2e.submit(fox(turn), key=key))
            await asyncio.sleep(0.001 * turn)
            first.cancel()
            async with asyncio.timeout(10):
                assert (await second).started
                assert (await a2e.submit(fox(turn), key=key)).started
    prompts = Counter(str(task.body["prompt"]) for task in sandbox.tasks)
    assert set(prompts.values()) == {1}


async def test_a_refusal_is_told_to_each_who_asked(opened: Opened, sandbox: Sandbox) -> None:
    sandbox.faults.next("start", Fault.refused(1003, "sensitive"))
    async with opened() as a2e:
        queued = await a2e.enqueue(FOX, key="k", tag="mine")
        with pytest.raises(ContentRejected):
            await a2e.submit(FOX, key="k")
        assert not queued.acknowledged
        with pytest.raises(ContentRejected):
            await queued
        assert [job.tag async for job in a2e.unfinished()] == ["mine"]


async def test_closing_waits_for_the_answer_and_no_longer(opened: Opened) -> None:
    async with Sandbox(speed=1, durations=1000) as slow:
        slow.faults.next("start", Fault.slow(0.4))
        a2e = opened(base_url=slow.base_url)
        job = await a2e.enqueue(FOX)
        await until(lambda: slow.requests.total > 0)
        begun = time.monotonic()
        await a2e.aclose()
        assert time.monotonic() - begun < 5
        assert job.started
        async with opened(base_url=slow.base_url) as again:
            assert [it.token async for it in again.unfinished()] == [job.token]
        assert len(slow.tasks) == 1


async def test_a_refused_token_leaves_the_line_as_it_is(opened: Opened, sandbox: Sandbox) -> None:
    async with opened(in_flight=1) as a2e:
        sandbox.faults.next("start", Fault.status(401), times=3)
        jobs = [await a2e.enqueue(fox(number)) for number in range(3)]
        for job in jobs:
            with pytest.raises(AuthenticationFailed):
                await job
            assert not job.done
    async with opened() as a2e:
        again = [job async for job in a2e.unfinished()]
        async with asyncio.timeout(20):
            await asyncio.gather(*again)
    assert len(again) == len(sandbox.tasks) == 3


async def test_nothing_is_handed_over_before_its_start(opened: Opened) -> None:
    async with (
        Sandbox(speed=1, durations=1000) as slow,
        opened(base_url=slow.base_url, in_flight=1) as a2e,
    ):
        await a2e.submit(FOX)
        job = await a2e.enqueue(FOX)
        with pytest.raises(JobError, match="cancel it instead"):
            await job.acknowledge()
        assert await job.cancel()
        with pytest.raises(JobCancelled):
            await job
        await job.acknowledge()
        assert job not in [it async for it in a2e.unfinished()]


async def test_what_was_handed_over_holds_no_place_after_a_restart(opened: Opened) -> None:
    async with Sandbox(speed=1, durations=1000) as slow:
        where = {"base_url": slow.base_url}
        async with opened(**where) as a2e:
            for _ in range(3):
                await (await a2e.submit(FOX)).acknowledge()
        async with opened(in_flight=2, **where) as a2e:
            async with asyncio.timeout(10):
                await asyncio.gather(a2e.submit(FOX), a2e.submit(FOX))
        assert len(slow.tasks) == 5
