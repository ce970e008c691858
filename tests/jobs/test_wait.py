"""Waiting for a job: its ends, its limits, and what a wait survives."""

from __future__ import annotations

import asyncio
import logging
import math
from typing import Any

import anyio
import pytest

from a2e_async import (
    A2E,
    AuthenticationFailed,
    ConnectionFailed,
    JobFailed,
    JobNotFound,
    JobStatus,
    JobTimeout,
    PermissionDenied,
    ServerError,
)
from tests.conftest import QUICK_SCHEDULE, TOKEN
from tests.jobs.service import DETAIL, LIST, URL, VIDEO_DETAIL, image, video
from tests.support.scripted import DROP, Reply, Scripted, html, ok, says

DONE = ok(image(word="completed"))
GOING = ok(image())
UNKNOWN = says({"code": 404, "message": "not found"}, 404)


async def test_await_polls_to_the_end(client: A2E, scripted: Scripted) -> None:
    scripted.on("GET", DETAIL, ok(image(word="sent")), GOING, GOING, DONE)
    job = client.text_to_image.job("a")
    assert (job.record, job.status, job.done) == (None, JobStatus.SENT, False)
    record = await job
    assert (record.status, record.outputs) == (JobStatus.COMPLETED, (URL,))
    assert job.done
    assert await job is record
    assert scripted.count("GET", DETAIL) == 4


@pytest.mark.parametrize(
    "passing",
    [
        DROP,
        html(),
        html(502),
        Reply(b""),
        Reply(b"", 429),
        says({"message": "oops"}, 500),
        says({"code": 1001, "message": "occupied"}),
        says({"code": 0, "data": {"_id": "somebody else's"}}),
        says({"code": 0, "data": "queued"}),
        UNKNOWN,
        ok([]),
        ok(None),
        html(403),
        says({"code": 9999, "message": "system error"}),
    ],
)
async def test_what_a_wait_survives(client: A2E, scripted: Scripted, passing: Reply) -> None:
    scripted.on("GET", DETAIL, passing, passing, GOING, passing, DONE)
    assert (await client.text_to_image.job("a")).outputs == (URL,)


async def test_an_outage_is_survived_to_the_deadline(client: A2E, scripted: Scripted) -> None:
    scripted.on("GET", DETAIL, GOING, DROP)
    job = client.text_to_image.job("a")
    with pytest.raises(JobTimeout) as caught:
        await job.wait(timeout=0.5)
    assert isinstance(caught.value, TimeoutError)
    assert isinstance(caught.value.__cause__, ConnectionFailed)
    assert caught.value.job is job
    assert caught.value.record is job.record is not None
    assert "text_to_image:a" in str(caught.value)
    scripted.on("GET", DETAIL, DONE)
    assert (await job).outputs == (URL,)


async def test_a_time_out_of_a_healthy_job_has_no_cause(client: A2E, scripted: Scripted) -> None:
    scripted.on("GET", DETAIL, GOING)
    with pytest.raises(JobTimeout, match="still processing") as caught:
        await client.text_to_image.job("a").wait(timeout=0.1)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("timeout", [0, 0.0])
async def test_no_time_at_all(client: A2E, scripted: Scripted, timeout: float) -> None:
    with pytest.raises(JobTimeout):
        await client.text_to_image.job("a").wait(timeout=timeout)


async def test_no_end_by_choice(client: A2E, scripted: Scripted) -> None:
    scripted.on("GET", DETAIL, GOING, DONE)
    await client.text_to_image.job("a").wait(timeout=None)


@pytest.mark.parametrize(
    ("timeout", "kind"),
    [(-1, ValueError), (math.nan, ValueError), (math.inf, ValueError), ("5", TypeError)],
)
async def test_a_time_that_is_none(
    client: A2E, scripted: Scripted, timeout: Any, kind: type[Exception]
) -> None:
    job = client.text_to_image.job("a")
    with pytest.raises(kind, match="timeout"):
        await job.wait(timeout=timeout)
    with pytest.raises(kind, match="timeout"):
        await anext(job.updates(timeout=timeout))
    assert scripted.seen == []


async def test_each_family_has_a_finite_deadline(client: A2E) -> None:
    families = map(client.family, client.kinds())
    assert all(0 < family.product.deadline < 24 * 3600 for family in families)


async def test_a_short_wait_repeated_gets_there(client: A2E, scripted: Scripted) -> None:
    scripted.on("GET", DETAIL, GOING, GOING, DONE)
    job = client.text_to_image.job("a")
    async with asyncio.timeout(5):
        while not job.done:
            try:
                await job.wait(timeout=0.01)
            except JobTimeout:
                await asyncio.sleep(0)
    assert scripted.count("GET", DETAIL) == 3


async def test_a_look_that_is_overdue_is_made_at_once(scripted: Scripted, client: A2E) -> None:
    """Who awaits a job long after its start does not wait for an interval more."""
    job = client.text_to_image.job("a")
    scripted.on("GET", DETAIL, GOING, DONE)
    await job.refresh()
    assert job._watch.looked is not None
    job._watch.since = job._watch.looked = job._watch.looked - 600
    async with asyncio.timeout(5):
        await job
    assert scripted.count("GET", DETAIL) == 2


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"failed_code": "E1", "failed_message": "bad"}, ("E1", "bad")),
        ({"error_code": 0, "faild_message": "bad"}, ("0", "bad")),
        ({"error_code": None, "failed_message": "bad"}, (None, "bad")),
        ({"fail_reason": "bad"}, (None, "bad")),
        ({}, (None, None)),
        ({"failed_message": ""}, (None, None)),
    ],
)
@pytest.mark.parametrize("word", ["failed", "fail", "Error", "cancelled", "timeout"])
async def test_failed(
    client: A2E, scripted: Scripted, word: str, fields: Any, told: tuple[str | None, str | None]
) -> None:
    scripted.on("GET", DETAIL, ok(image(word=word, coins=10, **fields)))
    job = client.text_to_image.job("a")
    with pytest.raises(JobFailed):
        await job
    with pytest.raises(JobFailed) as caught:
        await job
    record = caught.value.record
    assert record is not None
    assert (record.failed_code, record.failed_message) == told
    assert (record.status, record.current_status, record.coins) == (JobStatus.FAILED, word, 10)
    assert (told[1] or "no reason") in str(caught.value)
    assert caught.value.job.token in str(caught.value)
    assert scripted.count("GET", DETAIL) == 1


@pytest.mark.parametrize("field", ["msg", "error", "failed_message"])
async def test_an_avatar_video_has_words_of_its_own(
    client: A2E, scripted: Scripted, field: str
) -> None:
    scripted.on("POST", VIDEO_DETAIL, ok([video(word="fail", **{field: "no face"})]))
    with pytest.raises(JobFailed, match="no face"):
        await client.avatar_video.job("v")


async def test_a_task_that_nobody_knows(client: A2E, scripted: Scripted) -> None:
    scripted.on("GET", DETAIL, UNKNOWN).on("GET", LIST, ok([image("other")]))
    with pytest.raises(JobNotFound) as caught:
        await client.text_to_image.job("a")
    assert caught.value.job.token == "text_to_image:a"
    assert scripted.count("GET", DETAIL) - scripted.count("GET", LIST) >= 3


async def test_a_task_that_only_the_list_knows(client: A2E, scripted: Scripted) -> None:
    scripted.on("GET", DETAIL, UNKNOWN)
    scripted.on("GET", LIST, DROP, ok([image()]), ok([image(word="completed")]))
    assert (await client.text_to_image.job("a")).outputs == (URL,)


async def test_a_list_that_is_refused_finds_nothing(client: A2E, scripted: Scripted) -> None:
    scripted.on("GET", DETAIL, UNKNOWN).on("GET", LIST, says({"message": "no"}, 403))
    with pytest.raises(JobNotFound):
        await client.text_to_image.job("a")


async def test_a_task_that_is_gone_after_it_was_seen(client: A2E, scripted: Scripted) -> None:
    scripted.on("GET", DETAIL, GOING, UNKNOWN).on("GET", LIST, ok([]))
    with pytest.raises(JobNotFound) as caught:
        await client.text_to_image.job("a")
    assert caught.value.record is not None


async def test_a_wrong_token_ends_a_wait_at_once(client: A2E, scripted: Scripted) -> None:
    scripted.on("GET", DETAIL, GOING, says({"code": 401, "msg": "expired"}))
    with pytest.raises(AuthenticationFailed) as caught:
        await client.text_to_image.job("a")
    assert caught.value.job is not None
    assert caught.value.job.token in str(caught.value)
    assert scripted.count("GET", DETAIL) == 2


async def test_a_refusal_that_stays_ends_a_wait(client: A2E, scripted: Scripted) -> None:
    scripted.on("GET", DETAIL, says({"message": "not yours"}, 403))
    with pytest.raises(PermissionDenied) as caught:
        await client.text_to_image.job("a")
    assert caught.value.job is not None
    assert scripted.count("GET", DETAIL) == 3


async def test_an_unknown_word_is_waited_through_and_logged_once(
    client: A2E, scripted: Scripted, caplog: pytest.LogCaptureFixture
) -> None:
    odd = ok(image(word="reticulating"))
    scripted.on("GET", DETAIL, odd, odd, odd, DONE)
    job = client.text_to_image.job("a")
    with caplog.at_level(logging.WARNING, "a2e_async"):
        await job
    assert len([r for r in caplog.records if "reticulating" in r.getMessage()]) == 1


async def test_a_failing_middleware_ends_the_wait(scripted: Scripted) -> None:
    async def broken(request: Any, handler: Any) -> Any:
        raise LookupError("mine")

    async with A2E(
        TOKEN, base_url=scripted.base_url, middlewares=[broken], schedule=QUICK_SCHEDULE
    ) as a2e:
        jobs = [a2e.text_to_image.job(i) for i in "ab"]
        for _ in range(2):
            waits = [asyncio.create_task(job.wait(timeout=5)) for job in jobs]
            outcomes = await asyncio.gather(*waits, return_exceptions=True)
            assert [type(outcome) for outcome in outcomes] == [LookupError] * 2


async def test_an_outer_limit_is_the_callers(client: A2E, scripted: Scripted) -> None:
    scripted.on("GET", DETAIL, GOING)
    with pytest.raises(TimeoutError) as caught:
        async with asyncio.timeout(0.1):
            await client.text_to_image.job("a")
    assert not isinstance(caught.value, JobTimeout)
    with anyio.move_on_after(0.1) as scope:
        await client.text_to_image.job("a")
    assert scope.cancelled_caught


async def test_a_server_error_is_kept_as_the_cause(client: A2E, scripted: Scripted) -> None:
    scripted.on("GET", DETAIL, says({"message": "oops"}, 500))
    with pytest.raises(JobTimeout, match="not seen yet") as caught:
        await client.text_to_image.job("a").wait(timeout=0.3)
    assert isinstance(caught.value.__cause__, ServerError)
