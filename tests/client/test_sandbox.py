"""End to end on the sandbox, with its faults."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import pytest

from a2e_async import A2E, A2EError, JobFailed, JobNotFound, JobStatus, JobTimeout, SubmitUncertain
from a2e_async.sandbox import Fault, Sandbox
from tests.conftest import QUICK_RETRY


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(seed=3, speed=500, durations=50.0) as service:
        yield service


@pytest.fixture
async def a2e(sandbox: Sandbox) -> AsyncIterator[A2E]:
    async with sandbox.client(retry=QUICK_RETRY) as client:
        yield client


async def test_the_main_job(a2e: A2E, sandbox: Sandbox) -> None:
    job = await a2e.text_to_image.start(prompt="a red fox", width=64, height=48)
    seen = [record.status async for record in job.updates()]
    assert seen == sorted(seen, key=list(JobStatus).index)
    record = await job
    assert (record.status, record.prompt, record.width) == (JobStatus.COMPLETED, "a red fox", 64)
    assert record.outputs == record.image_urls
    assert record.coins
    assert [r.id async for r in a2e.text_to_image.list()] == [job.id]
    await job.delete()
    assert [r.id async for r in a2e.text_to_image.list()] == []
    with pytest.raises(JobNotFound):
        await job.refresh()


async def test_an_avatar_video_from_text(a2e: A2E) -> None:
    avatars = await a2e.avatars.list()
    job = await a2e.avatar_video_from_text("Hello there.", anchor_id=str(avatars[0].id))
    record = await job
    assert record.outputs == (record.result,)
    assert await a2e.account.coins() < 100_000
    assert await a2e.languages()


async def test_several_at_once(a2e: A2E, sandbox: Sandbox) -> None:
    jobs = await a2e.text_to_image.start_all(prompt="x", max_images=4)
    records = await asyncio.gather(*(job.wait() for job in jobs))
    assert len({record.id for record in records}) == 4
    found = await a2e.text_to_image.get_many([*(job.id for job in jobs), "0" * 24])
    assert list(found) == [job.id for job in jobs]


@pytest.mark.parametrize(
    "options",
    [
        {"classic": True},
        {"batch_detail": "rows"},
        {"batch_detail": "missing"},
        {"batch_detail": "partial"},
        {"batch_detail": "odd"},
        {"list_shape": "list"},
        {"list_shape": "bare"},
        {"envelope": "string-code"},
        {"envelope": "success"},
        {"envelope": "no-trace"},
    ],
    ids=str,
)
async def test_every_shape(options: dict[str, Any]) -> None:
    async with A2E.sandbox(speed=2000, durations=50.0, **options) as a2e:
        runs = (a2e.text_to_image.run(prompt=str(n)) for n in range(5))
        records = await asyncio.gather(*runs)
        assert [record.prompt for record in records] == list("01234")
        assert len([r async for r in a2e.text_to_image.list(page_size=2)]) == 5


@pytest.mark.parametrize(
    "fault",
    [
        Fault.lost_answer(),
        Fault.html(carried_out=True),
        Fault.empty(carried_out=True),
        Fault.status(500, carried_out=True),
        Fault.status(502, carried_out=True),
    ],
    ids=lambda fault: fault.effect.value,
)
async def test_a_lost_answer_is_no_lost_task(a2e: A2E, sandbox: Sandbox, fault: Fault) -> None:
    sandbox.faults.next("start", fault)
    record = await a2e.text_to_image.run(prompt="x")
    assert record.outputs
    assert len(sandbox.tasks) == 1


@pytest.mark.parametrize(
    "fault", [Fault.lost_request(), Fault.status(500), Fault.html()], ids=lambda f: f.effect.value
)
async def test_what_may_be_lost_is_told(a2e: A2E, sandbox: Sandbox, fault: Fault) -> None:
    sandbox.faults.next("start", fault)
    with pytest.raises(SubmitUncertain):
        await a2e.text_to_image.start(prompt="x")
    assert sandbox.requests.by_kind["start"] == 1


async def test_a_busy_service_is_asked_again(a2e: A2E, sandbox: Sandbox) -> None:
    again = (Fault.rate_limited(0.05), Fault.status(503, retry_after=0.05), Fault.refused(1001))
    sandbox.faults.next("start", *again)
    await a2e.text_to_image.start(prompt="x")
    assert (len(sandbox.tasks), sandbox.requests.by_kind["start"]) == (1, 4)


async def test_a_task_that_is_late_or_fails(a2e: A2E, sandbox: Sandbox) -> None:
    sandbox.faults.next("start", Fault.early_404(20), Fault.failed_task("no luck", 42))
    sandbox.faults.next("detail", Fault.none(), Fault.unknown_status())
    assert (await a2e.text_to_image.run(prompt="x")).outputs
    with pytest.raises(JobFailed, match="no luck") as caught:
        await a2e.text_to_image.run(prompt="x")
    assert caught.value.record is not None
    assert caught.value.record.failed_code == "42"


async def test_a_stormy_day(a2e: A2E, sandbox: Sandbox) -> None:
    """Every fault at its rate: each start ends, none is paid twice, no job is lost."""
    everywhere = {Fault.status(502): 0.05, Fault.lost_answer(): 0.05, Fault.html(): 0.05}
    sandbox.faults.rate.update(
        {
            "start": everywhere | {Fault.rate_limited(0.01): 0.1, Fault.early_404(10): 0.1},
            "detail": everywhere | {Fault.unknown_status(): 0.1},
            "batch-detail": everywhere | {Fault.empty(): 0.1},
            "list": everywhere,
        }
    )
    runs = (a2e.text_to_image.run(prompt=str(n)) for n in range(120))
    async with asyncio.timeout(30):
        outcomes = await asyncio.gather(*runs, return_exceptions=True)
    kinds = Counter(type(outcome) for outcome in outcomes)
    assert not {kind for kind in kinds if issubclass(kind, Exception)} - {SubmitUncertain}
    assert kinds[SubmitUncertain] < 60
    prompts = Counter(str(task.body["prompt"]) for task in sandbox.tasks)
    assert max(prompts.values()) == 1
    found = {outcome.prompt for outcome in outcomes if not isinstance(outcome, BaseException)}
    assert found <= prompts.keys()


async def test_resumed_after_a_time_out_by_another_client(a2e: A2E, sandbox: Sandbox) -> None:
    job = await a2e.text_to_image.start(prompt="x")
    with pytest.raises(JobTimeout) as caught:
        await job.wait(timeout=0)
    async with sandbox.client() as other:
        assert (await other.job(caught.value.job.token)).outputs
    assert (await job).outputs


async def test_a_client_takes_its_own_sandbox_along() -> None:
    a2e = A2E.sandbox(seed=1, speed=2000)
    assert "sandbox" in repr(a2e)
    assert await a2e.account.coins() == 100_000
    await a2e.aclose()
    with pytest.raises(A2EError, match="closed"):
        await a2e.account.coins()


async def test_a_sandbox_that_was_given_stays(sandbox: Sandbox) -> None:
    async with A2E.sandbox(sandbox=sandbox) as one:
        assert repr(one) == "<A2E sandbox>"
        await one.account.coins()
    async with sandbox.client() as other:
        assert await other.account.coins() == 100_000
    with pytest.raises(TypeError, match="both"):
        A2E.sandbox(sandbox=sandbox, seed=5)
