"""Jobs that outlive the client, with the caller's own data."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from a2e_async import (
    A2E,
    ConfigurationError,
    ContentRejected,
    InsufficientCoins,
    JobCancelled,
    JobFailed,
    JobStatus,
    JobTimeout,
    JournalError,
    QueuedJob,
    SubmitUncertain,
    TextToImage,
)
from a2e_async.journal import rows
from a2e_async.journal.admission import JournalConflict
from a2e_async.journal.journal import Journal
from a2e_async.journal.store import KEEP_ACKNOWLEDGED
from a2e_async.sandbox import Fault, Sandbox
from tests.batch.test_lookup import POLICY, Service
from tests.batch.test_lookup import SCHEDULE as LOOKUP_SCHEDULE
from tests.jobs.service import until
from tests.store.conftest import Opened, written
from tests.support.scripted import Scripted

FOX = TextToImage(prompt="a red fox in snow")
TAG = {"chat": 42, "message": [7, None, "ünï"]}


async def tags(jobs: AsyncIterator[QueuedJob[Any]]) -> list[Any]:
    return [job.tag async for job in jobs]


async def test_a_job_comes_back_with_its_tag(opened: Opened, sandbox: Sandbox) -> None:
    async with opened() as a2e:
        job = await a2e.submit(FOX, tag=TAG, group="user:42")
        token = job.token
        assert job.tag == TAG
    async with opened() as a2e:
        [job] = [job async for job in a2e.unfinished()]
        assert (job.token, job.tag, job.group, job.started) == (token, TAG, "user:42", True)
        assert job.request == FOX
        record = await job
        assert record.outputs
        await job.acknowledge()
        assert await tags(a2e.unfinished()) == []
    async with opened() as a2e:
        assert await tags(a2e.unfinished()) == []
    assert len(sandbox.tasks) == 1


async def test_what_has_ended_comes_with_its_record(opened: Opened, sandbox: Sandbox) -> None:
    async with opened() as a2e:
        first = await a2e.text_to_image.start(prompt="a lake")
        await first
        sandbox.faults.next("start", Fault.failed_task("no such luck"))
        second = await a2e.text_to_image.start(prompt="a hill")
        with pytest.raises(JobFailed):
            await second
    before = sandbox.requests.by_kind["detail"] + sandbox.requests.by_kind["batch-detail"]
    async with opened() as a2e:
        lake, hill = [job async for job in a2e.unfinished()]
        assert lake.done
        assert lake.record is not None
        assert lake.record.outputs == (await lake).outputs
        assert lake.record.outputs
        assert hill.status is JobStatus.FAILED
        with pytest.raises(JobFailed, match="no such luck"):
            await hill
    after = sandbox.requests.by_kind["detail"] + sandbox.requests.by_kind["batch-detail"]
    assert before == after


async def test_what_waited_in_line_is_started_after_a_restart(
    opened: Opened, sandbox: Sandbox
) -> None:
    async with opened(in_flight=1) as a2e:
        jobs = [await a2e.enqueue(FOX, tag=number) for number in range(4)]
        assert [job.started for job in jobs[1:]] == [False] * 3
    for job in jobs[1:]:
        with pytest.raises(ConfigurationError, match="unfinished"):
            await job
    async with opened(in_flight=2) as a2e:
        again = [job async for job in a2e.unfinished()]
        assert [job.tag for job in again] == [0, 1, 2, 3]
        async with asyncio.timeout(20):
            await asyncio.gather(*again)
    assert len(sandbox.tasks) == 4


async def test_a_start_that_was_cut_off_is_found_again(
    opened: Opened, sandbox: Sandbox, store: Path
) -> None:
    async with opened() as a2e:
        await a2e.submit(TextToImage(prompt="a witness"))
        job = await a2e.submit(FOX, tag=TAG)
        token = job.token
    # As if the process had been killed before the answer to the start was there.
    with closing(sqlite3.connect(store)) as db, db:
        db.execute("DELETE FROM task WHERE task_id = ?", (job_id := token.partition(":")[2],))
        _forget(db, job_id)
    async with opened() as a2e:
        _, job = [job async for job in a2e.unfinished()]
        assert not job.started
        async with asyncio.timeout(20):
            assert (await job).id == job_id
        assert job.tag == TAG
    assert len(sandbox.tasks) == 2


def _forget(db: sqlite3.Connection, task_id: str) -> None:
    [fate] = db.execute("SELECT * FROM fate WHERE task_id = ?", (task_id,)).fetchall()
    values: list[Any] = [*fate[:-1]]
    values[1], values[4], values[5] = "starting", None, None
    values[12] = values[13] = None
    marks = ", ".join("?" * len(fate))
    db.execute(f"REPLACE INTO fate VALUES ({marks})", rows.sealed(*values))


async def test_the_same_key_is_paid_once(opened: Opened, sandbox: Sandbox) -> None:
    async with opened() as a2e:
        first = await a2e.submit(FOX, key="update 1", tag=1)
        assert await a2e.submit(FOX, key="update 1", tag=2) is first
        assert (await a2e.enqueue(FOX, key="update 1")).token == first.token
        with pytest.raises(JournalConflict, match=r"key 'update 1'.*prompt"):
            await a2e.submit(TextToImage(prompt="another"), key="update 1")
        many = [a2e.enqueue(FOX, key="update 2") for _ in range(20)]
        assert len({id(job) for job in await asyncio.gather(*many)}) == 1
    async with opened() as a2e:
        again = await a2e.submit(FOX, key="update 1")
        assert (again.token, again.tag) == (first.token, 1)
        await again
        await again.acknowledge()
        # It was handed over, so nothing comes of asking for it once more.
        assert (await a2e.submit(FOX, key="update 1")).done
        assert len([job async for job in a2e.unfinished()]) == 1
    assert len(sandbox.tasks) <= 2


async def test_a_refused_start_is_told_once(opened: Opened, sandbox: Sandbox) -> None:
    """By what `submit` raises; of a queued job, by awaiting it, as often as it is awaited."""
    async with opened() as a2e:
        sandbox.faults.next("start", Fault.refused(1003, "sensitive"), times=2)
        with pytest.raises(ContentRejected):
            await a2e.submit(FOX, tag=1)
        job = await a2e.enqueue(FOX, tag=2)
        for _ in range(2):
            with pytest.raises(ContentRejected):
                await job
        assert (job.done, job.started, job.status) == (True, False, JobStatus.FAILED)
    async with opened() as a2e:
        [job] = [job async for job in a2e.unfinished()]
        assert job.tag == 2
        with pytest.raises(ContentRejected) as caught:
            await job
        assert caught.value.status
        await job.acknowledge()
        assert await tags(a2e.unfinished()) == []
    assert len(sandbox.tasks) == 0


async def test_too_few_coins_end_a_job_and_not_the_line(opened: Opened, sandbox: Sandbox) -> None:
    async with opened(in_flight=1) as a2e:
        sandbox.faults.next("start", Fault.status(402))
        poor, other = await a2e.enqueue(FOX), await a2e.enqueue(FOX)
        with pytest.raises(InsufficientCoins):
            await poor
        async with asyncio.timeout(10):
            assert (await other).outputs


async def test_a_lost_start_stays_in_the_store(opened: Opened, sandbox: Sandbox) -> None:
    """Its task may exist and be paid for: it is given again, and not started anew."""
    sandbox.faults.set_rate("list", Fault.status(500), 1.0)
    sandbox.faults.next("start", Fault.lost_answer())
    async with opened() as a2e:
        starting = asyncio.create_task(a2e.submit(FOX, tag=TAG))
        await until(lambda: len(sandbox.tasks) > 0)
        await asyncio.sleep(0.3)
    with pytest.raises((SubmitUncertain, ConfigurationError)):
        await starting
    sandbox.faults.set_rate("list", Fault.status(500), 0.0)
    async with opened() as a2e:
        [job] = [job async for job in a2e.unfinished()]
        async with asyncio.timeout(20):
            assert (await job).outputs
    assert len(sandbox.tasks) == 1


async def test_run_hands_over_by_itself(opened: Opened, sandbox: Sandbox) -> None:
    async with opened() as a2e:
        await a2e.run(FOX)
        await a2e.text_to_image.run(prompt="a lake")
        sandbox.faults.next("start", Fault.failed_task("no such luck"))
        with pytest.raises(JobFailed):
            await a2e.run(FOX)
        assert await tags(a2e.unfinished()) == []


async def test_a_cancelled_submit_is_not_started(opened: Opened) -> None:
    async with (
        Sandbox(speed=1, durations=1000) as slow,
        opened(base_url=slow.base_url, in_flight=1) as a2e,
    ):
        await a2e.submit(FOX)
        waiting = asyncio.create_task(a2e.submit(FOX))
        await asyncio.sleep(0.1)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert len([job async for job in a2e.unfinished()]) == 1
        assert len(slow.tasks) == 1


@pytest.mark.parametrize("seed", range(6))
async def test_submits_that_are_cancelled_anywhere(
    opened: Opened, sandbox: Sandbox, seed: int
) -> None:
    """Each has no task, or one that the store gives again."""
    async with opened(in_flight=4) as a2e:
        tasks = [asyncio.create_task(a2e.submit(FOX, tag=n)) for n in range(12)]
        for number, task in enumerate(tasks):
            await asyncio.sleep(0.0015 * seed)
            if number % 2:
                task.cancel()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        jobs = [it for it in outcomes if not isinstance(it, BaseException)]
        assert len(jobs) >= 6
    async with opened() as a2e:
        again = [job async for job in a2e.unfinished()]
        assert {job.tag for job in jobs} <= {job.tag for job in again}
        async with asyncio.timeout(20):
            await asyncio.gather(*again)
    assert len(sandbox.tasks) == len(again)


async def test_jobs_by_group_and_what_they_cost(opened: Opened) -> None:
    async with opened() as a2e:
        ann, bob = a2e.bound(group="ann", tag="hers"), a2e.bound(group="bob")
        await ann.text_to_image.run(prompt="a lake")
        await ann.text_to_image.start(prompt="a hill")
        job = await bob.submit(FOX, tag="his")
        assert job.tag == "his"
        assert await tags(ann.unfinished()) == ["hers"]
        assert await tags(a2e.unfinished(group="bob")) == ["his"]
        assert len(await tags(a2e.unfinished())) == 2
        assert await ann.spent() == 2 * await bob.spent() > 0
        assert await a2e.spent() == 3 * await bob.spent()
        assert await a2e.spent(since=datetime.now(UTC) + timedelta(hours=1)) == 0
        # Half an hour ago, in another zone.
        past = datetime.now().astimezone() - timedelta(minutes=30)
        assert await ann.spent(since=past) == await ann.spent()


async def test_views_are_light_and_close_nothing(opened: Opened) -> None:
    async with opened() as a2e:
        async with a2e.bound(group="ann", tag=1) as view:
            deeper = view.bound(tag=2)
        job = await deeper.text_to_image.enqueue(prompt="x")
        assert (job.tag, job.group) == (2, "ann")
        assert view.text_to_image is not a2e.text_to_image
        assert view.account.__class__ is a2e.account.__class__
        plain = await a2e.enqueue(FOX)
        assert (plain.tag, plain.group) == (None, None)


async def test_a_tag_is_replaced_for_good(opened: Opened) -> None:
    async with opened() as a2e:
        job = await a2e.enqueue(FOX, tag=1)
        await job.retag({"message": 7})
        assert job.tag == {"message": 7}
        with pytest.raises(TypeError, match="tag"):
            await job.retag({1, 2})
    async with opened() as a2e:
        assert await tags(a2e.unfinished()) == [{"message": 7}]


async def test_a_job_of_a_token_is_acknowledged_too(opened: Opened) -> None:
    async with opened() as a2e:
        job = await a2e.submit(FOX)
        await a2e.job(job.token).acknowledge()
        assert await tags(a2e.unfinished()) == []
        with pytest.raises(ValueError, match="text_to_image:nothing"):
            await a2e.job("text_to_image:nothing").acknowledge()


async def test_old_ones_are_pruned(opened: Opened, store: Path) -> None:
    async with opened() as a2e:
        done = await a2e.enqueue(FOX, tag="done", key="done")
        await done
        await done.acknowledge()
        await (await a2e.enqueue(FOX, tag="waits for its user")).wait()
    _make_older(store, KEEP_ACKNOWLEDGED + 60)
    async with opened() as a2e:
        assert await tags(a2e.unfinished()) == ["waits for its user"]
    with closing(sqlite3.connect(store)) as db, db:
        assert [count for (count,) in db.execute("SELECT count(*) FROM plan")] == [1]
        assert [count for (count,) in db.execute("SELECT count(*) FROM fate")] == [1]


def _make_older(store: Path, seconds: float) -> None:
    with closing(sqlite3.connect(store)) as db, db:
        for row, tag, group, at, _ in db.execute("SELECT * FROM handover").fetchall():
            then = None if at is None else at - seconds
            marks = "REPLACE INTO handover VALUES (?, ?, ?, ?, ?)"
            db.execute(marks, rows.sealed(row, tag, group, then))


async def test_media_of_what_was_pruned_go_too(opened: Opened, store: Path) -> None:
    png = b"\x89PNG\r\n\x1a\n"
    async with opened() as a2e:
        for number in range(2):
            job = await a2e.image_to_video.enqueue(
                name=f"fox {number}", image_url=png + bytes([number]), prompt="x"
            )
            await job
            if number:
                await job.acknowledge()
    _make_older(store, KEEP_ACKNOWLEDGED + 60)
    async with opened() as a2e:
        [job] = [job async for job in a2e.unfinished()]
        assert job.request.image_url == png + b"\0"  # type: ignore[attr-defined]
    with closing(sqlite3.connect(store)) as db, db:
        assert db.execute("SELECT count(*) FROM content").fetchone() == (1,)


async def test_one_process_at_a_time(opened: Opened, store: Path) -> None:
    async with opened() as a2e, opened() as other:
        await a2e.submit(FOX)
        with pytest.raises(JournalError, match="process"):
            await other.submit(FOX)
        with pytest.raises(JournalError, match="process"):
            await tags(other.unfinished())
    async with opened() as other:
        assert len(await tags(other.unfinished())) == 1


async def test_files_that_are_no_store(opened: Opened, store: Path, tmp_path: Path) -> None:
    async with await Journal.open(store):
        pass
    async with opened() as a2e:
        with pytest.raises(JournalError, match="no store, but the journal of a batch"):
            await a2e.submit(FOX)
    async with opened(store=tmp_path / "missing" / "jobs.db") as a2e:
        with pytest.raises(JournalError, match="no folder"):
            await a2e.submit(FOX)
    other = tmp_path / "other.db"
    async with opened(store=other) as a2e:
        await a2e.submit(FOX)
    with pytest.raises(JournalError, match="no journal, but the store of a client"):
        await Journal.open(other)


@pytest.mark.parametrize("value", ["", " ", "a\0b", 7, b"jobs.db"])
def test_a_store_has_to_be_a_path(value: Any) -> None:
    with pytest.raises((TypeError, ValueError), match="store: expected the path of a file"):
        A2E.sandbox(store=value)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("tag", {1, 2}),
        ("tag", {1: 2}),
        ("tag", float("nan")),
        ("tag", "x" * 200_000),
        ("tag", (1, 2)),
        ("group", 7),
        ("group", ""),
        ("group", "a\nb"),
        ("key", 7),
        ("key", "x" * 501),
        ("key", "\ud800"),
    ],
)
async def test_bad_input_is_told_before_anything_is_sent(
    opened: Opened, sandbox: Sandbox, field: str, value: Any
) -> None:
    async with opened() as a2e:
        for verb in (a2e.submit, a2e.enqueue):
            with pytest.raises((TypeError, ValueError), match=f"^{field}: expected"):
                await verb(FOX, **{field: value})
        assert await tags(a2e.unfinished()) == []
    assert sandbox.requests.total == 0


async def test_without_a_store_everything_is_as_before(sandbox: Sandbox, opened: Opened) -> None:
    async with opened(store=None) as a2e:
        job = await a2e.submit(FOX, group="ann")
        assert not isinstance(job, QueuedJob)
        assert job.tag is None
        for call in (
            a2e.submit(FOX, tag=1),
            a2e.enqueue(FOX, key="k"),
            tags(a2e.unfinished()),
            a2e.spent(),
            job.acknowledge(),
        ):
            with pytest.raises(ConfigurationError, match="store"):
                await call
        with pytest.raises(ConfigurationError, match="store"):
            a2e.bound(tag=1)
        await job
    assert len(sandbox.tasks) == 1


async def test_no_token_is_in_the_file(opened: Opened, sandbox: Sandbox, tmp_path: Path) -> None:
    async with opened() as a2e:
        await a2e.submit(FOX, tag=TAG)
        sandbox.faults.next("start", Fault.status(400))
        job = await a2e.enqueue(FOX)
        with pytest.raises(Exception):  # noqa: B017
            await job
        content = written(tmp_path)
    assert sandbox.token
    assert sandbox.token.encode() not in content


async def test_a_job_that_goes_on_after_a_drain_is_kept(opened: Opened) -> None:
    async with Sandbox(speed=1, durations=1000) as slow:
        where = {"base_url": slow.base_url}
        async with opened(**where) as a2e:
            job = await a2e.submit(FOX)
            with pytest.raises(JobTimeout):
                await job.wait(timeout=0.2)
            assert await a2e.drain(timeout=0.1) == [job.token]
            with pytest.raises(ConfigurationError, match="drain"):
                await a2e.enqueue(FOX)
        async with opened(**where) as a2e:
            assert [job.token async for job in a2e.unfinished()] == [job.token]


async def test_each_task_of_a_start_that_makes_several_is_kept(
    opened: Opened, sandbox: Sandbox
) -> None:
    async with opened(in_flight=8) as a2e:
        view = a2e.bound(tag=TAG, group="ann")
        jobs = await view.text_to_image.start_all(prompt="x", max_images=3)
        tokens = [job.token for job in jobs]
        assert len(set(tokens)) == 3
        assert [job.tag for job in jobs] == [TAG] * 3
        with pytest.raises(ValueError, match="start_all"):
            await a2e.enqueue(TextToImage(prompt="x", max_images=3))
        await jobs[0]
        cost = await a2e.spent()
    async with opened() as a2e:
        again = [job async for job in a2e.unfinished(group="ann")]
        assert [job.token for job in again] == tokens
        records = [await job for job in again]
        assert all(record.outputs for record in records)
        assert await a2e.spent() == cost == 3 * (records[1].coins or 0)
    assert len(sandbox.tasks) == 3


async def test_a_lost_start_is_looked_for_again_when_it_is_asked_for(opened: Opened) -> None:
    service = Service(lag=1.5, seconds=0.2)
    async with Scripted() as server:
        service.answers_on(server, TextToImage.product)
        where: Any = {"base_url": server.base_url, "retry": POLICY, "schedule": LOOKUP_SCHEDULE}
        async with opened(**where) as a2e:
            job = await a2e.enqueue(TextToImage(prompt="fox 0", name="the caller's own"))
            with pytest.raises(SubmitUncertain):
                await job
            await asyncio.sleep(1.5)
            [again] = [it async for it in a2e.unfinished()]
            assert again is job
            async with asyncio.timeout(20):
                assert (await again).outputs
    assert len(service.tasks) == 1


async def test_a_cancelled_job_costs_nothing_and_is_told_after_a_restart_too(
    opened: Opened,
) -> None:
    async with Sandbox(speed=1, durations=1000) as slow:
        where = {"base_url": slow.base_url}
        async with opened(in_flight=1, **where) as a2e:
            first = await a2e.enqueue(FOX)
            waiting, behind = await a2e.enqueue(FOX, tag=1), await a2e.enqueue(FOX)
            await until(lambda: first.started)
            assert [waiting.position, behind.position] == [1, 2]
            told = asyncio.create_task(waiting.wait())
            assert all(await asyncio.gather(waiting.cancel(), waiting.cancel()))
            with pytest.raises(JobCancelled):
                await told
            assert behind.position == 1
            assert await first.cancel() is False
        async with opened(in_flight=1, **where) as a2e:
            [again] = [job async for job in a2e.unfinished() if job.tag == 1]
            with pytest.raises(JobCancelled):
                await again
            await again.acknowledge()
            assert 1 not in await tags(a2e.unfinished())
        assert len(slow.tasks) <= 2
