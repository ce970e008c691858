"""The record of a job that waits: kept in little room, and the same to whoever reads it."""

from __future__ import annotations

import asyncio
import gc
import json
import weakref
from typing import Any

import pytest

from a2e_async import A2E, JobFailed, JobStatus, TextToImageRecord
from tests.jobs.service import BATCH, DETAIL, START, URL, image, many_at_once, until
from tests.support.scripted import Reply, Scripted, ok

DONE = ok(image(word="completed"))
ODD: list[dict[str, Any]] = [
    image(),
    image(word="reticulating"),
    image(word=""),
    image(name="a\u2028b\x00c \U0001f98a", prompt="ä" * 1000),
    image(huge=2**63, larger=10**30, tiny=-(10**30)),
    image(number=1e308, small=5e-324, digits=0.1 + 0.2, whole=1.0),
    image(deep={"a": [{"b": [None, True, {}]}]}, list=[]),
    image(progress=50, coins=10, createdAt="2030-01-01T00:00:00Z"),
    {**image(), "": 1, "ключ": 2, "_id": "a"},
]


async def waiting(a2e: A2E, scripted: Scripted) -> Any:
    """Let somebody wait for a job until it was looked at a few times."""
    job = a2e.text_to_image.job("a")
    wait = asyncio.create_task(job.wait())
    await until(lambda: scripted.count("GET", DETAIL) >= 4)
    return job, wait


@pytest.mark.parametrize("raw", ODD)
async def test_the_record_is_what_the_service_said(
    client: A2E, scripted: Scripted, raw: dict[str, Any]
) -> None:
    scripted.on("GET", DETAIL, ok(raw))
    fresh = await client.text_to_image.get("a")
    job, wait = await waiting(client, scripted)
    assert job.record.raw == fresh.raw
    assert job.record == fresh
    assert json.dumps(job.record.raw, sort_keys=True) == json.dumps(fresh.raw, sort_keys=True)
    assert isinstance(job.record, TextToImageRecord)
    scripted.on("GET", DETAIL, DONE)
    assert (await wait).outputs == (URL,)


async def test_a_record_with_half_a_character(client: A2E, scripted: Scripted) -> None:
    """JSON can tell of what no text can hold; it is kept as it came, or refused as unreadable."""
    odd = Reply(ok(image(name="X")).body.replace(b'"X"', b'"\\ud800 half"'))
    scripted.on("GET", DETAIL, odd, odd, odd, odd, odd, DONE)
    job, wait = await waiting(client, scripted)
    assert job.record is None or job.record.raw["name"] == "\ud800 half"
    async with asyncio.timeout(10):
        assert (await wait).outputs == (URL,)


async def test_whoever_holds_it_gets_the_same_one_again(client: A2E, scripted: Scripted) -> None:
    scripted.on("GET", DETAIL, ok(image()))
    job, wait = await waiting(client, scripted)
    record = job.record
    await until(lambda: scripted.count("GET", DETAIL) >= 8)
    assert job.record is record
    assert client.text_to_image.job("a").record is record
    wait.cancel()


def _records() -> list[TextToImageRecord]:
    """Find all that the process holds: those of other tests may still be there."""
    return [thing for thing in gc.get_objects() if type(thing) is TextToImageRecord]


async def test_nobody_else_holds_it(client: A2E, scripted: Scripted) -> None:
    """A hundred thousand of them would take a lot of room."""
    of_others = _records()
    scripted.on("GET", DETAIL, ok(image()))
    job, wait = await waiting(client, scripted)
    record = weakref.ref(job.record)
    gc.collect()
    assert record() is None
    assert len(_records()) == len(of_others)
    assert job.record.raw == image()
    wait.cancel()


async def test_a_newer_one_takes_its_place_and_changes_no_older_one(
    client: A2E, scripted: Scripted
) -> None:
    scripted.on("GET", DETAIL, ok(image(word="pending", progress=1)))
    job, wait = await waiting(client, scripted)
    older = job.record
    # Not only what is news to a follower is new.
    scripted.on("GET", DETAIL, ok(image(word="pending", progress=1, note="later")))
    await until(lambda: job.record.raw.get("note") == "later")
    assert job.record is not older
    assert "note" not in older.raw
    assert (older.current_status, older.progress) == ("pending", 1)
    scripted.on("GET", DETAIL, DONE)
    final = await wait
    assert job.record is final
    assert await job is final
    assert older.status is JobStatus.PENDING


async def test_what_a_user_does_to_a_record_is_the_users(client: A2E, scripted: Scripted) -> None:
    """The JSON in a record can be changed; what the service said next is told all the same."""
    scripted.on("GET", DETAIL, ok(image()))
    job, wait = await waiting(client, scripted)
    job.record.raw["current_status"] = "completed"
    assert not job.done
    assert job.status is JobStatus.PROCESSING
    scripted.on("GET", DETAIL, DONE)
    assert (await wait).outputs == (URL,)


async def test_a_refresh_gives_what_it_read(client: A2E, scripted: Scripted) -> None:
    scripted.on("GET", DETAIL, ok(image(progress=1)))
    job, wait = await waiting(client, scripted)
    scripted.on("GET", DETAIL, ok(image(progress=2)))
    record = await job.refresh()
    assert record.progress == 2
    assert job.record == record
    wait.cancel()


async def test_a_start_that_says_completed_without_a_result(
    client: A2E, scripted: Scripted
) -> None:
    """It is looked at once more, and shows no end before that."""
    half = {"_id": "a", "current_status": "completed"}
    scripted.on("POST", START, ok([half])).on("GET", DETAIL, Reply(DONE.body, delay=0.3))
    job = await client.text_to_image.start(prompt="x")
    wait = asyncio.create_task(job.wait())
    await until(lambda: scripted.count("GET", DETAIL) == 1)
    assert not job.done
    assert job.record is not None
    assert (job.record.status, job.record.current_status) == (JobStatus.PROCESSING, "completed")
    assert job.record.raw == half
    assert (await wait).outputs == (URL,)


async def test_what_the_detail_says_counts_though_the_start_said_the_same(
    client: A2E, scripted: Scripted
) -> None:
    half = {"_id": "a", "current_status": "completed"}
    scripted.on("POST", START, ok([half])).on("GET", DETAIL, ok(half))
    job = await client.text_to_image.start(prompt="x")
    async with asyncio.timeout(5):
        assert (await job).outputs == ()
    assert scripted.count("GET", DETAIL) == 1


@pytest.mark.parametrize("word", ["completed", "failed"])
async def test_a_final_record_is_kept_whole(client: A2E, scripted: Scripted, word: str) -> None:
    scripted.on("GET", DETAIL, ok(image(word="sent")), ok(image(word=word, note=[1, {}])))
    job = client.text_to_image.job("a")
    outcome, *_ = await asyncio.gather(job.wait(), return_exceptions=True)
    record = job.record
    assert record is not None
    assert record.raw["note"] == [1, {}]
    gc.collect()
    assert job.record is record
    if isinstance(outcome, JobFailed):
        assert outcome.record is record
    else:
        assert outcome is record


async def test_records_of_a_batch_are_each_ones_own(client: A2E, scripted: Scripted) -> None:
    ids = [f"{n:024x}" for n in range(50)]
    scripted.on("POST", BATCH, many_at_once(lambda key: image(key, "pending", number=int(key, 16))))
    jobs = [client.text_to_image.job(key) for key in ids]
    waits = [asyncio.create_task(job.wait()) for job in jobs]
    await until(lambda: scripted.count("POST", BATCH) >= 3)
    for n, job in enumerate(jobs):
        assert job.record is not None
        assert job.record.raw == image(ids[n], "pending", number=n)
    scripted.on("POST", BATCH, many_at_once(lambda key: image(key, "completed")))
    assert [record.id for record in await asyncio.gather(*waits)] == ids


async def test_a_training_that_goes_on_is_not_over_in_its_record(
    client: A2E, scripted: Scripted
) -> None:
    """Its avatar is there already, so the record alone would read as completed."""
    going = {"_id": "a", "current_status": "processing", "anchor_id": "x"}
    path = "/api/v1/userVideoTwin"
    scripted.on("POST", f"{path}/continueTraining", ok(None)).on("GET", f"{path}/*", ok(going))
    job = await client.avatar_training.continue_training("a")
    wait = asyncio.create_task(job.wait())
    await until(lambda: scripted.count("GET", f"{path}/*") >= 4)
    assert job.record is not None
    assert (job.record.status, job.status) == (JobStatus.PROCESSING, JobStatus.PROCESSING)
    assert job.record.raw == going
    assert not job.done
    scripted.on("GET", f"{path}/*", ok({**going, "current_status": "completed"}))
    async with asyncio.timeout(5):
        assert (await wait).status is JobStatus.COMPLETED
