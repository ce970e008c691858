"""Following a job as a person would."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import Any

import pytest

from a2e_async import (
    A2E,
    InsufficientCoins,
    Job,
    JobCancelled,
    JobError,
    JobStatus,
    JobTimeout,
    Snapshot,
    TextToImage,
    clock,
    describe,
)
from a2e_async.jobs import updates
from a2e_async.jobs.job import Deadline
from a2e_async.jobs.watch import OutOfTime
from tests.jobs.service import DETAIL, START, VIDEO_DETAIL, image, until, video
from tests.support.scripted import Scripted, ok


async def test_what_a_person_sees(client: A2E, scripted: Scripted) -> None:
    words = ["initialized", "sent", "pending", "processing", "strange", "completed"]
    scripted.on("GET", DETAIL, *(ok(image(word=word)) for word in words))
    job = client.text_to_image.job("a")
    seen = [snapshot async for snapshot in job.watch()]
    # To a person, sent is no more than initialized, and an unknown word no more than processing.
    assert [snapshot.status for snapshot in seen] == [
        JobStatus.INITIALIZED,
        JobStatus.PENDING,
        JobStatus.PROCESSING,
        JobStatus.COMPLETED,
    ]
    assert all(describe(one) != describe(other) for one, other in pairwise(seen))
    assert seen[-1] == job.snapshot
    assert seen[-1].record is job.record


async def test_progress(client: A2E, scripted: Scripted) -> None:
    steps = [video(process=5), video(process=5), video(process=50), video(word="success")]
    scripted.on("POST", VIDEO_DETAIL, *(ok([step]) for step in steps))
    seen = [s.progress async for s in client.avatar_video.job("v").watch()]
    assert seen == [5, 50, None]


async def test_a_failure_is_seen_and_not_raised(client: A2E, scripted: Scripted) -> None:
    failed = image(word="failed", failed_message="NSFW", failed_code="1003")
    scripted.on("GET", DETAIL, ok(image()), ok(failed))
    *_, last = [s async for s in client.text_to_image.job("a").watch()]
    assert last.done
    assert last.record is not None
    assert last.record.failed_message == "NSFW"
    assert describe(last) == (
        "Your request was refused because of its content. Please change it and try again."
    )


async def test_a_job_s_snapshot(client: A2E, scripted: Scripted) -> None:
    scripted.on("POST", START, ok(image(word="sent")))
    job = await client.text_to_image.start(prompt="x")
    assert job.snapshot == Snapshot(
        kind="text_to_image", token=job.token, status=JobStatus.SENT, record=job.record
    )
    assert describe(job) == describe(job.snapshot) == "Your request has been sent."
    assert (job.snapshot.started, job.snapshot.done) == (True, False)


async def test_a_resumed_job_is_seen_when_something_is_known(
    client: A2E, scripted: Scripted
) -> None:
    scripted.on("GET", DETAIL, ok(image(word="processing")))
    job = client.text_to_image.job("a")
    assert job.snapshot.record is None
    first = await anext(job.watch())
    assert first.status is JobStatus.PROCESSING


async def test_the_time_is_up(client: A2E, scripted: Scripted) -> None:
    scripted.on("GET", DETAIL, ok(image()))
    watching = client.text_to_image.job("a").watch(timeout=0.2)
    await anext(watching)
    with pytest.raises(JobTimeout):
        await anext(watching)


class InLine(Job[Any]):
    """A job that waits to be started: what following it asks of such a job, and no more."""

    __slots__ = ("begun", "error", "looks", "place")

    def __init__(self, job: Job[Any], place: int) -> None:
        super().__init__(job._core, job._watch)
        self.place = place
        self.begun = asyncio.Event()
        self.looks = 0
        self.error: Exception | None = None

    @property
    def snapshot(self) -> Snapshot[Any]:
        if self.begun.is_set() and self.error is None:
            return super().snapshot
        self.looks += 1
        if self.error is not None:
            return Snapshot(kind=self.kind, token=None, status=JobStatus.FAILED, error=self.error)
        status = JobStatus.INITIALIZED
        return Snapshot(kind=self.kind, token=None, status=status, position=self.place)

    @property
    def done(self) -> bool:
        return super().done if self.error is None else True

    def _end(self, timeout: Any) -> float | None:
        waits = isinstance(timeout, Deadline) and not self.begun.is_set()
        return None if waits else super()._end(timeout)

    def _shown(self) -> Any:
        return super()._shown() if self.begun.is_set() else None

    async def _change(self, until: float | None, *, only_end: bool) -> Exception | None:
        if self.error is None and self.begun.is_set():
            return await super()._change(until, only_end=only_end)
        try:
            async with asyncio.timeout_at(until):
                await self.begun.wait()
        except TimeoutError:
            return OutOfTime()
        return self.error


@pytest.fixture
def in_line(client: A2E, scripted: Scripted, monkeypatch: pytest.MonkeyPatch) -> InLine:
    monkeypatch.setattr(updates, "_LOOK", 0.05)
    scripted.on("GET", DETAIL, ok(image(word="processing")), ok(image(word="completed")))
    return InLine(client.text_to_image.job("a"), 3)


async def test_the_line_moves(in_line: InLine) -> None:
    watching = in_line.watch()
    assert (await anext(watching)).position == 3
    asyncio.get_running_loop().call_later(0.1, setattr, in_line, "place", 2)
    assert describe(await anext(watching)) == "You are number 2 in line."
    asyncio.get_running_loop().call_later(0.1, in_line.begun.set)
    rest = [snapshot async for snapshot in watching]
    assert [s.status for s in rest] == [JobStatus.PROCESSING, JobStatus.COMPLETED]
    assert all(s.started for s in rest)


async def test_the_line_is_looked_at_once_in_a_while(in_line: InLine) -> None:
    watching = in_line.watch(every=0.2, timeout=0.5)
    await anext(watching)
    in_line.looks = 0
    with pytest.raises(JobTimeout):
        await anext(watching)
    # A few looks at the key, and at whether it has started, each 0.2 seconds.
    assert in_line.looks <= 10


async def test_the_start_is_seen_at_once(in_line: InLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(updates, "_LOOK", 60.0)
    watching = in_line.watch()
    await anext(watching)
    asyncio.get_running_loop().call_later(0.05, in_line.begun.set)
    async with asyncio.timeout(10):
        assert (await anext(watching)).started


async def test_the_end_is_seen_at_once_though_the_start_was_not(in_line: InLine) -> None:
    watching = in_line.watch(every=60.0)
    await anext(watching)
    in_line.begun.set()
    async with asyncio.timeout(10):
        assert (await anext(watching)).status is JobStatus.COMPLETED
    with pytest.raises(StopAsyncIteration):
        await anext(watching)


@pytest.mark.parametrize("verb", ["updates", "watch"])
async def test_a_refused_start_is_raised(in_line: InLine, verb: str) -> None:
    following = getattr(in_line, verb)()
    if verb == "watch":
        await anext(following)
    in_line.error = InsufficientCoins("no", status=402)
    asyncio.get_running_loop().call_soon(in_line.begun.set)
    for _ in range(2):
        with pytest.raises(InsufficientCoins):
            await anext(following)


async def test_records_begin_with_the_start(in_line: InLine) -> None:
    asyncio.get_running_loop().call_later(0.1, in_line.begun.set)
    following = in_line.updates()
    assert (await anext(following)).status is JobStatus.PROCESSING
    # So does the family's deadline, in the middle of a step.
    assert following._end is not None
    assert [record.status async for record in following] == [JobStatus.COMPLETED]


async def test_the_family_s_deadline_begins_with_the_start(in_line: InLine) -> None:
    watching, ends = in_line.watch(), []
    for _ in range(2):
        await anext(watching)
        ends.append(watching._end)
        in_line.begun.set()
    assert ends[0] is None
    assert ends[1] is not None
    assert ends[1] > clock.now()


async def test_a_real_line() -> None:
    async with A2E.sandbox(in_flight=1) as a2e:
        first, second, third = [
            await a2e.enqueue(TextToImage(prompt=prompt)) for prompt in ("a", "b", "c")
        ]
        await until(lambda: third.position)
        watching = third.watch()
        assert (await anext(watching)).position == 2
        assert await third.cancel()
        with pytest.raises(JobCancelled) as caught:
            await anext(watching)
        assert describe(third) == describe(caught.value) == describe(JobCancelled("", job=third))
        texts = [describe(seen) async for seen in second.watch()]
        assert first.done
    assert texts[0].startswith("You are number 1 in line")
    assert texts[-1] == "Your result is ready."
    assert all(one != other for one, other in pairwise(texts))


def test_an_error_about_a_job_without_a_token_can_be_shown() -> None:
    class Tokenless:
        @property
        def token(self) -> str:
            raise JobError("it has no token yet", job=self)  # type: ignore[arg-type]

    error = InsufficientCoins("too few", status=402)
    error.concern(Tokenless())  # type: ignore[arg-type]
    assert str(error) == "too few (HTTP 402)"
