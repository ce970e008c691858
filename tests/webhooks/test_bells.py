"""Webhook on: what is known when, and what it costs, with a sandbox that rings."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from a2e_async import A2E, JobFailed, Schedule, Webhook, WebhookReceiver
from a2e_async.sandbox import Fault, Sandbox, wire
from tests.jobs.service import until
from tests.webhooks.conftest import TOKEN, Porch

# Nobody looks by himself for so long that a test would notice.
PATIENT = Schedule(shortest=100, longest=100, heartbeat=100)
# The same, but bells that name nobody may have all looked at every tenth of a second.
QUICK = Schedule(shortest=0.1, share=1000, longest=100, heartbeat=100)
JOBS = 5


def looks(sandbox: Sandbox) -> int:
    kinds = sandbox.requests.by_kind
    return kinds["detail"] + kinds["batch-detail"] + kinds["list"]


@asynccontextmanager
async def ringing(
    porch: Porch, schedule: Schedule = PATIENT, **options: Any
) -> AsyncIterator[tuple[Sandbox, A2E]]:
    async with Sandbox(speed=1, **options) as sandbox:
        webhook = Webhook(url=porch.url, token=TOKEN)
        async with sandbox.client(webhook=webhook, schedule=schedule) as a2e:
            porch.receiver = WebhookReceiver(a2e)
            yield sandbox, a2e


def staggered() -> Callable[[str], float]:
    durations = iter(0.3 + 0.1 * n for n in range(100))
    return lambda _: next(durations)


@pytest.mark.parametrize("shape", ["event", "record", "bare-id", "no-id", "empty"])
async def test_an_end_is_known_with_the_bell(porch: Porch, shape: str) -> None:
    named = shape in {"event", "record", "bare-id"}
    schedule = PATIENT if named else QUICK
    options = {"durations": staggered(), "webhook_payload": shape}
    async with ringing(porch, schedule, **options) as (sandbox, a2e):
        jobs = [await a2e.text_to_image.start(prompt="x") for _ in range(JOBS)]
        known: dict[str, float] = {}

        async def wait(job: Any) -> None:
            await job
            known[job.id] = time.monotonic()

        async with asyncio.timeout(10), asyncio.TaskGroup() as group:
            for job in jobs:
                group.create_task(wait(job))
        # An end may be seen with the bell of another job, before its own has rung.
        await until(lambda: len(porch.statuses) == len(sandbox.bells) == JOBS)
        lags = [known[bell.task_id] - at for bell, (_, at) in _in_order(sandbox, porch)]
        assert porch.statuses == [204] * JOBS
        assert statistics.median(lags) < 0.2
        assert looks(sandbox) <= (JOBS if named else 3 * JOBS)


def _in_order(sandbox: Sandbox, porch: Porch) -> Any:
    return zip(sandbox.bells, porch.rung, strict=True)


async def test_a_failure_rings_too(porch: Porch) -> None:
    async with ringing(porch, durations=0.2) as (sandbox, a2e):
        sandbox.faults.next("start", Fault.failed_task("no such luck"))
        async with asyncio.timeout(10):
            with pytest.raises(JobFailed, match="no such luck"):
                await a2e.text_to_image.run(prompt="x")
        assert looks(sandbox) == 1


HASTY = Schedule(shortest=0.1, longest=0.3, heartbeat=1.0)


@pytest.mark.parametrize("fault", [Fault.lost_request(), Fault.wrong_token(), Fault.slow(60)])
async def test_without_its_bell_an_end_is_known_by_the_heartbeat(
    porch: Porch, fault: Fault
) -> None:
    async with ringing(porch, HASTY, durations=staggered()) as (sandbox, a2e):
        async with asyncio.timeout(10):
            # From here on, bells are known to work.
            await a2e.text_to_image.run(prompt="x")
        sandbox.faults.next("webhook", fault)
        begun = time.monotonic()
        async with asyncio.timeout(10):
            await a2e.text_to_image.run(prompt="x")
        assert time.monotonic() - begun < 0.4 + HASTY.heartbeat + 1.0


async def test_bells_of_strangers_and_of_the_past_cost_nothing(porch: Porch) -> None:
    async with ringing(porch, durations=staggered()) as (sandbox, a2e):
        sandbox.faults.next("webhook", Fault.repeated(5))
        async with asyncio.timeout(10):
            first = await a2e.text_to_image.start(prompt="x")
            await first
        sandbox.faults.next("webhook", Fault.lost_request())
        waiting = asyncio.create_task(a2e.text_to_image.run(prompt="x"))
        await until(lambda: len(porch.rung) == 5)
        assert porch.statuses == [204] * 5
        before = looks(sandbox)
        body = {"event": "task.completed", "data": {"_id": first.id}}
        for _ in range(10):
            assert await porch.ring("forged", json=body) == 401
            assert await porch.ring(json=body) == 204
        await asyncio.sleep(0.3)
        assert looks(sandbox) == before
        waiting.cancel()
        await asyncio.wait([waiting])


async def test_a_bell_that_repeats_itself_at_once_costs_one_look(porch: Porch) -> None:
    async with ringing(porch, durations=0.5) as (sandbox, a2e):
        sandbox.faults.next("webhook", Fault.repeated(20))
        async with asyncio.timeout(10):
            await a2e.text_to_image.run(prompt="x")
        await until(lambda: len(porch.rung) == 20)
        assert looks(sandbox) == 1


async def test_bells_that_name_nobody_are_not_followed_one_by_one(porch: Porch) -> None:
    schedule = Schedule(shortest=0.5, longest=100, heartbeat=100)
    async with ringing(porch, schedule, durations=100) as (sandbox, a2e):
        waiting = asyncio.create_task(a2e.text_to_image.run(prompt="x"))
        await until(lambda: sandbox.tasks)
        begun = time.monotonic()
        for _ in range(100):
            assert await porch.ring(data="67ee00000000000000000009") == 204
            await asyncio.sleep(0.01)
        spent = time.monotonic() - begun
        assert looks(sandbox) <= 2 + 2 * spent / schedule.shortest
        waiting.cancel()
        await asyncio.wait([waiting])


async def test_a_bell_before_anybody_waits(porch: Porch) -> None:
    async with ringing(porch, durations=0.1) as (sandbox, a2e):
        job = await a2e.text_to_image.start(prompt="x")
        await until(lambda: porch.rung)
        async with asyncio.timeout(10):
            await job
        assert looks(sandbox) == 1


async def test_a_task_that_ends_with_its_start(porch: Porch) -> None:
    async with ringing(porch, durations=0.0) as (_, a2e), asyncio.timeout(10):
        await a2e.text_to_image.run(prompt="x")
        await until(lambda: porch.rung)
    assert porch.statuses == [204]


async def test_a_bell_that_overtakes_the_answer_to_the_start(
    porch: Porch, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with ringing(porch, durations=0.2) as (sandbox, a2e), asyncio.timeout(20):
        # From here on, bells are known to work.
        await a2e.text_to_image.run(prompt="x")
        send = wire.send

        async def send_late(*args: Any) -> Any:
            await asyncio.sleep(0.5)
            return await send(*args)

        monkeypatch.setattr(wire, "send", send_late)
        job = await a2e.text_to_image.start(prompt="x")
        monkeypatch.undo()
        assert len(porch.rung) == len(sandbox.bells) == 2
        begun = time.monotonic()
        await job
        assert time.monotonic() - begun < 1.0
