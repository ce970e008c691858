"""Streaming rooms when something ends around them: the client, its task, its patience."""

from __future__ import annotations

import asyncio
from typing import Any
from unittest.mock import Mock

import aiohttp
import anyio
import pytest

from a2e_async import A2E, A2EError, ConfigurationError, RateLimited, RetryPolicy
from a2e_async.resources import openings, rooms
from a2e_async.resources.rooms import StreamingSession
from tests.conftest import TOKEN
from tests.resources.room import LEAVE, OPEN, ROOM, with_room
from tests.support.scripted import Reply, Scripted, ok, says


@pytest.fixture
def service(scripted: Scripted) -> Scripted:
    return with_room(scripted)


@pytest.mark.parametrize("slow", [OPEN, LEAVE])
async def test_a_client_keeps_no_room_that_was_left(
    client: A2E, service: Scripted, slow: str
) -> None:
    answer = ok(ROOM) if slow == OPEN else ok({})
    service.on("POST", slow, Reply(answer.body, delay=0.2))

    async def talk() -> None:
        async with client.streaming.open("ann", expire_seconds=600):
            pass

    task = asyncio.create_task(talk())
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert service.count("POST", LEAVE) == 1
    assert not client._core._farewells


async def test_closing_the_client_waits_for_a_room_that_opens(
    client: A2E, service: Scripted
) -> None:
    service.on("POST", OPEN, Reply(ok(ROOM).body, delay=0.3))
    opening = client.streaming.open("ann", expire_seconds=600)
    entering = asyncio.ensure_future(opening.__aenter__())
    await asyncio.sleep(0.1)
    await client.aclose()
    assert service.count("POST", LEAVE) == 1
    assert "left" in repr(await entering)
    await opening.__aexit__(None, None, None)
    assert service.count("POST", LEAVE) == 1


async def test_closing_the_client_waits_a_while_only(
    client: A2E, service: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openings, "_GRACE", 0.1)
    service.on("POST", OPEN, Reply(ok(ROOM).body, delay=20))
    entering = asyncio.ensure_future(client.streaming.open("ann", expire_seconds=600).__aenter__())
    await asyncio.sleep(0.1)
    with anyio.fail_after(5):
        await client.aclose()
        with pytest.raises(A2EError, match="may be open and charged"):
            await entering


async def test_no_room_opens_while_the_client_closes(client: A2E, service: Scripted) -> None:
    service.on("POST", LEAVE, Reply(b'{"code": 0}', delay=0.4))
    await client.streaming.open("ann", expire_seconds=600).__aenter__()
    service.on("POST", OPEN, says({"code": 1001}), ok(ROOM))
    waiting = asyncio.ensure_future(client.streaming.open("ann", expire_seconds=600).__aenter__())
    closing = asyncio.ensure_future(client.aclose())
    await asyncio.sleep(0.2)
    with pytest.raises(ConfigurationError, match="closed"):
        await client.streaming.open("ann", expire_seconds=600).__aenter__()
    with pytest.raises(A2EError):
        await waiting
    await closing
    assert service.count("POST", LEAVE) == 1


async def test_a_closing_that_is_cancelled_leaves_the_room(client: A2E, service: Scripted) -> None:
    service.on("POST", LEAVE, Reply(b'{"code": 0}', delay=0.3))
    room = await client.streaming.open("ann", expire_seconds=600).__aenter__()
    closing = asyncio.ensure_future(client.aclose())
    for _ in range(3):
        await asyncio.sleep(0.05)
        closing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await closing
    assert room.is_left


async def test_a_room_is_left_though_the_service_asks_for_patience(
    scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rooms, "_LEAVE_TIMEOUT", 5)
    with_room(scripted).on("GET", "*", says({}, 429, Retry_After="60"))
    policy = RetryPolicy(attempts=1)
    async with A2E(TOKEN, base_url=scripted.base_url, retry=policy) as a2e:
        with anyio.fail_after(3):
            async with a2e.streaming.open("ann", expire_seconds=600):
                with pytest.raises(RateLimited):
                    await a2e.account.coins()
    assert scripted.count("POST", LEAVE) == 1


async def test_what_a_middleware_raises_keeps_no_other_room_open(
    scripted: Scripted, caplog: pytest.LogCaptureFixture
) -> None:
    channels = iter("abc")
    with_room(scripted).on("POST", OPEN, lambda seen: ok({**ROOM, "channel": next(channels)}))
    scripted.on("POST", LEAVE, Reply(b'{"code": 0}', delay=0.2))
    failures = iter([KeyError("mine")])

    async def odd(
        request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        if request.url.path == LEAVE and (failure := next(failures, None)):
            raise failure
        return await handler(request)

    async with A2E(TOKEN, base_url=scripted.base_url, middlewares=[odd]) as a2e:
        for _ in range(3):
            await a2e.streaming.open("ann", expire_seconds=600).__aenter__()
    assert scripted.count("POST", LEAVE) == 2
    assert "streaming.leave('a')" in caplog.text


async def test_leaving_that_is_broken_off_names_the_channel(
    client: A2E, service: Scripted, caplog: pytest.LogCaptureFixture
) -> None:
    # So does `asyncio.run` at its end with all tasks that are left.
    service.on("POST", LEAVE, Reply(b'{"code": 0}', delay=20), ok({}))
    opening = client.streaming.open("ann", expire_seconds=600)
    room = await opening.__aenter__()
    known = asyncio.all_tasks()
    leaving: Any = asyncio.ensure_future(room.leave())
    await asyncio.sleep(0.1)
    for task in asyncio.all_tasks() - known:
        task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    assert "streaming.leave('f00ba')" in caplog.text
    await opening.__aexit__(None, None, None)
    assert room.is_left


def test_a_room_whose_event_loop_is_gone(caplog: pytest.LogCaptureFixture) -> None:
    room = StreamingSession(
        Mock(), app_id="a", channel="f00ba", token="t", uid=1, expires=None, raw={}
    )
    with pytest.raises(A2EError, match="no running event loop"):
        room.leave().send(None)
    assert "streaming.leave('f00ba')" in caplog.text
