"""What image-to-video tasks have besides the common verbs."""

from __future__ import annotations

import asyncio
import json
from contextlib import aclosing
from typing import Any

import anyio
import pytest

from a2e_async import (
    A2E,
    APIError,
    ContentRejected,
    InsufficientCoins,
    NotFound,
    SubmitUncertain,
    UnexpectedResponse,
)
from a2e_async.families.extensions import Flf2vPromptExtension, PromptEvent, PromptExtension
from tests.conftest import TOKEN
from tests.http.raw import raw_server
from tests.support.scripted import DROP, Reply, Scripted, html, ok, says

PATH = "/api/v1/userImage2Video"
EXTEND = f"{PATH}/prompt_extension"
FLF2V = f"{PATH}/flf2v_prompt_extension"
URL = "https://example.com/a.png"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20
FIELDS: dict[str, Any] = {
    "reference_id": "1",
    "image_url": URL,
    "prompt": "a fox",
    "negative_prompt": "",
}
CINEMATIC = {**FIELDS, "template": "cinematic", "shot_count": 9, "with_audio": False}
FRAMES = {**FIELDS, "end_image_url": URL}


def stream(*events: tuple[str, Any]) -> Reply:
    lines = [
        f"event: {kind}\ndata: {data if isinstance(data, str) else json.dumps(data)}\n\n"
        for kind, data in events
    ]
    return Reply("".join(lines).encode(), headers={"Content-Type": "text/event-stream"})


async def events_of(events: Any) -> list[PromptEvent]:
    async with aclosing(events):
        return [event async for event in events]


@pytest.mark.parametrize(
    ("data", "seconds"),
    [
        (95, 95),
        ("95.5", 95.5),
        ({"avgProcessingTime": 95}, 95),
        ({"seconds": "95"}, 95),
        ({"odd": 95}, None),
        (None, None),
        ([95], None),
    ],
)
async def test_average_processing_time(
    client: A2E, scripted: Scripted, data: Any, seconds: float | None
) -> None:
    scripted.on("GET", f"{PATH}/avgProcessingTime", ok(data))
    found = await client.image_to_video.average_processing_time()
    assert (found.seconds, found.raw) == (seconds, data)


@pytest.mark.parametrize(
    ("data", "level"),
    [(2, 2), ("low", "low"), ({"level": "2"}, 2), ({"queueLevel": 0}, 0), ({}, None), (None, None)],
)
async def test_queue_level(client: A2E, scripted: Scripted, data: Any, level: Any) -> None:
    scripted.on("GET", f"{PATH}/unlimitedQueueLevel", ok(data))
    found = await client.image_to_video.unlimited_queue_level()
    assert (found.level, found.raw) == (level, data)


async def test_marks(client: A2E, scripted: Scripted) -> None:
    scripted.on("POST", "*", ok({}))
    family = client.image_to_video
    for mark in (family.mark_shared, family.mark_downloaded, family.mark_copied):
        await mark("a/b")
        for wrong in ("", "..", "image_to_video:1", 5):
            with pytest.raises((TypeError, ValueError), match="task_id"):
                await mark(wrong)  # type: ignore[arg-type]
    assert [seen.path for seen in scripted.seen] == [
        f"{PATH}/a/b/markShared",
        f"{PATH}/a/b/markDownloaded",
        f"{PATH}/a/b/markCopied",
    ]
    assert {seen.json for seen in scripted.seen} == {None}


async def test_marks_of_an_unknown_task(client: A2E, scripted: Scripted) -> None:
    scripted.on("POST", "*", says({"code": 404, "message": "no such task"}, 404))
    with pytest.raises(NotFound):
        await client.image_to_video.mark_shared("1")


async def test_all_of_it_in_the_sandbox() -> None:
    async with A2E.sandbox(speed=1000) as a2e:
        family = a2e.image_to_video
        await family.average_processing_time()
        await family.unlimited_queue_level()
        job = await family.start(image_url=URL, prompt="x", negative_prompt="y")
        await job
        for mark in (family.mark_shared, family.mark_downloaded, family.mark_copied):
            await mark(job.id)
        whole = await family.extend_prompt(**CINEMATIC)
        assert whole.prompt
        events = await events_of(family.stream_prompt(**{**FIELDS, "image_url": PNG}))
        assert events[-1].type == "done"
        (result,) = [event.result for event in events if event.type == "result"]
        assert result is not None
        assert result.prompt
        assert "".join(event.text or "" for event in events).strip()
        assert (await family.extend_flf2v_prompt(**FRAMES)).prompt
        assert await events_of(family.stream_flf2v_prompt(**FRAMES))


async def test_what_is_sent(client: A2E, scripted: Scripted) -> None:
    scripted.on("POST", "*", ok({"prompt": "better"}))
    family = client.image_to_video
    await family.extend_prompt(**CINEMATIC, lang="de", max_length=500)
    await events_of(family.stream_prompt(**FIELDS))
    await family.extend_flf2v_prompt(**FRAMES)
    await events_of(family.stream_flf2v_prompt(**FRAMES, lang="de", max_length=5))
    assert [(seen.path, seen.json) for seen in scripted.seen] == [
        (EXTEND, {**CINEMATIC, "lang": "de", "max_length": 500}),
        (EXTEND, {**FIELDS, "stream": True}),
        (FLF2V, FRAMES),
        (FLF2V, {**FRAMES, "lang": "de", "max_length": 5, "stream": True}),
    ]


@pytest.mark.parametrize(
    ("data", "prompt", "negative"),
    [
        ({"prompt": "better", "negative_prompt": "worse"}, "better", "worse"),
        ("better", "better", None),
        ({"result": {"extended_prompt": "better"}}, "better", None),
        ({"result": "better"}, "better", None),
        ({"scene": "a wood", "shots": [1, 2]}, None, None),
        (["better"], None, None),
    ],
)
async def test_prompts_are_read_tolerantly(
    client: A2E, scripted: Scripted, data: Any, prompt: str | None, negative: str | None
) -> None:
    scripted.on("POST", EXTEND, ok(data), stream(("result", data), ("done", {})))
    found = await client.image_to_video.extend_prompt(**FIELDS)
    assert (found.prompt, found.negative_prompt, found.raw) == (prompt, negative, data)
    result, _ = await events_of(client.image_to_video.stream_prompt(**FIELDS))
    assert result.result == found


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"reference_id": ""}, "reference_id"),
        ({"image_url": "a.png"}, "image_url"),
        ({"prompt": " "}, "prompt"),
        ({"negative_prompt": None}, "negative_prompt"),
        ({"lang": ""}, "lang"),
        ({"max_length": 0}, "max_length"),
        ({"template": "epic"}, "template"),
        ({"shot_count": 3}, "shot_count"),
        ({"shot_count": "2", "template": "cinematic"}, "shot_count"),
    ],
)
async def test_wrong_arguments(
    client: A2E, scripted: Scripted, fields: dict[str, Any], field: str
) -> None:
    with pytest.raises((TypeError, ValueError), match=rf"\b{field}\b"):
        await client.image_to_video.extend_prompt(**{**FIELDS, **fields})
    with pytest.raises((TypeError, ValueError), match=rf"\b{field}\b"):
        await anext(client.image_to_video.stream_prompt(**{**FIELDS, **fields}))
    with pytest.raises(ValueError, match="end_image_url"):
        await client.image_to_video.extend_flf2v_prompt(**{**FRAMES, "end_image_url": "b.png"})
    assert scripted.seen == []


async def test_a_stream(client: A2E, scripted: Scripted) -> None:
    answer = stream(
        ("delta", {"text": "a "}),
        ("delta", "fox"),
        ("delta", '" jumps"'),
        ("delta", "1"),
        ("message", {"type": "delta", "content": "!"}),
        ("progress", {"percent": 50}),
        ("result", {"prompt": "a fox jumps"}),
        ("done", {}),
    )
    scripted.on("POST", EXTEND, answer)
    events = await events_of(client.image_to_video.stream_prompt(**FIELDS))
    deltas = [event.text for event in events if event.type == "delta"]
    assert deltas == ["a ", "fox", " jumps", "1", "!"]
    assert [event.type for event in events][5:] == ["progress", "result", "done"]
    assert events[5].raw == {"percent": 50}
    assert events[6].result is not None
    assert events[6].result.prompt == "a fox jumps"


async def test_a_plain_answer_in_place_of_a_stream(client: A2E, scripted: Scripted) -> None:
    scripted.on("POST", EXTEND, ok({"prompt": "better"}))
    (event,) = await events_of(client.image_to_video.stream_prompt(**FIELDS))
    assert event.type == "result"
    assert event.result is not None
    assert event.result.prompt == "better"


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (("error", {"code": 1003, "message": "no"}), ContentRejected),
        (("error", "insufficient coins"), InsufficientCoins),
        (("message", {"type": "error", "message": "boom"}), APIError),
    ],
)
async def test_an_error_event(
    client: A2E, scripted: Scripted, error: tuple[str, Any], kind: type[Exception]
) -> None:
    scripted.on("POST", EXTEND, stream(("delta", "a"), error))
    events = client.image_to_video.stream_prompt(**FIELDS)
    assert (await anext(events)).text == "a"
    with pytest.raises(kind):
        await anext(events)


@pytest.mark.parametrize("answer", [DROP, html(), Reply(b""), says({}, 500), ok(None), ok({})])
async def test_a_lost_prompt_is_not_asked_for_twice(
    client: A2E, scripted: Scripted, answer: Reply
) -> None:
    family = client.image_to_video
    for call, kind in (
        (lambda: family.extend_prompt(**FIELDS), PromptExtension),
        (lambda: family.extend_flf2v_prompt(**FRAMES), Flf2vPromptExtension),
        (lambda: events_of(family.stream_prompt(**FIELDS)), PromptExtension),
        (lambda: events_of(family.stream_flf2v_prompt(**FRAMES)), Flf2vPromptExtension),
    ):
        scripted.seen.clear()
        scripted.on("POST", "*", answer, ok("x"))
        with pytest.raises(SubmitUncertain) as caught:
            await call()
        assert isinstance(caught.value.request, kind)
        assert len(scripted.seen) == 1


async def test_a_stream_without_an_end(client: A2E, scripted: Scripted) -> None:
    scripted.on("POST", EXTEND, stream(("delta", "a")))
    events = client.image_to_video.stream_prompt(**FIELDS)
    assert (await anext(events)).text == "a"
    with pytest.raises(SubmitUncertain) as caught:
        await anext(events)
    assert isinstance(caught.value.__cause__, UnexpectedResponse)


@pytest.mark.parametrize("last", ["result", "done"])
async def test_a_stream_that_breaks_after_its_result(last: str) -> None:
    """What a connection does when all is told loses nothing that was paid for."""
    told = [b'event: result\ndata: {"prompt": "b"}\n\n', b"event: done\ndata: {}\n\n"]
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 9999\r\n\r\n"

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(head + b"".join(told[: 1 + (last == "done")]))
        await writer.drain()

    async with raw_server(answer) as address, A2E(TOKEN, base_url=address) as a2e:
        events = await events_of(a2e.image_to_video.stream_prompt(**FIELDS))
    assert events[-1].type == last
    assert events[0].result is not None
    assert events[0].result.prompt == "b"


async def test_nothing_is_waited_for_after_the_end_of_a_stream() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 9999\r\n\r\n"
    gone = asyncio.Event()

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(head + b"event: done\ndata: {}\n\n")
        await gone.wait()

    async with raw_server(answer) as address, A2E(TOKEN, base_url=address) as a2e:
        with anyio.fail_after(5):
            (event,) = await events_of(a2e.image_to_video.stream_prompt(**FIELDS))
        gone.set()
    assert event.type == "done"
