"""Opening, closing, injecting, and the loop that a client belongs to."""

from __future__ import annotations

import asyncio
import gc
from typing import Any

import aiohttp
import pytest

from a2e_async import A2E, ConfigurationError, JobError
from tests.conftest import QUICK_RETRY, TOKEN
from tests.jobs.service import until
from tests.support.scripted import Reply, Scripted, ok

COINS = "/api/v1/user/remainingCoins"


@pytest.fixture
def coins(scripted: Scripted) -> Scripted:
    return scripted.on("GET", COINS, ok(7))


async def test_headers(coins: Scripted) -> None:
    async with A2E(TOKEN, base_url=coins.base_url, language="en-US") as a2e:
        await a2e.account.coins()
    headers = coins.seen[0].headers
    assert headers["Authorization"] == f"Bearer {TOKEN}"
    assert headers["x-lang"] == "en-US"
    assert headers["User-Agent"].startswith("a2e-async/")
    assert "Content-Type" not in headers


async def test_no_language_by_default(client: A2E, coins: Scripted) -> None:
    await client.account.coins()
    assert "x-lang" not in coins.seen[0].headers


async def test_a_path_before_the_api(coins: Scripted) -> None:
    coins.on("GET", f"/proxy/a2e{COINS}", ok(8))
    async with A2E(TOKEN, base_url=f"{coins.base_url}/proxy/a2e/") as a2e:
        assert await a2e.account.coins() == 8


async def test_middlewares_see_each_request(coins: Scripted) -> None:
    async def sign(request: aiohttp.ClientRequest, handler: Any) -> aiohttp.ClientResponse:
        request.headers["X-Signed"] = "yes"
        response: aiohttp.ClientResponse = await handler(request)
        return response

    async with A2E(TOKEN, base_url=coins.base_url, middlewares=[sign]) as a2e:
        await a2e.account.coins()
    assert coins.seen[0].headers["X-Signed"] == "yes"


async def test_an_injected_session_is_used_and_left_open(coins: Scripted) -> None:
    async with aiohttp.ClientSession(headers={"X-Own": "1"}, raise_for_status=True) as own:
        async with A2E(TOKEN, base_url=coins.base_url, session=own) as a2e:
            await a2e.account.coins()
        assert not own.closed
        assert coins.seen[0].headers["X-Own"] == "1"
        assert coins.seen[0].headers["Authorization"] == f"Bearer {TOKEN}"


async def test_an_injected_session_that_is_closed_is_named(coins: Scripted) -> None:
    async with aiohttp.ClientSession() as own:
        pass
    async with A2E(TOKEN, base_url=coins.base_url, session=own) as a2e:
        with pytest.raises(ConfigurationError, match="session"):
            await a2e.account.coins()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
async def test_an_injected_session_with_credentials_is_refused(coins: Scripted) -> None:
    async with (
        aiohttp.ClientSession(auth=aiohttp.BasicAuth("u", "p")) as own,
        A2E(TOKEN, base_url=coins.base_url, session=own) as a2e,
    ):
        with pytest.raises(ConfigurationError, match="auth"):
            await a2e.account.coins()
    assert coins.seen == []


def test_an_injected_session_of_another_loop_is_named() -> None:
    async def use(own: aiohttp.ClientSession) -> None:
        async with A2E(TOKEN, base_url="http://127.0.0.1:1", session=own) as a2e:
            await a2e.account.coins()

    async def make() -> aiohttp.ClientSession:
        return aiohttp.ClientSession()

    with asyncio.Runner() as runner:
        own = runner.run(make())
        with (
            pytest.raises(ConfigurationError, match="belongs to another event loop"),
            asyncio.Runner() as other,
        ):
            other.run(use(own))
        runner.run(own.close())


async def test_use_after_close(coins: Scripted) -> None:
    a2e = A2E(TOKEN, base_url=coins.base_url)
    job = a2e.text_to_image.job("a")
    await a2e.aclose()
    for call in (a2e.account.coins(), a2e.text_to_image.start(prompt="x"), job.wait()):
        with pytest.raises(ConfigurationError, match="closed"):
            await call
    assert coins.seen == []


async def test_closing_twice_and_at_once(coins: Scripted) -> None:
    a2e = A2E(TOKEN, base_url=coins.base_url)
    await a2e.account.coins()
    await asyncio.gather(a2e.aclose(), a2e.aclose())
    await a2e.aclose()


async def test_never_used_then_closed() -> None:
    async with A2E(TOKEN):
        pass
    gc.collect()


async def test_opened_in_one_task_closed_in_another(coins: Scripted) -> None:
    a2e = A2E(TOKEN, base_url=coins.base_url)

    async def use() -> float:
        return await (await a2e.__aenter__()).account.coins()

    assert await asyncio.create_task(use()) == 7
    await asyncio.create_task(a2e.aclose())
    gc.collect()


async def test_several_clients_in_one_loop(coins: Scripted) -> None:
    clients = [A2E(f"{TOKEN}{number}", base_url=coins.base_url) for number in range(3)]
    await asyncio.gather(*(a2e.account.coins() for a2e in clients for _ in range(5)))
    await clients[0].aclose()
    await asyncio.create_task(clients[1].drain())
    with pytest.raises(ConfigurationError, match="closed"):
        await clients[0].account.coins()
    with pytest.raises(ConfigurationError, match="draining"):
        await clients[1].text_to_image.start(prompt="x")
    assert await clients[2].account.coins() == 7
    tokens = [seen.headers["Authorization"].removeprefix(f"Bearer {TOKEN}") for seen in coins.seen]
    assert sorted(tokens) == ["0"] * 5 + ["1"] * 5 + ["2"] * 6
    for a2e in clients[1:]:
        await a2e.aclose()


def test_a_second_event_loop_is_named() -> None:
    a2e = A2E(TOKEN, base_url="http://127.0.0.1:1", retry=QUICK_RETRY)

    async def use() -> None:
        await a2e.account.coins()

    with pytest.raises(ConnectionError):
        asyncio.run(use())
    with pytest.raises(ConfigurationError, match="another event loop"):
        asyncio.run(use())
    with pytest.raises(ConfigurationError, match="another event loop"):
        asyncio.run(a2e.text_to_image.job("a").wait())
    asyncio.run(a2e.aclose())
    gc.collect()


async def test_a_request_in_the_queue_when_the_client_closes(scripted: Scripted) -> None:
    """Closing the connector cancels its queue; that must not look like a cancelled task."""
    scripted.on("POST", "*/start", Reply(delay=5.0)).on("GET", "*", ok([]))
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=1)) as own:
        a2e = A2E(TOKEN, base_url=scripted.base_url, session=own, retry=QUICK_RETRY)
        starts = [asyncio.create_task(a2e.text_to_image.start(prompt="x")) for _ in range(3)]
        await until(lambda: scripted.seen)
        await own.close()
        outcomes = await asyncio.gather(*starts, return_exceptions=True)
        assert [type(o).__name__ for o in outcomes[1:]] == ["ConfigurationError"] * 2
        await a2e.aclose()


async def test_a_request_in_the_queue_is_cancelled_by_its_owner(scripted: Scripted) -> None:
    scripted.on("GET", COINS, Reply(delay=5.0))
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=1)) as own:
        a2e = A2E(TOKEN, base_url=scripted.base_url, session=own)
        calls = [asyncio.create_task(a2e.account.coins()) for _ in range(2)]
        await until(lambda: scripted.seen)
        for call in calls:
            call.cancel()
        done, _ = await asyncio.wait(calls)
        assert all(call.cancelled() for call in done)
        await a2e.aclose()


async def test_nothing_is_left_behind(scripted: Scripted) -> None:
    """No task, no socket, no warning, also where a wait was under way."""
    scripted.on("GET", "*", ok({"_id": "a", "current_status": "processing"}))
    before = asyncio.all_tasks()
    a2e = A2E(TOKEN, base_url=scripted.base_url)
    waiting = asyncio.create_task(a2e.text_to_image.job("a").wait())
    await until(lambda: scripted.seen)
    await a2e.aclose()
    with pytest.raises(JobError):
        await waiting
    assert {t for t in asyncio.all_tasks() - before if "a2e_async" in repr(t)} == set()
    gc.collect()


@pytest.mark.parametrize(
    "base_url", ["http://example.com", "ftp://x", "https://api.a2e.ai", "https://u:p@x.com", "x y"]
)
def test_an_unusable_address_is_named_at_once(base_url: str) -> None:
    with pytest.raises(ConfigurationError, match="base_url"):
        A2E(TOKEN, base_url=base_url)


def test_no_token() -> None:
    with pytest.raises(ConfigurationError, match="A2E_API_KEY"):
        A2E()


@pytest.mark.parametrize("name", ["A2E_API_KEY", "A2E_API_TOKEN"])
async def test_the_environment_gives_token_and_address(
    coins: Scripted, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, f"Bearer {TOKEN}")
    monkeypatch.setenv("A2E_BASE_URL", coins.base_url)
    async with A2E() as a2e:
        await a2e.account.coins()
    assert coins.seen[0].headers["Authorization"] == f"Bearer {TOKEN}"
