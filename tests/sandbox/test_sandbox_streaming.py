"""Streaming rooms, and prompts that come as a stream of events."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import ClientPayloadError

from a2e_async.sandbox import Fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Answer, Caller

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(20)]

EXTENSION = "userImage2Video/prompt_extension"
PROMPT: dict[str, Any] = {
    "reference_id": "r",
    "image_url": "https://example.com/a",
    "prompt": "a fox",
    "negative_prompt": "blur",
}


async def test_a_room_is_paid_up_front_and_the_rest_given_back(caller: Caller) -> None:
    entered = await _enter(caller, 600)
    assert caller.sandbox.coins == 100_000 - 600
    assert entered["expire_epoch_timestamp"] == 1_700_000_600
    assert entered["expire_date_UTC"] == "2023-11-14T22:23:20.000Z"
    (room,) = caller.sandbox.rooms
    assert (room.channel, room.coins, room.uid) == (entered["channel"], 600, entered["uid"])
    caller.clock.advance(100.5)
    assert (await _say(caller, "leave", entered)).data == {}
    assert caller.sandbox.coins == 100_000 - 101
    assert (caller.sandbox.rooms, room.coins) == ((), 101)
    history = (await caller.call("GET", "transactionRecord/creditsHistory")).data
    assert [row["amount"] for row in history["rows"]] == [499, -600]


async def test_a_room_that_ended_by_itself_gives_nothing_back(caller: Caller) -> None:
    entered = await _enter(caller, 60)
    caller.clock.advance(60)
    assert caller.sandbox.rooms == ()
    assert (await _say(caller, "leave", entered)).status == 404
    assert caller.sandbox.coins == 100_000 - 60


async def test_what_is_said_in_a_room_is_kept_for_the_test(caller: Caller) -> None:
    entered = await _enter(caller, 60)
    early = await _say(caller, "ask", entered, text="who are you?")
    assert (early.status, early.body["message"]) == (
        400,
        "channel: set-qa-context comes before ask",
    )
    await _say(caller, "set-qa-context", entered, text="I am a fox.")
    await _say(caller, "ask", entered, text="who are you?")
    await _say(caller, "speak", entered, text="hello")
    (room,) = caller.sandbox.rooms
    assert (room.context, room.asked, room.spoken) == ("I am a fox.", ["who are you?"], ["hello"])


@pytest.mark.parametrize("verb", ["ask", "speak", "set-qa-context", "leave"])
async def test_an_unknown_or_left_room_is_not_found(caller: Caller, verb: str) -> None:
    entered = await _enter(caller, 60)
    await _say(caller, "leave", entered)
    extra = {} if verb == "leave" else {"text": "x"}
    assert (await _say(caller, verb, entered, **extra)).status == 404
    assert (await _say(caller, verb, {"channel": "x"}, **extra)).status == 404


async def test_busy_hosts_refuse_with_their_code(serve: Callable[..., Any]) -> None:
    caller = await serve(streaming_hosts=1)
    entered = await _enter(caller, 60)
    body = {"avatar_id": "a", "expire_seconds": 60}
    busy = await caller.call("POST", "streaming-avatar/agora-token", json=body)
    assert (busy.status, busy.body["code"]) == (200, 1001)
    assert caller.sandbox.coins == 100_000 - 60
    await _say(caller, "leave", entered)
    assert await _enter(caller, 60)


async def test_too_few_coins_open_no_room(serve: Callable[..., Any]) -> None:
    caller = await serve(coins=10)
    body = {"avatar_id": "a", "expire_seconds": 60}
    answer = await caller.call("POST", "streaming-avatar/agora-token", json=body)
    assert answer.body["message"] == "Insufficient coins"
    assert caller.sandbox.rooms == ()


async def test_streaming_avatars_have_ids_and_names(caller: Caller) -> None:
    avatars = (await caller.call("GET", "streaming-avatar/all_avatars")).data
    assert {tuple(avatar) for avatar in avatars} == {("_id", "name")}


@pytest.mark.parametrize("path", [EXTENSION, "userImage2Video/flf2v_prompt_extension"])
async def test_prompts_are_extended_at_once_or_as_a_stream(caller: Caller, path: str) -> None:
    end = {"end_image_url": "https://example.com/b"} if "flf2v" in path else {}
    body = {**PROMPT, **end}
    plain = (await caller.call("POST", path, json=body)).data
    assert plain == {
        "prompt": "a fox, cinematic light, fine detail",
        "negative_prompt": "blur",
    }
    streamed = await caller.call("POST", path, json={**body, "stream": True})
    assert streamed.headers["Content-Type"] == "text/event-stream"
    assert "Content-Length" not in streamed.headers
    events = _events(streamed)
    assert [kind for kind, _ in events[-2:]] == ["result", "done"]
    assert events[-2][1] == plain
    pieces = [data["text"] for kind, data in events if kind == "delta"]
    assert len(pieces) > 2
    assert "".join(pieces) == plain["prompt"]


async def test_a_stream_really_comes_in_parts(caller: Caller) -> None:
    url = f"{caller.sandbox.base_url}/api/v1/{EXTENSION}"
    headers = {"Authorization": f"Bearer {caller.sandbox.token}"}
    body = {**PROMPT, "stream": True}
    async with caller.session.post(url, headers=headers, json=body) as response:
        parts = [part async for part, _ in response.content.iter_chunks()]
    assert len(parts) > 5
    assert any(not part.endswith(b"\n\n") for part in parts)


async def test_a_cinematic_prompt_has_shots_and_sound(caller: Caller) -> None:
    body = {**PROMPT, "template": "cinematic", "shot_count": 9}
    text = (await caller.call("POST", EXTENSION, json=body)).data["prompt"]
    heads = [line.split(":")[0] for line in text.split("\n")]
    assert heads == ["Scene", "Shot 1", "Shot 2", "Shot 3", "Shot 4", "Audio"]
    silent = {**body, "with_audio": False, "shot_count": 1, "max_length": 8}
    text = (await caller.call("POST", EXTENSION, json=silent)).data["prompt"]
    assert text == "Scene: a"


async def test_a_stream_can_end_in_an_error_event(caller: Caller) -> None:
    caller.faults.next("stream", Fault.stream_error("too hot"), times=2)
    events = _events(await caller.call("POST", EXTENSION, json={**PROMPT, "stream": True}))
    assert events[-1] == ("error", {"message": "too hot"})
    assert {kind for kind, _ in events[:-1]} == {"delta"}
    plain = await caller.call("POST", EXTENSION, json=PROMPT)
    assert (plain.status, plain.body["message"]) == (200, "too hot")
    with pytest.raises(ValueError, match="concerns streams"):
        caller.faults.next("detail", Fault.stream_error())


async def test_a_stream_can_be_cut(caller: Caller) -> None:
    caller.faults.next("stream", Fault.cut(0.5))
    with pytest.raises(ClientPayloadError):
        await caller.call("POST", EXTENSION, json={**PROMPT, "stream": True})


async def _enter(caller: Caller, seconds: int) -> dict[str, Any]:
    body = {"avatar_id": "65ee00000000000000000001", "expire_seconds": seconds}
    entered: dict[str, Any] = (
        await caller.call("POST", "streaming-avatar/agora-token", json=body)
    ).data
    return entered


async def _say(caller: Caller, verb: str, entered: dict[str, Any], **body: str) -> Answer:
    body = {"channel": entered["channel"], **body}
    return await caller.call("POST", f"streaming-avatar/{verb}", json=body)


def _events(answer: Answer) -> list[tuple[str, dict[str, Any]]]:
    blocks = answer.content.decode().strip().split("\n\n")
    lines = [block.split("\n") for block in blocks if not block.startswith(":")]
    return [(kind[7:], json.loads(data[6:])) for kind, data in lines]
