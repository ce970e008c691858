"""A few tests of the session layer alone, without a socket."""

from __future__ import annotations

import aiohttp
import pytest
from aioresponses import aioresponses

from a2e_async import ConfigurationError, ConnectionFailed, RateLimited, ServiceBusy
from a2e_async.config import Settings
from a2e_async.http.call import Call
from a2e_async.http.retry import Effect, RetryPolicy
from a2e_async.http.session import Session
from tests.conftest import TOKEN

BASE = "https://video.a2e.ai"
READ = Call("GET", "/api/v1/x", {"a": "b"})
QUICK = RetryPolicy(first_delay=0.0, attempts=3)


@pytest.fixture
def session() -> Session:
    return Session(Settings(token=TOKEN), policy=QUICK)


async def test_a_read_is_retried(session: Session, mocked: aioresponses) -> None:
    mocked.get(f"{BASE}/api/v1/x?a=b", status=500)
    mocked.get(f"{BASE}/api/v1/x?a=b", payload={"code": 0, "data": 1})
    assert (await session.call(READ)).data == 1
    await session.aclose()


async def test_attempts_are_limited(session: Session, mocked: aioresponses) -> None:
    mocked.get(f"{BASE}/api/v1/x?a=b", exception=aiohttp.ServerDisconnectedError(), repeat=True)
    with pytest.raises(ConnectionFailed):
        await session.call(READ)
    assert sum(map(len, mocked.requests.values())) == 3
    await session.aclose()


@pytest.mark.parametrize(("effect", "sent"), [(Effect.START, 3), (Effect.ONCE, 1)])
async def test_the_effect_decides(
    session: Session, mocked: aioresponses, effect: Effect, sent: int
) -> None:
    mocked.post(f"{BASE}/api/v1/x", status=429, repeat=True)
    with pytest.raises(RateLimited):
        await session.call(Call("POST", "/api/v1/x", json={}), effect=effect)
    assert sum(map(len, mocked.requests.values())) == sent
    await session.aclose()


async def test_busy_without_a_time_is_not_sent_again(
    session: Session, mocked: aioresponses
) -> None:
    mocked.post(f"{BASE}/api/v1/x", status=503, repeat=True)
    with pytest.raises(ServiceBusy):
        await session.call(Call("POST", "/api/v1/x", json={}), effect=Effect.START)
    assert sum(map(len, mocked.requests.values())) == 1
    await session.aclose()


async def test_an_address_that_aiohttp_refuses(session: Session, mocked: aioresponses) -> None:
    mocked.get(f"{BASE}/api/v1/x?a=b", exception=aiohttp.InvalidURL("x"))
    with pytest.raises(ConfigurationError, match="base_url"):
        await session.call(READ)
    await session.aclose()


async def test_the_time_of_the_service(session: Session, mocked: aioresponses) -> None:
    assert session.server_time() is None
    date = {"Date": "Sun, 06 Nov 1994 08:49:37 GMT"}
    mocked.get(f"{BASE}/api/v1/x?a=b", payload={}, headers=date)
    await session.call(READ)
    told = session.server_time()
    assert told is not None
    assert told.year == 1994
    await session.aclose()
