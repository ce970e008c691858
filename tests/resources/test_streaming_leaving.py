"""Leaving a streaming room: at its end, on errors and cancellation, and with the client."""

from __future__ import annotations

import asyncio

import anyio
import pytest

from a2e_async import (
    A2E,
    A2EError,
    ConfigurationError,
    InvalidRequest,
    RetryPolicy,
)
from a2e_async.resources import openings, rooms
from a2e_async.resources.rooms import StreamingSession
from tests.conftest import TOKEN
from tests.resources.room import LEAVE, OPEN, ROOM, with_room
from tests.support.scripted import DROP, Reply, Scripted, html, ok, says


@pytest.fixture
def service(scripted: Scripted) -> Scripted:
    return with_room(scripted)


async def test_an_error_leaves_the_room(client: A2E, service: Scripted) -> None:
    with pytest.raises(KeyError):
        async with client.streaming.open("ann", expire_seconds=600):
            raise KeyError("mine")
    assert service.count("POST", LEAVE) == 1


async def test_a_room_is_left_once(client: A2E, service: Scripted) -> None:
    service.on("POST", LEAVE, Reply(b'{"code": 0}', delay=0.05))
    async with client.streaming.open("ann", expire_seconds=600) as room:
        async with anyio.create_task_group() as group:
            group.start_soon(room.leave)
            group.start_soon(room.leave)
        assert "left" in repr(room)
        with pytest.raises(A2EError, match="f00ba was left"):
            await room.ask("Still there?")
    assert service.count("POST", LEAVE) == 1
    await client.aclose()
    assert service.count("POST", LEAVE) == 1


@pytest.mark.parametrize("answer", [DROP, says({}, 500), html(), says({"code": 1001})])
async def test_leaving_is_tried_again(client: A2E, service: Scripted, answer: Reply) -> None:
    service.on("POST", LEAVE, answer, answer, ok({}))
    async with client.streaming.open("ann", expire_seconds=600):
        pass
    assert service.count("POST", LEAVE) == 3


async def test_a_room_that_is_gone_is_left(client: A2E, service: Scripted) -> None:
    service.on("POST", LEAVE, says({"code": 404, "message": "no such channel"}, 404))
    async with client.streaming.open("ann", expire_seconds=600):
        pass
    service.on("POST", LEAVE, html(404))
    with pytest.raises(A2EError, match="f00ba"):
        async with client.streaming.open("ann", expire_seconds=600):
            pass


async def test_leaving_that_fails_names_the_channel(
    client: A2E, service: Scripted, caplog: pytest.LogCaptureFixture
) -> None:
    service.on("POST", LEAVE, says({"message": "no"}, 400))
    with pytest.raises(A2EError, match=r"streaming\.leave\('f00ba'\)") as caught:
        async with client.streaming.open("ann", expire_seconds=600):
            pass
    assert isinstance(caught.value.__cause__, InvalidRequest)
    assert "f00ba" in caplog.text


async def test_leaving_that_fails_hides_no_other_error(
    client: A2E, service: Scripted, caplog: pytest.LogCaptureFixture
) -> None:
    service.on("POST", LEAVE, says({"message": "no"}, 400))
    with pytest.raises(KeyError) as caught:
        async with client.streaming.open("ann", expire_seconds=600):
            raise KeyError("mine")
    assert "f00ba" in "".join(caught.value.__notes__)
    assert "f00ba" in caplog.text


async def test_a_room_that_could_not_be_left_is_tried_again_at_the_end(
    client: A2E, service: Scripted
) -> None:
    service.on("POST", LEAVE, says({"message": "no"}, 400), ok({}))
    with pytest.raises(A2EError):
        async with client.streaming.open("ann", expire_seconds=600):
            pass
    await client.aclose()
    assert service.count("POST", LEAVE) == 2


async def test_leaving_takes_no_longer_than_its_limit(
    client: A2E, service: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rooms, "_LEAVE_TIMEOUT", 0.1)
    service.on("POST", LEAVE, Reply(b'{"code": 0}', delay=20))
    with pytest.raises(A2EError, match=r"f00ba.*no answer"):
        async with client.streaming.open("ann", expire_seconds=600):
            pass


# Cancellation


@pytest.fixture
def short_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openings, "_GRACE", 0.4)


async def test_a_cancelled_scope_leaves_the_room(client: A2E, service: Scripted) -> None:
    service.on("POST", LEAVE, DROP, Reply(b'{"code": 0}', delay=0.1))
    with anyio.move_on_after(0.2) as scope:
        async with client.streaming.open("ann", expire_seconds=600):
            await anyio.sleep_forever()
    assert scope.cancelled_caught
    assert service.count("POST", LEAVE) == 2


async def test_a_task_that_is_cancelled_again_and_again_leaves_the_room(
    client: A2E, service: Scripted
) -> None:
    service.on("POST", LEAVE, DROP, Reply(b'{"code": 0}', delay=0.2))
    opened: asyncio.Future[StreamingSession] = asyncio.get_running_loop().create_future()

    async def talk() -> None:
        async with client.streaming.open("ann", expire_seconds=600) as room:
            opened.set_result(room)
            await asyncio.sleep(60)

    task = asyncio.create_task(talk())
    room = await opened
    while not task.done():
        task.cancel()
        await asyncio.sleep(0.03)
    assert task.cancelled()
    assert "left" in repr(room)
    assert service.count("POST", LEAVE) == 2


async def test_a_cancellation_that_could_not_leave_still_is_one(
    client: A2E, service: Scripted, caplog: pytest.LogCaptureFixture
) -> None:
    service.on("POST", LEAVE, says({"message": "no"}, 400))
    with anyio.move_on_after(0.2) as scope:
        async with client.streaming.open("ann", expire_seconds=600):
            await anyio.sleep_forever()
    assert scope.cancelled_caught
    assert "f00ba" in caplog.text


@pytest.mark.parametrize("by", ["scope", "task"])
async def test_an_opening_that_is_cancelled_leaves_what_it_opened(
    client: A2E, service: Scripted, by: str
) -> None:
    service.on("POST", OPEN, Reply(ok(ROOM).body, delay=0.3))

    async def talk() -> None:
        async with client.streaming.open("ann", expire_seconds=600):
            pytest.fail("nobody is to talk")

    if by == "scope":
        with anyio.move_on_after(0.1):
            await talk()
    else:
        task = asyncio.create_task(talk())
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert service.count("POST", OPEN) == service.count("POST", LEAVE) == 1


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Reply(ok(ROOM).body, delay=30), "may be open and charged"),
        (Reply(drop=True, delay=0.2), "may be open and charged"),
        (Reply(b'{"code": 400, "message": "no"}', delay=0.2), "no"),
    ],
)
@pytest.mark.usefixtures("short_grace")
async def test_an_opening_that_is_cancelled_is_waited_for_a_while_only(
    client: A2E, service: Scripted, caplog: pytest.LogCaptureFixture, answer: Reply, words: str
) -> None:
    service.on("POST", OPEN, answer)
    with anyio.move_on_after(0.1) as scope:
        await client.streaming.open("ann", expire_seconds=600).__aenter__()
    assert scope.cancelled_caught
    assert words in caplog.text
    assert service.count("POST", LEAVE) == 0


async def test_waiting_for_a_place_can_be_cancelled_at_once(scripted: Scripted) -> None:
    scripted.on("POST", OPEN, says({"code": 1001}))
    slow = RetryPolicy(first_delay=30, longest_delay=30)
    async with A2E(TOKEN, base_url=scripted.base_url, retry=slow) as a2e:
        with anyio.fail_after(5), anyio.move_on_after(0.2) as scope:
            await a2e.streaming.open("ann", expire_seconds=600).__aenter__()
    assert scope.cancelled_caught
    assert scripted.count("POST", "*") == 1


# Closing the client


async def test_closing_the_client_leaves_all_rooms(client: A2E, service: Scripted) -> None:
    channels = iter("abc")
    service.on("POST", OPEN, lambda seen: ok({**ROOM, "channel": next(channels)}))
    service.on("POST", LEAVE, Reply(b'{"code": 0}', delay=0.1))
    openings = [client.streaming.open("ann", expire_seconds=600) for _ in range(3)]
    opened = [await opening.__aenter__() for opening in openings]
    await opened[1].leave()
    await client.aclose()
    left = [seen.json["channel"] for seen in service.requests("POST", LEAVE)]
    assert sorted(left) == ["a", "b", "c"]
    for opening in openings:
        await opening.__aexit__(None, None, None)
    assert service.count("POST", LEAVE) == 3
    with pytest.raises(ConfigurationError):
        await client.streaming.open("ann", expire_seconds=600).__aenter__()


async def test_closing_goes_on_where_a_room_cannot_be_left(
    client: A2E, service: Scripted, caplog: pytest.LogCaptureFixture
) -> None:
    service.on("POST", LEAVE, says({"message": "no"}, 400))
    opening = client.streaming.open("ann", expire_seconds=600)
    await opening.__aenter__()
    await client.aclose()
    assert "f00ba" in caplog.text
    with pytest.raises(A2EError, match="f00ba"):
        await opening.__aexit__(None, None, None)
    with pytest.raises(ConfigurationError):
        await client.account.coins()
