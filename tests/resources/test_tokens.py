"""Tokens by the old way. None of them may be seen anywhere."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from a2e_async import A2E, A2EError, AuthenticationFailed, SubmitUncertain
from tests.http.test_secrets import everything_shown
from tests.support.scripted import DROP, Reply, Scripted, html, ok, says

LOGIN = "/api/login/account"
GENERATE = "/api/v1/token/generate"
# Of no shape that is known for a token.
SECRET = "a plain word + more/hidden=5"
FIELDS = {"account": "me", "password": SECRET}


@pytest.mark.parametrize("data", [{"token": SECRET, "more": 1}, {"accessToken": SECRET}, SECRET])
async def test_login(client: A2E, scripted: Scripted, data: Any) -> None:
    scripted.on("POST", LOGIN, ok(data))
    login = await client.tokens.login(FIELDS)
    assert (login.token, login.raw) == (SECRET, data)
    assert SECRET not in repr(login)
    assert scripted.seen[0].json == FIELDS


@pytest.mark.parametrize("data", [None, {}, {"token": 5}, [], {"odd": SECRET}])
async def test_login_that_names_no_token(client: A2E, scripted: Scripted, data: Any) -> None:
    scripted.on("POST", LOGIN, ok(data))
    login = await client.tokens.login(FIELDS)
    assert (login.token, login.raw) == (None, data)
    assert SECRET not in repr(login)


async def test_generate(client: A2E, scripted: Scripted) -> None:
    data = {"_id": "1", "token": SECRET}
    scripted.on("POST", GENERATE, ok(data))
    token = await client.tokens.generate("mine")
    assert (token.id, token.token, token.raw) == ("1", SECRET, data)
    assert SECRET not in repr(token)
    assert scripted.seen[0].json == {"alias": "mine"}


async def test_the_sandbox_gives_tokens() -> None:
    async with A2E.sandbox() as a2e:
        assert (await a2e.tokens.generate("mine")).token
        await a2e.tokens.login({"account": "me"})


@pytest.mark.parametrize("fields", [None, SECRET, [SECRET], {5: SECRET}, {"a": {SECRET}}])
async def test_wrong_fields(client: A2E, scripted: Scripted, fields: Any) -> None:
    with pytest.raises((TypeError, ValueError), match="fields") as caught:
        await client.tokens.login(fields)
    assert SECRET not in everything_shown(caught.value)
    assert scripted.seen == []


@pytest.mark.parametrize("alias", ["", " ", 5, None])
async def test_wrong_alias(client: A2E, scripted: Scripted, alias: Any) -> None:
    with pytest.raises((TypeError, ValueError), match="alias"):
        await client.tokens.generate(alias)
    assert scripted.seen == []


@pytest.mark.parametrize(
    "answer",
    [
        ok({"odd": SECRET}),
        ok([SECRET, {"token": [SECRET]}]),
        ok(None, token=SECRET),
        Reply(f'{{"code": 0, "data": {{"token": "{SECRET}'.encode()),
        says({"code": 500, "message": "odd", "data": {"token": SECRET}}, 500),
        html(),
        DROP,
    ],
)
async def test_a_lost_token_is_not_made_twice(
    client: A2E, scripted: Scripted, caplog: pytest.LogCaptureFixture, answer: Reply
) -> None:
    caplog.set_level(logging.DEBUG)
    scripted.on("POST", GENERATE, answer, ok({"token": "x"}))
    with pytest.raises(SubmitUncertain) as caught:
        await client.tokens.generate("mine")
    assert SECRET not in everything_shown(caught.value) + caplog.text
    assert len(scripted.seen) == 1


@pytest.mark.parametrize(
    "answer",
    [
        says({"code": 401, "message": "bad", "data": {"password": SECRET}}),
        says({"code": 1, "message": "bad", "token": SECRET, "list": [{"a": SECRET}]}),
        Reply(f'{{"code": 0, "data": {{"token": "{SECRET}'.encode()),
        Reply(f"<html>{SECRET}</html>".encode(), 502),
        DROP,
    ],
)
async def test_a_login_that_fails_shows_nothing(
    client: A2E, scripted: Scripted, caplog: pytest.LogCaptureFixture, answer: Reply
) -> None:
    caplog.set_level(logging.DEBUG)
    scripted.on("POST", LOGIN, answer)
    with pytest.raises(A2EError) as caught:
        await client.tokens.login(FIELDS)
    assert SECRET not in everything_shown(caught.value) + caplog.text


async def test_what_is_wrong_is_told(client: A2E, scripted: Scripted) -> None:
    scripted.on("POST", LOGIN, says({"code": 401, "message": "wrong password", "trace_id": "t"}))
    with pytest.raises(AuthenticationFailed, match="wrong password") as caught:
        await client.tokens.login(FIELDS)
    assert caught.value.body == {"code": 401, "message": "wrong password", "trace_id": "t"}
