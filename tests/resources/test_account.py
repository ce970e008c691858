"""Balance, prices, history, diamonds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from a2e_async import (
    A2E,
    ImageToVideo,
    InsufficientCoins,
    InvalidRequest,
    NanoBanana,
    Request,
    SubmitUncertain,
    TextToImage,
    UnexpectedResponse,
    wire,
)
from a2e_async.resources.ledger import Transaction
from tests.support.scripted import DROP, Reply, Scripted, html, ok, says

COINS = "/api/v1/user/remainingCoins"
QUOTE = "/api/v1/generation/quote"
HISTORY = "/api/v1/transactionRecord/creditsHistory"
EXCHANGE = "/api/v1/user/exchangeDiamonds"
POOL = "/api/v1/video/auto-public-pool"


@pytest.mark.parametrize(
    ("data", "coins", "diamonds"),
    [
        ({"coins": 5, "diamonds": 2}, 5, 2),
        ({"coins": "5.5", "diamonds": "many"}, 5.5, None),
        (7, 7, None),
        ("7", 7, None),
    ],
)
async def test_balance(
    client: A2E, scripted: Scripted, data: Any, coins: float, diamonds: float | None
) -> None:
    scripted.on("GET", COINS, ok(data))
    balance = await client.account.balance()
    assert (balance.coins, balance.diamonds, balance.raw) == (coins, diamonds, data)
    assert hash(balance) == hash(await client.account.balance())


@pytest.mark.parametrize(
    ("data", "coins"),
    [
        ({"coins": 20}, 20),
        ({"estimatedCredits": "12.5"}, 12.5),
        ({"price": 0}, 0),
        ({"something": 1}, None),
        (30, 30),
        ({}, None),
    ],
)
async def test_quote_is_read_tolerantly(
    client: A2E, scripted: Scripted, data: Any, coins: float | None
) -> None:
    scripted.on("POST", QUOTE, ok(data))
    request = TextToImage(prompt="a lake")
    quote = await client.account.quote(request)
    assert quote.coins == coins
    assert quote.raw == (data if isinstance(data, dict) else {"coins": data})
    body = wire.unstructure(request)
    endpoint = "/api/v1/userText2Image/start"
    assert scripted.seen[0].json == {"endpoint": endpoint, "requestBody": body}


@pytest.mark.parametrize("data", [None, [], "soon", True])
async def test_quote_that_is_none(client: A2E, scripted: Scripted, data: Any) -> None:
    scripted.on("POST", QUOTE, ok(data))
    with pytest.raises(UnexpectedResponse) as caught:
        await client.account.quote("/api/v1/userText2Image/start", {})
    assert caught.value.body["data"] == data


async def test_a_quote_uploads_nothing(client: A2E, scripted: Scripted) -> None:
    scripted.on("POST", QUOTE, ok({"coins": 1, "generationRequestValidated": False}))
    url = "https://example.com/a.png"
    nowhere = Path("/nowhere/at/all.png")
    quote = await client.account.quote(
        NanoBanana(prompt="x", input_images=[nowhere, url, b"..."], webhook_token="secret")
    )
    assert quote.generation_request_validated is False
    await client.account.quote(ImageToVideo(image_url=nowhere, prompt="x"))
    assert [seen.path for seen in scripted.seen] == [QUOTE, QUOTE]
    pictures = scripted.seen[0].json["requestBody"]["input_images"]
    assert pictures[1] == url
    assert all(picture.startswith("https://") for picture in pictures)
    assert scripted.seen[1].json["requestBody"]["image_url"].startswith("https://")


async def test_wrong_quotes(client: A2E, scripted: Scripted) -> None:
    quote: Any = client.account.quote
    for arguments, word in (
        ((5,), "request"),
        (("userText2Image",), "request"),
        (("/api/v1/x",), "body"),
        (("/api/v1/x", [1]), "body"),
        ((TextToImage(prompt="x"), {}), "body"),
    ):
        with pytest.raises((TypeError, ValueError), match=word):
            await quote(*arguments)
    assert scripted.seen == []


async def test_quotes_of_the_sandbox() -> None:
    requests: list[Request[Any]] = [TextToImage(prompt="x"), NanoBanana(prompt="x")]
    async with A2E.sandbox(coins=1000) as a2e:
        for request in requests:
            quote = await a2e.account.quote(request)
            assert quote.coins
            assert quote.coins > 0
        path = await a2e.account.quote("POST /api/v1/userText2Image/start", {"prompt": "x"})
        assert path.coins == (await a2e.account.quote(requests[0])).coins
        assert await a2e.account.coins() == 1000
        with pytest.raises(InvalidRequest):
            await a2e.account.quote("/api/v1/nothing/start", {})


def rows(*ids: int) -> Reply:
    found = [{"_id": str(number), "amount": -number, "createdAt": 0} for number in ids]
    return ok({"rows": found, "count": 5})


async def test_history_goes_through_all_pages(client: A2E, scripted: Scripted) -> None:
    scripted.on("GET", HISTORY, rows(5, 4), rows(4, 3), rows(3))
    found = [transaction async for transaction in client.account.history(page_size=2)]
    assert [transaction.id for transaction in found] == ["5", "4", "3"]
    assert found[0].amount == -5
    assert found[0].created_at == datetime.fromtimestamp(0, UTC)
    pages = [(seen.query["pageNum"], seen.query["pageSize"]) for seen in scripted.seen]
    assert pages == [("1", "2"), ("2", "2"), ("3", "2")]


async def test_history_without_ids(client: A2E, scripted: Scripted) -> None:
    scripted.on("GET", HISTORY, ok([{"credits": "-5"}, {"credits": 7, "remark": "gift"}, None]))
    found = [transaction async for transaction in client.account.history()]
    assert [(it.id, it.amount, it.reason) for it in found] == [(None, -5, None), (None, 7, "gift")]


@pytest.mark.parametrize(
    ("moment", "sent"),
    [
        ("2025-01-01T00:00:00Z", "2025-01-01T00:00:00.000Z"),
        ("2025-01-01T02:00:00+02:00", "2025-01-01T00:00:00.000Z"),
        (datetime(2025, 1, 1, tzinfo=UTC), "2025-01-01T00:00:00.000Z"),
        (datetime(2025, 1, 1, 2, tzinfo=timezone(timedelta(hours=2))), "2025-01-01T00:00:00.000Z"),
    ],
)
async def test_history_filters(client: A2E, scripted: Scripted, moment: Any, sent: str) -> None:
    scripted.on("GET", HISTORY, ok({"rows": []}))
    history = client.account.history(is_consumption=True, start_date=moment, end_date=moment)
    assert [transaction async for transaction in history] == []
    query = scripted.seen[0].query
    assert query["startDate"] == query["endDate"] == sent
    assert query["is_consumption"] == "true"


@pytest.mark.parametrize(
    "arguments",
    [
        {"start_date": "2025-01-01T00:00:00"},
        {"start_date": datetime(2025, 1, 1)},  # noqa: DTZ001  (that is the mistake)
        {"start_date": "0001-01-01T00:00:00+05:00"},
        {"end_date": "yesterday"},
        {"end_date": 5},
        {"is_consumption": "yes"},
        {"page_size": 0},
        {"page_size": 101},
        {"page_size": 50.0},
    ],
)
async def test_wrong_filters(client: A2E, scripted: Scripted, arguments: dict[str, Any]) -> None:
    with pytest.raises((TypeError, ValueError), match=next(iter(arguments))):
        await anext(client.account.history(**arguments))
    assert scripted.seen == []


async def test_history_of_the_sandbox() -> None:
    async with A2E.sandbox(coins=1000, speed=1000) as a2e:
        await a2e.text_to_image.run(prompt="x")
        await a2e.account.exchange_diamonds(2)
        spent: list[Transaction] = [
            it async for it in a2e.account.history(is_consumption=True, page_size=1)
        ]
        assert len(spent) == 2
        assert spent[0].amount == -200
        assert {it.amount is not None and it.amount < 0 for it in spent} == {True}
        assert [it async for it in a2e.account.history(end_date="2000-01-01T00:00:00Z")] == []
        balance = await a2e.account.balance()
        assert balance.diamonds == 2


async def test_diamonds(client: A2E, scripted: Scripted) -> None:
    scripted.on("POST", EXCHANGE, ok({"odd": 1}))
    bought = await client.account.exchange_diamonds(3)
    assert (bought.diamonds, bought.coins, bought.raw) == (3, 300, {"odd": 1})
    assert scripted.seen[0].json == {"diamonds": 3}
    for wrong in (0, -1, 1.5, True, "1", None):
        with pytest.raises((TypeError, ValueError), match="diamonds"):
            await client.account.exchange_diamonds(wrong)  # type: ignore[arg-type]
    assert len(scripted.seen) == 1


@pytest.mark.parametrize("answer", [DROP, html(), Reply(b""), says({}, 500), says({}, 503)])
async def test_diamonds_are_not_bought_twice(
    client: A2E, scripted: Scripted, answer: Reply
) -> None:
    scripted.on("POST", EXCHANGE, answer, ok({}))
    with pytest.raises(SubmitUncertain, match="1 diamonds may have been bought"):
        await client.account.exchange_diamonds(1)
    assert len(scripted.seen) == 1


async def test_diamonds_that_are_refused(client: A2E, scripted: Scripted) -> None:
    scripted.on("POST", EXCHANGE, says({"code": 400, "message": "not enough coins"}))
    with pytest.raises(InsufficientCoins):
        await client.account.exchange_diamonds(1)


@pytest.mark.parametrize(
    ("data", "stored"),
    [({"isAutoToPublicPool": True}, True), ({"isAutoToPublicPool": 0}, False), (True, True)],
)
async def test_public_pool(client: A2E, scripted: Scripted, data: Any, stored: bool) -> None:
    scripted.on("POST", POOL, ok(data))
    assert await client.account.auto_public_pool(True) is stored
    assert scripted.seen[0].json == {"isAutoToPublicPool": True}


async def test_public_pool_that_cannot_be_read(client: A2E, scripted: Scripted) -> None:
    scripted.on("POST", POOL, ok({}))
    with pytest.raises(UnexpectedResponse):
        await client.account.auto_public_pool(False)
    with pytest.raises(TypeError, match="enabled"):
        await client.account.auto_public_pool(1)  # type: ignore[arg-type]


async def test_public_pool_of_the_sandbox() -> None:
    async with A2E.sandbox() as a2e:
        assert isinstance(await a2e.account.auto_public_pool(True), bool)
