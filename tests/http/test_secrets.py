"""The token goes to the service, and nowhere else."""

from __future__ import annotations

import asyncio
import logging
import traceback
from typing import Any

import aiohttp
import pytest

from a2e_async import A2E, A2EError, RetryPolicy, UnexpectedResponse
from tests.conftest import QUICK_RETRY, QUICK_SCHEDULE, TOKEN
from tests.http.raw import raw_server
from tests.support.scripted import DROP, Reply, Scripted, html, ok, says

COINS = "/api/v1/user/remainingCoins"
PLAIN_TOKEN = "no-usual-shape/at+all=1234"


TWICE = RetryPolicy(first_delay=0.0, attempts=2, searches=(0.0,))


def everything_shown(error: BaseException | None) -> str:
    shown = "".join(traceback.format_exception(error)) if error else ""
    while error is not None:
        shown += f"{error!s} {error!r} {error.args!r} {vars(error)!r}"
        error = error.__cause__ or error.__context__
    return shown


def echo(status: int, *, with_code: bool = True) -> Reply:
    code = {"code": 1} if with_code else {}
    said = f"{TOKEN} and Bearer {PLAIN_TOKEN}"
    return says({**code, "message": said, "trace_id": said, "data": {said: said}}, status)


@pytest.mark.parametrize("token", [TOKEN, PLAIN_TOKEN])
@pytest.mark.parametrize(
    "answer",
    [
        DROP,
        html(),
        html(302),
        Reply(b""),
        echo(400),
        echo(401),
        echo(200),
        echo(500),
        echo(200, with_code=False),
        Reply(f"<html>{TOKEN} {PLAIN_TOKEN}</html>".encode()),
        Reply(f"<html>{TOKEN} {PLAIN_TOKEN}</html>".encode(), 404),
    ],
)
async def test_no_failure_shows_it(
    scripted: Scripted, caplog: pytest.LogCaptureFixture, token: str, answer: Reply
) -> None:
    caplog.set_level(logging.DEBUG)
    scripted.on("*", "*", answer)
    failures: list[BaseException] = []
    async with A2E(token, base_url=scripted.base_url, retry=TWICE, schedule=QUICK_SCHEDULE) as a2e:
        shown = repr(a2e) + repr(a2e.text_to_image)
        for call in (
            a2e.account.coins(),
            a2e.text_to_image.start(prompt="x"),
            a2e.text_to_speech("x", tts_id="x"),
            a2e.text_to_image.job("a").refresh(),
            a2e.text_to_image.job("a").delete(),
            a2e.avatar_video.job("a").wait(timeout=0.05),
            anext(aiter(a2e.text_to_image.list())),
        ):
            try:
                shown += repr(await call)
            except (A2EError, StopAsyncIteration) as error:
                failures.append(error)
    assert failures
    shown += caplog.text + "".join(map(everything_shown, failures))
    assert token not in shown
    assert token.encode().decode("unicode_escape") not in shown


@pytest.mark.parametrize(
    "answer", [b"SSH-2.0\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", b"HTTP/1.1 200"]
)
@pytest.mark.parametrize("echoed", [b"", PLAIN_TOKEN.encode()])
async def test_no_broken_protocol_shows_it(answer: bytes, echoed: bytes) -> None:
    async def say(writer: asyncio.StreamWriter) -> None:
        writer.write(echoed + answer)

    async with (
        raw_server(say) as base_url,
        A2E(PLAIN_TOKEN, base_url=base_url, retry=QUICK_RETRY) as a2e,
    ):
        with pytest.raises(A2EError) as caught:
            await a2e.account.coins()
    assert PLAIN_TOKEN not in everything_shown(caught.value)


async def test_a_redirect_is_not_followed(client: A2E, scripted: Scripted) -> None:
    async with Scripted() as elsewhere:
        target = {"Location": f"{elsewhere.base_url}/api/v1/anything"}
        scripted.on("*", "*", Reply(b"", 307, target))
        with pytest.raises(UnexpectedResponse, match="base_url"):
            await client.account.coins()
        with pytest.raises(A2EError):
            await client.text_to_image.start(prompt="x")
        assert elsewhere.seen == []


async def test_asset_hosts_get_nothing_of_it(scripted: Scripted) -> None:
    """Neither the client's token nor what the injected session sends by default."""
    ran: list[str] = []

    async def middleware(request: Any, handler: Any) -> Any:
        ran.append(str(request.url))
        return await handler(request)

    async with (
        Scripted() as assets,
        aiohttp.ClientSession(headers={"Authorization": f"Bearer {TOKEN}"}) as own,
    ):
        record = {
            "_id": "a",
            "current_status": "completed",
            "image_urls": [f"{assets.base_url}/1.png?sig=1"],
        }
        scripted.on("GET", "*", ok(record))
        assets.on("GET", "*", Reply(b"\x89PNG\r\n\x1a\n", 200, {"Content-Type": "image/png"}))
        async with A2E(
            TOKEN, base_url=scripted.base_url, session=own, middlewares=[middleware]
        ) as a2e:
            await a2e.text_to_image.get("a")
            session = a2e._core.session
            async with session.fetch("GET", f"{assets.base_url}/1.png?sig=1", headers={}) as got:
                await got.read()
        assert not own.closed
        (seen,) = assets.seen
        assert "Authorization" not in seen.headers
        assert TOKEN not in repr(seen)
        assert seen.headers["User-Agent"].startswith("a2e-async/")
        assert len(ran) == len(scripted.seen) == 1


async def test_an_echoed_token_is_in_no_record(client: A2E, scripted: Scripted) -> None:
    scripted.on("GET", "*", ok({"_id": "a", "prompt": f"say {TOKEN}"}))
    record = await client.text_to_image.get("a")
    assert record.prompt == "say [token]"
    assert TOKEN not in repr(record.raw)


async def test_a_short_made_up_token_garbles_no_answer(scripted: Scripted) -> None:
    scripted.on("GET", "*", ok({"_id": "a", "prompt": "a test"}))
    async with A2E("a", base_url=scripted.base_url) as a2e:
        assert (await a2e.text_to_image.get("a")).prompt == "a test"
