"""`WebhookReceiver`: in applications of aiohttp, in ASGI, and bare."""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import AsyncIterator, Iterable
from typing import Any

import pytest
from aiohttp import web

from a2e_async import A2E, ConfigurationError, Webhook, WebhookReceiver
from a2e_async.http.payload import LARGEST
from tests.conftest import TOKEN as API_TOKEN
from tests.jobs.service import DETAIL, VIDEO_DETAIL, image, until, video
from tests.support.scripted import Scripted, ok
from tests.webhooks.conftest import TOKEN, Porch, call, serve

OTHER = "another-secret"


def client_on(scripted: Scripted, token: str = TOKEN) -> A2E:
    webhook = Webhook(url="https://bot.example/a2e", token=token)
    return A2E(API_TOKEN, base_url=scripted.base_url, webhook=webhook)


class Waiting:
    """A client with a job that somebody waits for, whose looks are counted."""

    def __init__(self, a2e: A2E, scripted: Scripted, task_id: str) -> None:
        self.a2e, self.task_id = a2e, task_id
        self._scripted = scripted
        self._task = asyncio.create_task(a2e.text_to_image.job(task_id).wait())

    @property
    def looks(self) -> int:
        return self._scripted.count("GET", f"/api/v1/userText2Image/{self.task_id}")

    async def settled(self) -> int:
        await until(lambda: self.looks)
        await asyncio.sleep(0.05)
        return self.looks

    async def leave(self) -> None:
        self._task.cancel()
        await asyncio.wait([self._task])
        await self.a2e.aclose()


def looks_at_videos(scripted: Scripted) -> int:
    return sum(seen.path == VIDEO_DETAIL for seen in scripted.seen)


@pytest.fixture
async def waiting(scripted: Scripted) -> AsyncIterator[Waiting]:
    """A job that is not looked at again for two seconds, unless somebody rings."""
    scripted.on("GET", DETAIL, lambda seen: ok(image(seen.path.rpartition("/")[2])))
    made = Waiting(client_on(scripted), scripted, "task-1")
    assert await made.settled() == 1
    yield made
    await made.leave()


async def test_a_handler(porch: Porch, waiting: Waiting) -> None:
    porch.receiver = WebhookReceiver(waiting.a2e)
    assert await porch.ring(json={"event": "task.completed", "data": {"_id": "task-1"}}) == 204
    await until(lambda: waiting.looks == 2)


@pytest.mark.parametrize("path", ["/hooks", "/hooks/", "/hooks/any/where"])
async def test_a_sub_application(waiting: Waiting, path: str) -> None:
    app = web.Application()
    app.add_subapp("/hooks", WebhookReceiver(waiting.a2e).app())
    runner, root = await serve(app)
    assert await call(root + path, data="task-1") == 204
    assert await call(root + path, "wrong") == 401
    assert await call(root + path, method="GET") == 405
    await until(lambda: waiting.looks == 2)
    await runner.cleanup()


@pytest.mark.parametrize("path", ["/", "/a2e"])
async def test_an_application_of_its_own(waiting: Waiting, path: str) -> None:
    runner, root = await serve(WebhookReceiver(waiting.a2e).app())
    assert await call(root + path, data="task-1") == 204
    await until(lambda: waiting.looks == 2)
    await runner.cleanup()


STRANGERS = [None, "", "a-forgery", TOKEN[:-1], TOKEN + "x", TOKEN.upper(), "x" * 4_000]


@pytest.mark.parametrize("token", STRANGERS, ids=range(len(STRANGERS)))
async def test_a_stranger_s_call_costs_nothing(
    porch: Porch, waiting: Waiting, token: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    porch.receiver = WebhookReceiver(waiting.a2e)
    for _ in range(20):
        assert await porch.ring(token, data="task-1") == 401
    await asyncio.sleep(0.1)
    assert waiting.looks == 1
    assert not token or token not in caplog.text
    assert TOKEN not in caplog.text


@pytest.mark.parametrize("token", ["\ud800", "\udcff\udc80", "\x00", TOKEN + "\udcff"])
async def test_a_token_that_is_no_text(waiting: Waiting, token: str) -> None:
    assert WebhookReceiver(waiting.a2e).ring(token, b"task-1") is False


async def test_bytes_that_are_no_text_in_the_header(porch: Porch, waiting: Waiting) -> None:
    porch.receiver = WebhookReceiver(waiting.a2e)
    host, port = porch.url.split("/")[2].split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"POST /a2e HTTP/1.1\r\nHost: x\r\nConnection: close\r\n")
    writer.write(b"X-A2e-Webhook-Token: \xff\xfe\xed\xa0\x80\r\nContent-Length: 0\r\n\r\n")
    assert (await reader.read()).startswith(b"HTTP/1.1 401 ")
    writer.close()
    await writer.wait_closed()


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])
async def test_other_methods(porch: Porch, waiting: Waiting, method: str) -> None:
    porch.receiver = WebhookReceiver(waiting.a2e)
    assert await porch.ring(method=method) == 405
    await asyncio.sleep(0.05)
    assert waiting.looks == 1


async def test_a_call_without_an_id_makes_all_jobs_looked_at(
    porch: Porch, waiting: Waiting
) -> None:
    porch.receiver = WebhookReceiver(waiting.a2e)
    assert await porch.ring() == 204
    await until(lambda: waiting.looks == 2)


async def test_each_token_rings_for_its_own_client(
    porch: Porch, waiting: Waiting, scripted: Scripted
) -> None:
    other = Waiting(client_on(scripted, OTHER), scripted, "task-2")
    await other.settled()
    porch.receiver = WebhookReceiver(waiting.a2e, other.a2e, tokens=["of-yesterday"])
    assert await porch.ring(OTHER) == 204
    await until(lambda: other.looks == 2)
    assert waiting.looks == 1
    assert await porch.ring("of-yesterday", data="task-1") == 204
    await until(lambda: waiting.looks == 2)
    await other.leave()


async def test_clients_that_share_a_token_are_all_rung_for(
    waiting: Waiting, scripted: Scripted
) -> None:
    other = Waiting(client_on(scripted), scripted, "task-2")
    await other.settled()
    assert WebhookReceiver(waiting.a2e, other.a2e).ring(TOKEN, b"task-1 task-2")
    await until(lambda: (waiting.looks, other.looks) == (2, 2))
    await other.leave()


async def test_a_closed_client_does_not_mind(porch: Porch, waiting: Waiting) -> None:
    porch.receiver = WebhookReceiver(waiting.a2e)
    await waiting.a2e.aclose()
    assert await porch.ring(data="task-1") == 204
    assert waiting.looks == 1


async def test_an_error_of_the_client_is_not_the_caller_s(
    porch: Porch,
    waiting: Waiting,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def ring(_: Iterable[str]) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(waiting.a2e._core.poller, "ring", ring)
    porch.receiver = WebhookReceiver(waiting.a2e)
    assert await porch.ring(data="task-1") == 204
    assert "broken" in caplog.text
    assert TOKEN not in caplog.text


async def test_who_has_no_webhook_cannot_be_rung_for(client: A2E) -> None:
    with pytest.raises(ConfigurationError, match=r"A2E\(webhook=Webhook\(url="):
        WebhookReceiver(client)
    wrong: Any = "sk_x"
    with pytest.raises(TypeError, match="expected a client A2E"):
        WebhookReceiver(wrong)


@pytest.mark.parametrize("token", ["", " ", "x" * 257])
async def test_more_tokens_are_checked(scripted: Scripted, token: str) -> None:
    async with client_on(scripted) as a2e:
        with pytest.raises(ValueError, match="tokens: expected a text"):
            WebhookReceiver(a2e, tokens=[token])
        assert TOKEN not in repr(WebhookReceiver(a2e))


JSON = {"Content-Type": "application/json"}
PAYLOADS: dict[str, dict[str, Any]] = {
    "json": {"json": [[{"x": {"task": "task-1"}}]]},
    "key": {"json": {"task-1": None}},
    "token": {"json": {"job": "text_to_image:task-1"}},
    "text in json": {"json": {"text": "Done:\ntask-1\tis ready"}},
    "json in json": {"json": {"text": '{"_id":"task-1"}'}},
    "form": {"data": {"payload": '{"_id":"task-1"}'}},
    "multipart": {
        "data": b'--x\r\nContent-Disposition: form-data; name="id"\r\n\r\ntask-1\r\n--x--'
    },
    "text": {"data": "Task task-1 has ended."},
    "wrong type": {"data": b'{"_id": "task-1"}', "headers": {"Content-Type": "image/png"}},
    "broken": {"data": b'{"_id": "task-1', "headers": JSON},
    "no utf-8": {"data": b"\xff\xfe task-1 \xff", "headers": JSON},
    "deep": {"data": b"[" * 100_000 + b'"task-1"', "headers": JSON},
    "no json": {"data": b'NaN "task-1" ]', "headers": JSON},
    "empty": {"data": b"", "headers": JSON},
    "null": {"data": b"null", "headers": JSON},
    "other": {"json": {"_id": "67ee00000000000000000009"}},
    "broken gzip": {"data": b"task-1", "headers": {"Content-Encoding": "gzip"}},
}


async def test_a_huge_payload_rings(porch: Porch, waiting: Waiting) -> None:
    porch.receiver = WebhookReceiver(waiting.a2e)
    assert await porch.ring(data=io.BytesIO(b"x" * 4 * LARGEST)) == 204
    await until(lambda: waiting.looks == 2)


@pytest.mark.parametrize("payload", PAYLOADS.values(), ids=PAYLOADS)
async def test_any_payload_rings(porch: Porch, waiting: Waiting, payload: dict[str, Any]) -> None:
    porch.receiver = WebhookReceiver(waiting.a2e)
    assert await porch.ring(**payload) == 204
    await until(lambda: waiting.looks == 2)


async def test_only_the_jobs_that_are_named_are_looked_at(
    porch: Porch, waiting: Waiting, scripted: Scripted
) -> None:
    other = asyncio.create_task(waiting.a2e.avatar_video.job("task-2").wait())
    scripted.on("*", VIDEO_DETAIL, ok([video("task-2")]))
    await until(lambda: looks_at_videos(scripted) == 1)
    porch.receiver = WebhookReceiver(waiting.a2e)
    assert await porch.ring(**PAYLOADS["form"]) == 204
    await until(lambda: waiting.looks == 2)
    await asyncio.sleep(0.05)
    assert looks_at_videos(scripted) == 1
    other.cancel()
    await asyncio.wait([other])


async def test_a_body_that_does_not_end_is_not_waited_for(
    porch: Porch, waiting: Waiting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("a2e_async.webhooks._PATIENCE", 0.1)
    porch.receiver = WebhookReceiver(waiting.a2e)
    host, port = porch.url.split("/")[2].split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    head = f"POST /a2e HTTP/1.1\r\nHost: x\r\nX-A2e-Webhook-Token: {TOKEN}\r\n"
    writer.write(f"{head}Content-Length: 100\r\n\r\ntask-1 ".encode())
    assert await reader.readline() == b"HTTP/1.1 204 No Content\r\n"
    await until(lambda: waiting.looks == 2)
    writer.close()
    await writer.wait_closed()


async def test_a_caller_that_hangs_up_has_rung(porch: Porch, waiting: Waiting) -> None:
    porch.receiver = WebhookReceiver(waiting.a2e)
    host, port = porch.url.split("/")[2].split(":")
    _, writer = await asyncio.open_connection(host, int(port))
    head = f"POST /a2e HTTP/1.1\r\nHost: x\r\nX-A2e-Webhook-Token: {TOKEN}\r\n"
    writer.write(f"{head}Content-Length: 100\r\n\r\ntask-1 ".encode())
    await writer.drain()
    await asyncio.sleep(0.05)
    writer.transport.abort()
    await until(lambda: waiting.looks == 2)


async def test_a_body_that_a_middleware_has_read(waiting: Waiting, scripted: Scripted) -> None:
    @web.middleware
    async def reads(request: web.Request, handler: Any) -> web.StreamResponse:
        await request.read()
        answer: web.StreamResponse = await handler(request)
        return answer

    other = asyncio.create_task(waiting.a2e.avatar_video.job("task-2").wait())
    scripted.on("*", VIDEO_DETAIL, ok([video("task-2")]))
    await until(lambda: looks_at_videos(scripted) == 1)
    app = web.Application(middlewares=[reads])
    app.router.add_post("/a2e", WebhookReceiver(waiting.a2e).handle)
    runner, root = await serve(app)
    assert await call(f"{root}/a2e", data="task-1") == 204
    await until(lambda: waiting.looks == 2)
    assert looks_at_videos(scripted) == 1
    await runner.cleanup()
    other.cancel()
    await asyncio.wait([other])
