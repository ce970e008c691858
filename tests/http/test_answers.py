"""What the service may answer, read through a real socket and the public face."""

from __future__ import annotations

import json
from typing import Any

import pytest

from a2e_async import (
    A2E,
    APIError,
    AuthenticationFailed,
    ContentRejected,
    InsufficientCoins,
    InvalidRequest,
    NotFound,
    PermissionDenied,
    RateLimited,
    ServerError,
    ServiceBusy,
    UnexpectedResponse,
)
from tests.support.scripted import Reply, Scripted, html, says

COINS = "/api/v1/user/remainingCoins"


@pytest.mark.parametrize(
    "body",
    [
        {"code": 0, "data": {"coins": 7}, "trace_id": "t"},
        {"code": 0, "data": {"coins": 7}},
        {"code": "0", "data": {"coins": "7"}},
        {"code": 0, "data": 7},
        {"success": True, "result": {"coins": 7}},
        {"success": "true", "data": 7},
        {"data": {"coins": 7.0}},
        {"coins": 7},
    ],
)
async def test_success(client: A2E, scripted: Scripted, body: Any) -> None:
    scripted.on("GET", COINS, says(body))
    assert await client.account.coins() == 7


async def test_a_success_may_come_under_201(client: A2E, scripted: Scripted) -> None:
    scripted.on("GET", COINS, says({"code": 0, "data": 7}, 201))
    assert await client.account.coins() == 7


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, {"code": 400, "message": "width is wrong"}, InvalidRequest),
        (422, {"errors": [{"message": "width is wrong"}]}, InvalidRequest),
        (401, {"code": 401, "msg": "Unauthorized"}, AuthenticationFailed),
        (200, {"code": 401, "msg": "Token expired"}, AuthenticationFailed),
        (200, {"code": "401", "msg": "Token expired"}, AuthenticationFailed),
        (402, {"code": 402}, InsufficientCoins),
        (200, {"code": 5, "message": "insufficient coins"}, InsufficientCoins),
        (403, {"code": 403, "message": "upgrade your plan"}, PermissionDenied),
        (200, {"code": 403, "message": "upgrade your plan"}, PermissionDenied),
        (403, {"code": 403, "message": "NSFW content"}, ContentRejected),
        (200, {"code": 1003, "message": "refused"}, ContentRejected),
        (200, {"code": "1004", "message": "refused"}, ContentRejected),
        (200, {"code": 30005, "message": "back_id"}, InvalidRequest),
        (404, {"code": 404, "message": "no such"}, NotFound),
        (429, {"message": "slow down"}, RateLimited),
        (200, {"code": 1001, "message": "hosts"}, ServiceBusy),
        (503, {"message": "later"}, ServiceBusy),
        (500, {"message": "oops"}, ServerError),
        (200, {"success": False, "message": "odd"}, APIError),
        (200, {"code": 9999, "data": {"failed_message": "odd"}}, APIError),
        (200, {"code": 9999, "error": {"message": "odd"}}, APIError),
    ],
)
async def test_failure(
    client: A2E, scripted: Scripted, status: int, body: Any, kind: type[APIError]
) -> None:
    scripted.on("GET", COINS, says(body, status))
    with pytest.raises(kind) as caught:
        await client.account.coins()
    assert type(caught.value) is kind
    assert caught.value.status == status
    assert caught.value.body == body
    assert caught.value.retryable is issubclass(kind, (RateLimited, ServerError))


async def test_a_failure_keeps_each_part_of_the_answer(client: A2E, scripted: Scripted) -> None:
    body = {"code": "777", "message": "no", "trace_id": "t-9", "more": [1]}
    scripted.on("GET", COINS, says(body, 400, Retry_After="3.5"))
    with pytest.raises(InvalidRequest) as caught:
        await client.account.coins()
    error = caught.value
    assert (error.status, error.code, error.message) == (400, 777, "no")
    assert (error.trace_id, error.body, error.retry_after) == ("t-9", body, 3.5)
    assert "t-9" in str(error)


@pytest.mark.parametrize("content", [b"", b"  ", b"<html>hi</html>", b"{broken", b"\xff\xfe"])
async def test_an_unreadable_success(client: A2E, scripted: Scripted, content: bytes) -> None:
    scripted.on("GET", COINS, Reply(content))
    with pytest.raises(UnexpectedResponse) as caught:
        await client.account.coins()
    assert caught.value.body == content.decode("utf-8", "replace")


async def test_a_wrong_path_is_not_found_with_the_page_kept(
    client: A2E, scripted: Scripted
) -> None:
    scripted.on("GET", COINS, html(404))
    with pytest.raises(NotFound) as caught:
        await client.account.coins()
    assert "<html>" in caught.value.body


@pytest.mark.parametrize("body", [{"coins": None}, {"coins": "many"}, [], "soon", True, None])
async def test_an_unknown_shape_is_kept(client: A2E, scripted: Scripted, body: Any) -> None:
    scripted.on("GET", COINS, says({"code": 0, "data": body, "trace_id": "t"}))
    with pytest.raises(UnexpectedResponse) as caught:
        await client.account.coins()
    assert caught.value.body["data"] == body
    assert caught.value.trace_id == "t"


async def test_a_compressed_or_chunked_answer_is_read(client: A2E, scripted: Scripted) -> None:
    import gzip  # noqa: PLC0415

    packed = gzip.compress(json.dumps({"code": 0, "data": 7}).encode())
    scripted.on("GET", COINS, Reply(packed, 200, {"Content-Encoding": "gzip"}))
    assert await client.account.coins() == 7
