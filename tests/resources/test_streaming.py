"""Streaming rooms: charged until they are left, so left they are."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

import pytest

from a2e_async import (
    A2E,
    A2EError,
    ConnectionFailed,
    InvalidRequest,
    ServiceBusy,
    SubmitUncertain,
    UnexpectedResponse,
)
from a2e_async.resources.openings import NewRoom
from tests.conftest import QUICK_RETRY
from tests.http.test_secrets import everything_shown
from tests.resources.room import AGORA, LEAVE, NEW_YEAR, OPEN, PATH, ROOM, with_room
from tests.support.scripted import DROP, Reply, Scripted, html, ok, says


@pytest.fixture
def service(scripted: Scripted) -> Scripted:
    return with_room(scripted)


async def test_a_room(client: A2E, service: Scripted) -> None:
    async with client.streaming.open("ann", expire_seconds=600) as room:
        assert (room.app_id, room.channel, room.token) == ("abc", "f00ba", AGORA)
        assert (room.uid, room.expires) == (123456, NEW_YEAR)
        assert room.raw == ROOM
        assert AGORA not in repr(room)
        await room.set_qa_context("I am a fox.")
        await room.ask("Who are you?")
        await room.speak("Hello.")
    assert [(seen.path.removeprefix(f"{PATH}/"), seen.json) for seen in service.seen] == [
        ("agora-token", {"avatar_id": "ann", "expire_seconds": 600}),
        ("set-qa-context", {"channel": "f00ba", "text": "I am a fox."}),
        ("ask", {"channel": "f00ba", "text": "Who are you?"}),
        ("speak", {"channel": "f00ba", "text": "Hello."}),
        ("leave", {"channel": "f00ba"}),
    ]


async def test_a_room_in_the_sandbox() -> None:
    async with A2E.sandbox() as a2e:
        (avatar, *_) = await a2e.streaming.avatars()
        assert avatar.id is not None
        async with a2e.streaming.open(avatar.id, expire_seconds=60) as room:
            await room.set_qa_context("x" * 5000)
            await room.ask("Who are you?")
            await room.speak("Hello.")


@pytest.mark.parametrize(
    ("data", "expires"),
    [
        ({"expire_date_UTC": None}, NEW_YEAR),
        ({"expire_date_UTC": "", "expire_epoch_timestamp": 1735689600_000}, NEW_YEAR),
        ({"expire_date_UTC": "soon", "expire_epoch_timestamp": None}, None),
    ],
)
async def test_the_end_is_read_in_any_form(
    client: A2E, scripted: Scripted, data: dict[str, Any], expires: datetime | None
) -> None:
    scripted.on("POST", "*", ok({})).on("POST", OPEN, ok({**ROOM, **data}))
    async with client.streaming.open("ann", expire_seconds=1) as room:
        assert room.expires == expires


async def test_wrong_arguments(client: A2E, service: Scripted) -> None:
    opening: Any = client.streaming.open
    for arguments, word in (
        (("", 5), "avatar_id"),
        ((5, 5), "avatar_id"),
        (("ann", 0), "expire_seconds"),
        (("ann", 1.5), "expire_seconds"),
        (("ann", True), "expire_seconds"),
    ):
        with pytest.raises((TypeError, ValueError), match=word):
            opening(arguments[0], expire_seconds=arguments[1])
    with pytest.raises(ValueError, match="channel"):
        await client.streaming.leave(" ")
    async with client.streaming.open("ann", expire_seconds=1) as room:
        for call in (room.ask(""), room.speak(" "), room.set_qa_context("x" * 5001)):
            with pytest.raises(ValueError, match="text"):
                await call
    assert [seen.path for seen in service.seen] == [OPEN, LEAVE]


async def test_a_room_of_another_process_is_left(client: A2E, service: Scripted) -> None:
    await client.streaming.leave("f00ba")
    assert service.seen[0].json == {"channel": "f00ba"}


@pytest.mark.parametrize("answer", [DROP, html(), Reply(b""), says({}, 500), ok({}), ok([ROOM])])
async def test_a_lost_opening_is_not_sent_again(
    client: A2E, service: Scripted, answer: Reply
) -> None:
    service.on("POST", OPEN, answer, ok(ROOM))
    with pytest.raises(SubmitUncertain, match="may be open and charged") as caught:
        async with client.streaming.open("ann", expire_seconds=600):
            pytest.fail("there is no room")
    assert caught.value.request == NewRoom(avatar_id="ann", expire_seconds=600)
    assert service.count("POST", OPEN) == 1


async def test_a_busy_service_is_asked_again(client: A2E, service: Scripted) -> None:
    busy = says({"code": 1001, "message": "all hosts are occupied"})
    service.on("POST", OPEN, busy, says({}, 429), ok(ROOM))
    async with client.streaming.open("ann", expire_seconds=600):
        pass
    assert service.count("POST", OPEN) == 3
    service.on("POST", OPEN, busy)
    with pytest.raises(ServiceBusy):
        await client.streaming.open("ann", expire_seconds=600).__aenter__()
    assert service.count("POST", OPEN) == 3 + QUICK_RETRY.attempts


async def test_a_refusal(client: A2E, service: Scripted) -> None:
    service.on("POST", OPEN, says({"message": "no such avatar"}, 400))
    with pytest.raises(InvalidRequest):
        await client.streaming.open("ann", expire_seconds=600).__aenter__()
    assert service.count("POST", "*") == 1


@pytest.mark.parametrize("missing", ["appId", "token"])
async def test_a_room_that_is_of_no_use_is_left(
    client: A2E, service: Scripted, caplog: pytest.LogCaptureFixture, missing: str
) -> None:
    caplog.set_level(logging.DEBUG)
    service.on("POST", OPEN, ok({**ROOM, missing: None}))
    with pytest.raises(UnexpectedResponse, match="f00ba") as caught:
        await client.streaming.open("ann", expire_seconds=600).__aenter__()
    assert service.count("POST", LEAVE) == 1
    assert AGORA not in everything_shown(caught.value) + caplog.text


async def test_no_error_shows_the_token(
    client: A2E, service: Scripted, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for answer in (
        ok({**ROOM, "channel": None}),
        Reply(f'{{"code": 0, "data": {{"token": "{AGORA}'.encode()),
        says({"code": 7, "message": "odd", "data": ROOM}),
    ):
        service.on("POST", OPEN, answer)
        with pytest.raises(A2EError) as caught:
            await client.streaming.open("ann", expire_seconds=600).__aenter__()
        assert AGORA not in everything_shown(caught.value) + caplog.text


async def test_an_opening_is_used_once(client: A2E, service: Scripted) -> None:
    opening = client.streaming.open("ann", expire_seconds=600)
    assert AGORA not in repr(opening)
    async with opening:
        with pytest.raises(A2EError, match="once more"):
            await opening.__aenter__()
    assert service.count("POST", OPEN) == service.count("POST", LEAVE) == 1


async def test_what_is_said_is_not_said_twice(client: A2E, service: Scripted) -> None:
    async with client.streaming.open("ann", expire_seconds=600) as room:
        for verb, call in (("ask", room.ask), ("speak", room.speak)):
            service.on("POST", f"{PATH}/{verb}", DROP, ok({}))
            with pytest.raises(ConnectionFailed):
                await call("Hello?")
            assert service.count("POST", f"{PATH}/{verb}") == 1
        service.on("POST", f"{PATH}/set-qa-context", DROP, ok({}))
        await room.set_qa_context("I am a fox.")
