"""What is left when somebody goes away: a client that closes, a wait that is given up."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import anyio
import pytest
from aiohttp import web

from a2e_async import A2E, ConfigurationError, JobError, SubmitUncertain
from tests.conftest import QUICK_RETRY, TOKEN
from tests.support.scripted import Scripted, ok

IMAGE = "/api/v1/userText2Image"


@contextlib.asynccontextmanager
async def serving(
    handle: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]],
) -> AsyncIterator[str]:
    runner = web.ServerRunner(web.Server(handle, access_log=None), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    try:
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()


@pytest.fixture
async def stalling() -> AsyncIterator[str]:
    """A server whose answers begin, and never go on."""
    begun = asyncio.Event()

    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse()
        response.content_length = 1000
        await response.prepare(request)
        await response.write(b"{")
        begun.set()
        await asyncio.sleep(60)
        return response

    async with serving(handle) as address:
        yield address


@pytest.mark.parametrize("injected", [False, True])
@pytest.mark.parametrize(
    ("call", "kind"),
    [
        (lambda a2e: a2e.text_to_image.start(prompt="x"), SubmitUncertain),
        (lambda a2e: a2e.text_to_image.get("id"), ConfigurationError),
        (lambda a2e: a2e.account.coins(), ConfigurationError),
        (lambda a2e: a2e.text_to_image.job("id").wait(), JobError),
    ],
    ids=["start", "get", "coins", "wait"],
)
async def test_closing_ends_what_still_reads(
    stalling: str, call: Callable[[A2E], Awaitable[Any]], kind: type[Exception], injected: bool
) -> None:
    async with contextlib.AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession()) if injected else None
        a2e = A2E(TOKEN, base_url=stalling, session=session, retry=QUICK_RETRY)
        reading = asyncio.ensure_future(call(a2e))
        await asyncio.sleep(0.2)
        await a2e.aclose()
        with pytest.raises(kind):
            await asyncio.wait_for(reading, 5)


async def test_closing_ends_a_download(
    client: A2E, scripted: Scripted, stalling: str, tmp_path: Path
) -> None:
    record = {"_id": "id", "current_status": "completed", "image_urls": [f"{stalling}/x.png"]}
    scripted.on("GET", f"{IMAGE}/id", ok(record))
    saving = asyncio.create_task(client.text_to_image.job("id").download(tmp_path))
    await asyncio.sleep(0.2)
    await client.aclose()
    with pytest.raises(ConfigurationError):
        await asyncio.wait_for(saving, 5)
    assert [path async for path in anyio.Path(tmp_path).iterdir()] == []


@pytest.mark.slow
async def test_an_answer_that_drips_in_does_not_end_the_looks() -> None:
    looks = 0

    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        nonlocal looks
        looks += 1
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        for _ in range(1000 if looks == 1 else 0):
            await response.write(b" ")
            await asyncio.sleep(0.05)
        await response.write(ok({"_id": "id", "current_status": "completed"}).body)
        return response

    async with (
        serving(handle) as address,
        A2E(TOKEN, base_url=address, read_timeout=0.3) as a2e,
    ):
        await a2e.text_to_image.job("id").wait(timeout=20)
    assert looks == 2


@pytest.mark.parametrize("whole", [False, True])
async def test_a_run_that_is_given_up_leaves_its_token(
    client: A2E, scripted: Scripted, caplog: pytest.LogCaptureFixture, whole: bool
) -> None:
    scripted.on("POST", f"{IMAGE}/start", ok({"_id": "mine", "current_status": "sent"}))
    scripted.on("GET", f"{IMAGE}/mine", ok({"_id": "mine", "current_status": "sent"}))
    caplog.set_level(logging.WARNING)
    running = client.text_to_image.run(prompt="x")
    if whole:
        with pytest.raises(TimeoutError) as caught:
            await asyncio.wait_for(running, 0.3)
        notes = caught.value.__cause__
    else:
        task = asyncio.create_task(running)
        await asyncio.sleep(0.3)
        task.cancel()
        with pytest.raises(asyncio.CancelledError) as cancelled:
            await task
        notes = cancelled.value
    assert notes is not None
    assert "text_to_image:mine" in "".join(notes.__notes__)
    assert "text_to_image:mine" in caplog.text


def test_closing_in_another_loop_leaves_no_warning(scripted_coins: Callable[[A2E], None]) -> None:
    a2e = A2E(TOKEN, base_url="http://127.0.0.1:9")
    scripted_coins(a2e)
    asyncio.run(a2e.aclose())
    del a2e
    gc.collect()


@pytest.fixture
def scripted_coins() -> Callable[[A2E], None]:
    """Ask once in a loop of its own, of a server that keeps the connection."""

    async def ask(a2e: A2E) -> None:
        async with Scripted() as server:
            server.on("GET", "/api/v1/user/remainingCoins", ok({"coins": 1}))
            a2e._core.session._base_url = server.base_url
            assert await a2e.account.coins() == 1

    return lambda a2e: asyncio.run(ask(a2e))
