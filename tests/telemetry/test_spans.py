"""What OpenTelemetry's SDK sees of starts, waits, looks and downloads."""

from __future__ import annotations

import asyncio
import gc
from pathlib import Path

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF
from opentelemetry.trace import StatusCode

from a2e_async import A2E
from a2e_async.errors import ContentRejected, JobFailed, JobTimeout, SubmitUncertain
from a2e_async.sandbox import Fault, Sandbox
from tests.conftest import QUICK_RETRY, QUICK_SCHEDULE
from tests.support.scripted import DROP, Reply, Scripted, ok, says
from tests.telemetry.conftest import Told

START = "/api/v1/userText2Image/start"
ONE = "/api/v1/userText2Image/a"
LIST = "/api/v1/userText2Image/allRecords"
PROMPT = "a very private prompt"


def facts(span: ReadableSpan) -> dict[str, object]:
    return dict(span.attributes or {})


def record(status: str = "completed", **more: object) -> dict[str, object]:
    result = {"image_urls": ["https://cdn.example/a.png?sig=s3cr3t"]}
    return {"_id": "a", "current_status": status, "coins": 10, "prompt": PROMPT, **result, **more}


async def test_a_job_on_the_sandbox_is_told_from_start_to_download(
    told: Told, tmp_path: Path
) -> None:
    async with A2E.sandbox(speed=100, **told.providers) as a2e:
        with told.tracers.get_tracer("app").start_as_current_span("app") as app:
            job = await a2e.text_to_image.start(prompt=PROMPT)
            await job
            assert trace.get_current_span() is app
        await job.download(tmp_path)
    start, wait = told.span("a2e.start"), told.span("a2e.wait")
    assert start.name == "a2e.start text_to_image"
    assert start.kind is trace.SpanKind.CLIENT
    assert start.parent == wait.parent == app.get_span_context()
    seen = facts(start)
    assert seen.pop("a2e.trace_id")
    assert seen == {
        "a2e.kind": "text_to_image",
        "a2e.job.ids": (job.id,),
        "a2e.coins": 10,
        "a2e.attempts": 1,
        "a2e.outcome": "started",
    }
    assert facts(wait)["a2e.outcome"] == "completed"
    looks = told.spans("a2e.poll")
    assert all(look.parent is None for look in looks)
    assert facts(looks[-1]) == {
        "a2e.kind": "text_to_image",
        "a2e.jobs": 1,
        "a2e.poll.how": "detail",
        "a2e.requests": 1,
        "a2e.jobs.ended": 1,
        "a2e.jobs.unread": 0,
    }
    download = told.span("a2e.download")
    assert facts(download)["a2e.job.id"] == job.id
    assert facts(download)["a2e.outcome"] == "fetched"
    assert PROMPT not in told.everything()
    assert "http://" not in told.everything()


async def test_each_attempt_of_a_start_is_an_event(told: Told) -> None:
    async with Sandbox(speed=100) as sandbox:
        sandbox.faults.next("start", Fault.rate_limited(0.01), Fault.lost_answer())
        async with A2E.sandbox(sandbox=sandbox, retry=QUICK_RETRY, **told.providers) as a2e:
            job = await a2e.text_to_image.start(prompt=PROMPT)
    start = told.span("a2e.start")
    assert facts(start)["a2e.outcome"] == "adopted"
    assert facts(start)["a2e.attempts"] == 2
    assert facts(start)["a2e.job.ids"] == (job.id,)
    assert [dict(event.attributes or {}) for event in start.events] == [
        {"a2e.attempt": 1, "http.response.status_code": 429, "error.type": "RateLimited"},
        {"a2e.attempt": 2, "error.type": "ConnectionFailed"},
    ]
    assert start.status.status_code is StatusCode.UNSET
    assert {dict(key)["a2e.outcome"] for key in told.points("a2e.client.starts")} == {"adopted"}


async def test_a_refused_start_tells_its_class_and_no_words(
    client: A2E, scripted: Scripted, told: Told
) -> None:
    refusal = {"code": 1003, "message": f"not allowed: {PROMPT}", "trace_id": "t-9"}
    scripted.on("POST", START, says(refusal))
    with pytest.raises(ContentRejected):
        await client.text_to_image.start(prompt=PROMPT)
    start = told.span("a2e.start")
    assert start.status.status_code is StatusCode.ERROR
    assert start.status.description == "ContentRejected"
    seen = facts(start)
    assert seen["error.type"] == "ContentRejected"
    assert seen["a2e.trace_id"] == "t-9"
    assert seen["http.response.status_code"] == 200
    assert seen["a2e.outcome"] == "failed"
    assert PROMPT not in told.everything()


async def test_an_uncertain_start_is_told_so(client: A2E, scripted: Scripted, told: Told) -> None:
    scripted.on("POST", START, DROP).on("GET", LIST, ok([]))
    with pytest.raises(SubmitUncertain):
        await client.text_to_image.start(prompt=PROMPT)
    assert facts(told.span("a2e.start"))["a2e.outcome"] == "uncertain"


@pytest.mark.parametrize(("ending", "error"), [("failed", JobFailed), ("processing", JobTimeout)])
async def test_a_wait_without_a_result_tells_why(
    client: A2E, scripted: Scripted, told: Told, ending: str, error: type[Exception]
) -> None:
    words = {"failed_message": PROMPT} if ending == "failed" else {}
    scripted.on("GET", ONE, ok(record(ending, image_urls=[], **words)))
    with pytest.raises(error):
        await client.text_to_image.job("a").wait(timeout=0.2 if ending == "processing" else 20)
    wait = told.span("a2e.wait")
    assert facts(wait)["a2e.outcome"] == {"failed": "failed"}.get(ending, "timeout")
    assert wait.status.description == error.__name__
    assert PROMPT not in told.everything()


async def test_cancelled_starts_and_waits_end_their_spans(
    client: A2E, scripted: Scripted, told: Told
) -> None:
    asked = asyncio.Event()

    async def hang(_: object) -> Reply:
        asked.set()
        await asyncio.sleep(60)
        return DROP

    scripted.on("POST", START, hang)
    scripted.on("GET", ONE, ok(record("processing", image_urls=[])))
    waiting = asyncio.create_task(client.text_to_image.job("a").wait())
    starting = asyncio.create_task(client.text_to_image.start(prompt=PROMPT))
    await asked.wait()
    for task in (waiting, starting):
        task.cancel()
    await asyncio.wait([waiting, starting])
    for name in ("a2e.wait", "a2e.start"):
        span = told.span(name)
        assert facts(span)["a2e.outcome"] == "cancelled"
        assert span.status.status_code is StatusCode.UNSET


class Opened(SpanProcessor):
    """Counts the spans that are open."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def on_start(self, span: Span, parent_context: object = None) -> None:
        self.names.append(span.name)

    def on_end(self, span: ReadableSpan) -> None:
        self.names.remove(span.name)


async def test_a_closed_client_leaves_no_span_open(
    client: A2E, scripted: Scripted, told: Told
) -> None:
    opened = Opened()
    told.tracers.add_span_processor(opened)

    asked = asyncio.Event()

    async def hang(_: object) -> Reply:
        asked.set()
        await asyncio.sleep(60)
        return DROP

    scripted.on("GET", ONE, hang)
    waiting = asyncio.create_task(client.text_to_image.job("a").wait())
    await asked.wait()
    assert sorted(opened.names) == ["a2e.poll text_to_image", "a2e.wait text_to_image"]
    await client.aclose()
    await asyncio.wait([waiting])
    assert opened.names == []
    assert facts(told.span("a2e.wait"))["error.type"] == "JobError"


async def test_a_wait_that_is_thrown_away_leaves_nothing(
    client: A2E, told: Told, caplog: pytest.LogCaptureFixture
) -> None:
    coroutine = client.text_to_image.job("a").wait()
    coroutine.send(None)
    coroutine.close()
    del coroutine
    gc.collect()
    assert facts(told.span("a2e.wait"))["a2e.kind"] == "text_to_image"
    assert "context" not in caplog.text


async def test_many_jobs_share_a_look_that_is_nobodys_child(told: Told) -> None:
    async with A2E.sandbox(speed=100, schedule=QUICK_SCHEDULE, **told.providers) as a2e:
        with told.tracers.get_tracer("app").start_as_current_span("app"):
            jobs = [await a2e.text_to_image.start(prompt="x") for _ in range(5)]
            await asyncio.gather(*jobs)
    looks = told.spans("a2e.poll")
    assert {facts(look)["a2e.poll.how"] for look in looks} >= {"batch"}
    assert sum(int(str(facts(look)["a2e.jobs.ended"])) for look in looks) == 5
    assert all(look.parent is None for look in looks)
    assert len(told.spans("a2e.wait")) == 5


class Broken(SpanProcessor):
    """A processor of the caller's that fails."""

    def on_end(self, span: ReadableSpan) -> None:
        raise RuntimeError("the exporter is broken")


async def test_a_listener_that_fails_loses_no_paid_job(
    told: Told, caplog: pytest.LogCaptureFixture
) -> None:
    told.tracers.add_span_processor(Broken())
    async with A2E.sandbox(speed=100, **told.providers) as a2e:
        record_ = await a2e.text_to_image.run(prompt="x")
        assert record_.outputs
    broken = [it for it in caplog.records if "OpenTelemetry fails" in it.getMessage()]
    assert len(broken) <= 1


async def test_a_sampled_out_start_is_made_all_the_same(told: Told) -> None:
    providers = {**told.providers, "tracer_provider": TracerProvider(sampler=ALWAYS_OFF)}
    async with A2E.sandbox(speed=100, **providers) as a2e:
        assert (await a2e.text_to_image.run(prompt="x")).outputs
        assert not trace.get_current_span().get_span_context().is_valid
    assert told.spans() == []
    assert sum(told.points("a2e.client.starts").values()) == 1
