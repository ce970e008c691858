"""Starting a task: what is sent, and what of the answer becomes a job."""

from __future__ import annotations

import asyncio
import logging
import math
from typing import Any

import pytest

from a2e_async import A2E, ContentRejected, InsufficientCoins, JobStatus, SubmitUncertain
from tests.jobs.service import (
    BATCH,
    DETAIL,
    LIST,
    START,
    URL,
    VIDEO_START,
    image,
    started,
    until,
    video,
)
from tests.support.scripted import Reply, Scripted, ok, says

ID = "0123456789abcdef01234567"


@pytest.mark.parametrize(
    "data",
    [
        [image(ID)],
        image(ID),
        {"rows": [image(ID)]},
        {"data": {"data": [image(ID)]}},
        {"id": ID},
        {"task_id": ID},
        ID,
        [ID],
    ],
)
async def test_every_shape_of_the_answer(client: A2E, scripted: Scripted, data: Any) -> None:
    scripted.on("POST", START, ok(data))
    job = await client.text_to_image.start(prompt="x")
    assert (job.id, job.kind, job.token) == (ID, "text_to_image", f"text_to_image:{ID}")
    assert not job.done


async def test_a_number_is_an_id_too(client: A2E, scripted: Scripted) -> None:
    scripted.on("POST", START, ok({"_id": 12}))
    assert (await client.text_to_image.start(prompt="x")).id == "12"


async def test_what_the_classic_page_requires_is_sent(client: A2E, scripted: Scripted) -> None:
    scripted.on("POST", START, ok(image()))
    await client.text_to_image.start(prompt="x")
    (body,) = started(scripted)
    assert body.pop("name").startswith("a2e-")
    assert body == {
        "prompt": "x",
        "req_key": "high_aes_general_v21_L",
        "width": 1024,
        "height": 1024,
    }


async def test_each_start_has_a_name_of_its_own(client: A2E, scripted: Scripted) -> None:
    scripted.on("POST", START, ok(image())).on("POST", VIDEO_START, ok(video()))
    await asyncio.gather(*(client.text_to_image.start(prompt="x") for _ in range(20)))
    assert len({body["name"] for body in started(scripted)}) == 20
    await client.avatar_video.start(anchor_id="x", anchor_type=0, audio_src="https://x.com/a")
    assert 4 < len(scripted.requests("POST", VIDEO_START)[0].json["title"]) <= 40


async def test_the_callers_name_is_kept(client: A2E, scripted: Scripted) -> None:
    scripted.on("POST", START, ok(image(name="mine")))
    job = await client.text_to_image.start(prompt="x", name="mine")
    assert started(scripted)[0]["name"] == "mine"
    assert job.record is not None
    assert job.record.name == "mine"


async def test_the_record_of_the_answer_is_there_at_once(client: A2E, scripted: Scripted) -> None:
    scripted.on("POST", START, ok([image(word="sent", coins=10, createdAt="2030-01-01T00:00:00Z")]))
    job = await client.text_to_image.start(prompt="x")
    assert job.record is not None
    assert (job.status, job.record.coins) == (JobStatus.SENT, 10)
    assert job.record.created_at is not None
    assert job.record.raw["_id"] == "a"
    assert repr(job) == "<Job text_to_image:a sent>"


async def test_an_answer_that_has_the_result_is_not_polled(client: A2E, scripted: Scripted) -> None:
    scripted.on("POST", START, ok([image(word="completed")]))
    job = await client.text_to_image.start(prompt="x")
    assert job.done
    assert (await job).outputs == (URL,)
    assert [r async for r in job.updates()] == [job.record]
    assert len(scripted.seen) == 1


async def test_an_end_without_a_result_is_looked_at(client: A2E, scripted: Scripted) -> None:
    scripted.on("POST", START, ok({"_id": "a", "current_status": "completed"}))
    scripted.on("GET", DETAIL, ok(image(word="completed")))
    record = await client.text_to_image.run(prompt="x")
    assert record.outputs == (URL,)


async def test_a_request_for_several_is_for_start_all(client: A2E, scripted: Scripted) -> None:
    with pytest.raises(ValueError, match="start_all"):
        await client.text_to_image.start(prompt="x", max_images=3)
    assert scripted.seen == []
    scripted.on("POST", START, ok([image("a"), image("b"), image("c")]))
    jobs = await client.text_to_image.start_all(prompt="x", max_images=3)
    assert [job.id for job in jobs] == ["a", "b", "c"]


async def test_tasks_that_nobody_asked_for_are_told(
    client: A2E, scripted: Scripted, caplog: pytest.LogCaptureFixture
) -> None:
    scripted.on("POST", START, ok([image("a"), image("b")]))
    job = await client.text_to_image.start(prompt="x")
    assert job.id == "a"
    assert "text_to_image:b" in caplog.text


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (says({"code": 402, "message": "no coins"}), InsufficientCoins),
        (says({"code": 1003, "message": "no"}), ContentRejected),
    ],
)
async def test_a_refusal_is_told_as_it_is(
    client: A2E, scripted: Scripted, answer: Reply, kind: type[Exception]
) -> None:
    scripted.on("POST", START, answer)
    with pytest.raises(kind):
        await client.text_to_image.start(prompt="x")
    assert len(scripted.seen) == 1


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({}, TypeError),
        ({"prompt": ""}, ValueError),
        ({"prompt": 5}, TypeError),
        ({"prompt": "x", "colour": "red"}, TypeError),
        ({"prompt": "x", "width": 0}, ValueError),
        ({"prompt": "x", "width": "1024"}, TypeError),
        ({"prompt": "x", "width": True}, TypeError),
        ({"prompt": "x", "height": math.inf}, TypeError),
        ({"prompt": "x", "req_key": "none"}, ValueError),
        ({"prompt": "x", "max_images": 9}, ValueError),
        ({"prompt": "x", "webhook_url": "http://example.com"}, ValueError),
        ({"prompt": "x", "aspect_ratio": "1:1"}, ValueError),
        ({"prompt": "x", "input_images": ["not a url"]}, ValueError),
    ],
)
async def test_a_wrong_argument_is_named_before_anything_is_sent(
    client: A2E, scripted: Scripted, fields: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error) as caught:
        await client.text_to_image.start(**fields)
    field = list(fields)[-1] if fields else "prompt"
    assert field in str(caught.value)
    assert scripted.seen == []


async def test_a_cancelled_start_tells_the_name(
    client: A2E, scripted: Scripted, caplog: pytest.LogCaptureFixture
) -> None:
    """The task may have been made and paid for: its name is the way to find it."""
    scripted.on("POST", START, Reply(delay=5.0))
    start = asyncio.create_task(client.text_to_image.start(prompt="x"))
    await until(lambda: scripted.seen)
    with caplog.at_level(logging.WARNING, "a2e_async"):
        start.cancel()
        with pytest.raises(asyncio.CancelledError):
            await start
    assert started(scripted)[0]["name"] in caplog.text
    assert len(scripted.seen) == 1


async def test_run_is_start_and_wait(client: A2E, scripted: Scripted) -> None:
    scripted.on("POST", START, ok([image()])).on("GET", DETAIL, ok(image(word="completed")))
    assert (await client.text_to_image.run(prompt="x")).outputs == (URL,)
    assert scripted.count("POST", BATCH) == 0
    assert scripted.count("GET", LIST) == 0


async def test_no_id_and_no_task_is_uncertain(client: A2E, scripted: Scripted) -> None:
    scripted.on("POST", START, ok({"current_status": "sent"})).on("GET", LIST, ok([]))
    with pytest.raises(SubmitUncertain):
        await client.text_to_image.start(prompt="x")
