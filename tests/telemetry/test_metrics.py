"""What OpenTelemetry's SDK counts and measures."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from a2e_async import A2E
from a2e_async.errors import JobFailed
from a2e_async.jobs.endings import lag_of
from a2e_async.sandbox import Fault, Sandbox
from tests.conftest import QUICK_RETRY
from tests.support.scripted import Scripted, ok
from tests.telemetry.conftest import Told
from tests.telemetry.test_spans import ONE, START, record

KIND = ("a2e.kind", "text_to_image")
NOW = datetime(2026, 1, 1, tzinfo=UTC)


async def test_starts_coins_durations_and_requests_are_counted(told: Told) -> None:
    async with Sandbox(speed=100) as sandbox:
        sandbox.faults.next("start", Fault.none(), Fault.failed_task())
        sandbox.faults.next("detail", Fault.status(502))
        async with A2E.sandbox(sandbox=sandbox, retry=QUICK_RETRY, **told.providers) as a2e:
            await a2e.text_to_image.run(prompt="x")
            with pytest.raises(JobFailed):
                await a2e.text_to_image.run(prompt="x")
    assert told.points("a2e.client.starts") == {(KIND, ("a2e.outcome", "started")): 2}
    assert told.points("a2e.client.coins.spent") == {(KIND,): 20}
    durations = told.points("a2e.client.job.duration")
    assert {dict(key)["a2e.status"]: count for key, (count, _) in durations.items()} == {
        "completed": 1,
        "failed": 1,
    }
    requests = [(dict(key), n) for key, n in told.points("a2e.client.requests").items()]
    starts = [n for key, n in requests if key["a2e.effect"] == "start"]
    assert starts == [2]
    (failed,) = [key for key, _ in requests if "error.type" in key]
    assert failed["http.response.status_code"] == 502
    assert failed["error.type"] == "ServerError"


async def test_jobs_in_flight_are_those_that_somebody_waits_for(
    told: Told, scripted: Scripted, connect: Callable[[], A2E]
) -> None:
    name = "a2e.client.jobs.in_flight"
    scripted.on("GET", ONE, ok(record("processing", image_urls=[])))
    async with connect() as one, connect() as other:
        jobs = [
            one.text_to_image.job("a"),
            one.text_to_image.job("a"),
            other.text_to_image.job("a"),
        ]
        waits = [asyncio.create_task(job.wait()) for job in jobs]
        await asyncio.sleep(0.05)
        assert told.points(name) == {(KIND,): 2}
        waits[2].cancel()
        await asyncio.wait(waits[2:])
        async with asyncio.timeout(20):
            while told.points(name) != {(KIND,): 1}:  # noqa: ASYNC110  (it is asked for, not told)
                await asyncio.sleep(0.02)
        scripted.on("GET", ONE, ok(record()))
        await asyncio.gather(*waits[:2])
        assert told.points(name) == {(KIND,): 0}
    del one, other, jobs, waits
    gc.collect()
    assert told.points(name) == {}


async def test_the_lag_is_by_the_services_clock(
    client: A2E, scripted: Scripted, told: Told
) -> None:
    ended = NOW.replace(microsecond=0)
    late = format_datetime(ended + timedelta(hours=1), usegmt=True)
    answer = ok(record(updatedAt=ended.isoformat()))
    answer.headers["Date"] = late
    scripted.on("POST", START, ok(record("initialized", image_urls=[])))
    scripted.on("GET", ONE, answer)
    await client.text_to_image.run(prompt="x")
    ((count, total),) = told.points("a2e.client.detection.lag").values()
    assert count == 1
    # An hour is more than the job was under way here.
    assert 0 < total < 60


async def test_coins_that_only_the_end_tells_are_counted_once(
    client: A2E, scripted: Scripted, told: Told
) -> None:
    scripted.on("POST", START, ok({"_id": "a", "current_status": "initialized"}))
    scripted.on("GET", ONE, ok(record("processing", image_urls=[])), ok(record(coins=7)))
    job = await client.text_to_image.start(prompt="x")
    assert told.points("a2e.client.coins.spent") == {}
    await job
    await job.refresh()
    assert told.points("a2e.client.coins.spent") == {(KIND,): 7}


@given(st.floats(-1e6, 1e6), st.floats(0, 1e6))
def test_a_lag_is_never_negative_nor_longer_than_the_job_was_unseen(
    late: float, longest: float
) -> None:
    lag = lag_of(NOW - timedelta(seconds=late), NOW, longest=longest)
    assert lag is not None
    assert 0 <= lag <= longest
    if 0 <= late <= longest:
        assert lag == pytest.approx(late, abs=1e-5)
    assert lag_of(None, NOW, longest=longest) is lag_of(NOW, None, longest=longest) is None
