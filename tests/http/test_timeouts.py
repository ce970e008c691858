"""Time limits of one request; none of them counts the time in a queue."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator

import aiohttp
import pytest

from a2e_async import A2E, ConnectionFailed, RetryPolicy, SubmitUncertain
from a2e_async.config import Settings
from a2e_async.http.call import Call
from a2e_async.http.session import Session
from tests.conftest import TOKEN
from tests.http.raw import raw_server
from tests.support.scripted import Reply, Scripted, ok

COINS = "/api/v1/user/remainingCoins"
ONCE = RetryPolicy(attempts=1, searches=(0.01,))


async def test_a_silent_service_is_given_up(scripted: Scripted) -> None:
    scripted.on("GET", COINS, Reply(delay=5.0))
    async with A2E(TOKEN, base_url=scripted.base_url, retry=ONCE, read_timeout=0.1) as a2e:
        with pytest.raises(ConnectionFailed) as caught:
            await asyncio.wait_for(a2e.account.coins(), 4)
    assert caught.value.sent
    assert "timeout" in str(caught.value).lower()


async def test_a_slow_start_is_uncertain(scripted: Scripted) -> None:
    scripted.on("POST", "*/start", Reply(delay=5.0)).on("GET", "*/allRecords", ok([]))
    async with A2E(TOKEN, base_url=scripted.base_url, retry=ONCE, read_timeout=0.1) as a2e:
        with pytest.raises(SubmitUncertain) as caught:
            await a2e.text_to_image.start(prompt="x")
    assert isinstance(caught.value.__cause__, ConnectionFailed)
    assert scripted.count("POST", "*") == 1


@pytest.fixture
def full_port() -> Iterator[int]:
    """A port whose queue of connections is full: nobody answers there."""
    with socket.socket() as listener, socket.socket() as first, socket.socket() as second:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for one in (first, second):
            one.setblocking(False)
            one.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]


async def test_an_unreachable_service_was_sent_nothing(full_port: int) -> None:
    base_url = f"http://127.0.0.1:{full_port}"
    async with A2E(TOKEN, base_url=base_url, retry=ONCE, connect_timeout=0.1) as a2e:
        with pytest.raises(ConnectionFailed) as caught:
            await asyncio.wait_for(a2e.text_to_image.start(prompt="x"), 4)
    assert not caught.value.sent


async def test_waiting_for_a_connection_is_no_time_out(scripted: Scripted) -> None:
    """300 requests through 2 connections take longer than the limit of each of them."""
    scripted.on("GET", COINS, Reply(ok(7).body, delay=0.005))
    connector = aiohttp.TCPConnector(limit=2)
    async with (
        aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=0.2)) as own,
        A2E(
            TOKEN,
            base_url=scripted.base_url,
            session=own,
            retry=ONCE,
            connect_timeout=0.4,
            read_timeout=0.4,
        ) as a2e,
    ):
        begun = asyncio.get_running_loop().time()
        coins = await asyncio.gather(*(a2e.account.coins() for _ in range(300)))
        assert asyncio.get_running_loop().time() - begun > 0.4
    assert coins == [7] * 300
    assert len(scripted.seen) == 300


async def test_a_slow_but_steady_answer_is_read_to_its_end() -> None:
    """`sock_read` is the time without a byte; the whole may take longer."""

    async def trickle(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n")
        for piece in (b'{"cod', b'e":0,', b'"data', b'": 7}'):
            writer.write(piece)
            await asyncio.sleep(0.15)

    async with (
        raw_server(trickle) as base_url,
        A2E(TOKEN, base_url=base_url, retry=ONCE, read_timeout=0.5) as a2e,
    ):
        assert await a2e.account.coins() == 7


@pytest.mark.slow
async def test_a_whole_answer_may_have_a_limit_of_its_own() -> None:
    """A look at a task is given up although bytes drip in."""

    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(100):
            writer.write(b" ")
            await asyncio.sleep(0.05)

    async with raw_server(drip) as base_url:
        session = Session(Settings(token=TOKEN, base_url=base_url), policy=ONCE)
        call = session.call(Call("GET", COINS), read_timeout=2.0, whole_timeout=0.3)
        with pytest.raises(ConnectionFailed) as caught:
            await asyncio.wait_for(call, 4)
        await session.aclose()
    assert caught.value.sent
