"""What is sent again, when, and what never is."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from a2e_async import (
    A2E,
    A2EError,
    APIError,
    ConnectionFailed,
    RateLimited,
    RetryPolicy,
    ServerError,
)
from tests.conftest import QUICK_RETRY, TOKEN
from tests.jobs.service import until
from tests.support.scripted import DROP, Reply, Scripted, html, ok, says

COINS = "/api/v1/user/remainingCoins"
START = "/api/v1/userText2Image/start"
LIST = "/api/v1/userText2Image/allRecords"
GOOD = ok({"coins": 7})


def now() -> float:
    return asyncio.get_running_loop().time()


@pytest.mark.parametrize(
    "bad",
    [
        DROP,
        html(),
        html(502),
        Reply(b""),
        Reply(b"", 503),
        says({"message": "oops"}, 500),
        says({"message": "slow"}, 408),
        says({"message": "slow"}, 429),
        says({"code": 500, "message": "oops"}),
        says({"code": 1001, "message": "occupied"}),
    ],
)
async def test_a_read_survives_what_passes(client: A2E, scripted: Scripted, bad: Reply) -> None:
    scripted.on("GET", COINS, bad, bad, GOOD)
    assert await client.account.coins() == 7
    assert scripted.count("GET", COINS) == 3


async def test_a_read_gives_up_with_its_last_error(client: A2E, scripted: Scripted) -> None:
    scripted.on("GET", COINS, says({"message": "oops"}, 500))
    with pytest.raises(ServerError):
        await client.account.coins()
    assert scripted.count("GET", COINS) == QUICK_RETRY.attempts


@pytest.mark.parametrize("status", [301, 302, 307, 400, 401, 403, 404, 422])
async def test_a_refused_read_is_not_repeated(client: A2E, scripted: Scripted, status: int) -> None:
    scripted.on("GET", COINS, says({"message": "no"}, status, Location="/elsewhere"))
    with pytest.raises(APIError):
        await client.account.coins()
    assert len(scripted.seen) == 1


@pytest.mark.parametrize("form", ["seconds", "float", "date"])
async def test_retry_after_is_waited_for(client: A2E, scripted: Scripted, form: str) -> None:
    moment = datetime(2030, 1, 1, tzinfo=UTC)
    headers = {
        "seconds": {"Retry-After": "1"},
        "float": {"Retry-After": "0.3"},
        "date": {
            "Retry-After": format_datetime(moment + timedelta(seconds=1), usegmt=True),
            "Date": format_datetime(moment, usegmt=True),
        },
    }[form]
    scripted.on("GET", COINS, Reply(b"{}", 429, headers), GOOD)
    begun = now()
    await client.account.coins()
    assert now() - begun >= (0.3 if form == "float" else 1.0)


async def test_retry_after_slows_the_whole_client(client: A2E, scripted: Scripted) -> None:
    scripted.on("GET", COINS, says({}, 503, Retry_After="0.5"), GOOD)
    scripted.on("POST", "/api/v1/anchor/language_list", ok([]))
    begun = now()
    first = asyncio.create_task(client.account.coins())
    await until(lambda: scripted.seen)
    await asyncio.sleep(0.05)
    await client.languages()
    assert now() - begun >= 0.5
    assert await first == 7


async def test_a_retry_after_beyond_the_limit_is_raised(scripted: Scripted) -> None:
    scripted.on("GET", COINS, says({}, 429, Retry_After="3600"))
    policy = RetryPolicy(longest_retry_after=0.05)
    async with A2E(TOKEN, base_url=scripted.base_url, retry=policy) as a2e:
        with pytest.raises(RateLimited) as caught:
            await a2e.account.coins()
        assert caught.value.retry_after == 3600
        # The others are held up for no longer than the limit.
        scripted.on("GET", COINS, GOOD)
        assert await asyncio.wait_for(a2e.account.coins(), 5) == 7


@pytest.mark.parametrize("value", ["soon", "-5", "nan", ""])
async def test_an_odd_retry_after_does_no_harm(client: A2E, scripted: Scripted, value: str) -> None:
    scripted.on("GET", COINS, says({}, 429, Retry_After=value), GOOD)
    assert await asyncio.wait_for(client.account.coins(), 5) == 7


NOT_DONE = [
    says({"message": "slow down"}, 429),
    says({"message": "slow down"}, 503, Retry_After="0"),
    says({"code": 1001, "message": "occupied"}),
    html(429),
]
MAYBE_DONE = [
    DROP,
    html(),
    Reply(b""),
    Reply(b"", 503),
    html(502),
    says({"message": "oops"}, 500),
    says({"code": 500, "message": "oops"}),
    says({"message": "timeout"}, 408),
    says({"code": 0, "data": {"status": "fine"}}),
    says({"code": 0, "data": []}),
]
REFUSED = [
    says({"message": "no"}, 400),
    says({"code": 401, "message": "no"}),
    says({"message": "no coins"}, 402),
    says({"code": 1003, "message": "no"}),
    html(404),
]


@pytest.mark.parametrize("answer", NOT_DONE)
async def test_a_start_is_sent_again_where_nothing_was_done(
    client: A2E, scripted: Scripted, answer: Reply
) -> None:
    scripted.on("POST", START, answer, answer, ok([{"_id": "a"}]))
    assert (await client.text_to_image.start(prompt="x")).id == "a"
    sent = scripted.requests("POST", START)
    assert len(sent) == 3
    assert sent[0].json == sent[1].json == sent[2].json


@pytest.mark.parametrize("answer", [*MAYBE_DONE, *REFUSED])
async def test_a_start_is_sent_once_otherwise(
    client: A2E, scripted: Scripted, answer: Reply
) -> None:
    scripted.on("POST", START, answer, ok([{"_id": "second"}])).on("GET", LIST, ok([]))
    with pytest.raises(A2EError):
        await client.text_to_image.start(prompt="x")
    assert scripted.count("POST", START) == 1


async def test_a_start_is_sent_again_when_nobody_listened(scripted: Scripted) -> None:
    tried: list[int] = []

    async def refuse_twice(request: Any, handler: Any) -> Any:
        tried.append(1)
        if len(tried) < 3:
            request.url = request.url.with_port(1)
        return await handler(request)

    scripted.on("POST", START, ok([{"_id": "a"}]))
    async with A2E(
        TOKEN, base_url=scripted.base_url, retry=QUICK_RETRY, middlewares=[refuse_twice]
    ) as a2e:
        await a2e.text_to_image.start(prompt="x")
    assert len(tried) == 3
    assert scripted.count("POST", START) == 1


async def test_a_service_that_is_not_there(unused_tcp_port: int) -> None:
    base_url = f"http://127.0.0.1:{unused_tcp_port}"
    async with A2E(TOKEN, base_url=base_url, retry=QUICK_RETRY) as a2e:
        with pytest.raises(ConnectionFailed) as caught:
            await a2e.text_to_image.start(prompt="x")
        assert not caught.value.sent
        assert isinstance(caught.value, ConnectionError)


@given(faults=st.lists(st.sampled_from([*NOT_DONE, *MAYBE_DONE, *REFUSED]), max_size=6))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_goes_wrong_there_is_one_task_at_the_most(faults: list[Reply]) -> None:
    """A service that may have acted on each request whose outcome it hid."""

    async def play() -> None:
        made: list[str] = []

        def answer(seen: Any) -> Reply:
            reply = faults[calls] if (calls := len(sent())) <= len(faults) - 1 else None
            if reply is None or reply in MAYBE_DONE:
                made.append(seen.json["name"])
            return reply or ok([{"_id": "a", "name": seen.json["name"]}])

        def sent() -> list[Any]:
            return scripted.requests("POST", START)[1:]

        async with Scripted() as scripted:
            scripted.on("POST", START, answer).on("GET", LIST, ok([]))
            async with A2E(TOKEN, base_url=scripted.base_url, retry=QUICK_RETRY) as a2e:
                try:
                    await a2e.text_to_image.start(prompt="x")
                except A2EError:
                    pass
                else:
                    assert len(made) == 1
        assert len(made) <= 1

    asyncio.run(play())


async def test_a_poll_is_not_repeated_by_the_session(client: A2E, scripted: Scripted) -> None:
    """Each look is one request: the schedule decides about the next one."""
    seen: list[float] = []

    def fail(_: Any) -> Reply:
        seen.append(now())
        return says({"message": "oops"}, 500) if len(seen) < 4 else ok(done)

    done = {"_id": "a", "current_status": "completed", "image_urls": ["https://x/1.png"]}
    scripted.on("GET", "/api/v1/userText2Image/a", fail)
    await client.text_to_image.job("a")
    assert len(seen) == 4
