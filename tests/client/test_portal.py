"""A client that is used from other threads than its event loop's."""

from __future__ import annotations

import asyncio
import contextvars
import functools
import gc
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from anyio import to_thread
from anyio.from_thread import start_blocking_portal

from a2e_async import A2E, ConfigurationError, TextToImage
from a2e_async.portal import Portal
from tests.conftest import QUICK_RETRY, TOKEN
from tests.jobs.service import DETAIL, START, image
from tests.support.scripted import Scripted, ok

COINS = "/api/v1/user/remainingCoins"
NOWHERE = "http://127.0.0.1:1"


@pytest.fixture
def coins(scripted: Scripted) -> Scripted:
    return scripted.on("GET", COINS, ok(7))


async def test_a_thread_blocks_for_the_result(client: A2E, scripted: Scripted) -> None:
    scripted.on("POST", START, ok(image())).on("GET", DETAIL, ok(image(word="completed")))
    portal = client.portal

    def view() -> list[str]:
        job = portal.call(client.text_to_image.start, prompt="x")
        records = [portal.call(client.run, TextToImage(prompt="x")), portal.call(job.wait)]
        return [record.id for record in records]

    assert await asyncio.to_thread(view) == ["a", "a"]
    assert await to_thread.run_sync(view) == ["a", "a"]


async def test_many_threads_at_once(client: A2E, coins: Scripted) -> None:
    portal = client.portal
    with ThreadPoolExecutor(8) as pool:
        loop = asyncio.get_running_loop()
        calls = [loop.run_in_executor(pool, portal.call, client.account.coins) for _ in range(40)]
        assert await asyncio.gather(*calls) == [7] * 40


async def test_what_is_awaitable_without_being_a_coroutine(client: A2E, coins: Scripted) -> None:
    threads: list[threading.Thread] = []

    def ask() -> Any:
        threads.append(threading.current_thread())
        return asyncio.ensure_future(client.account.coins())

    assert await asyncio.to_thread(client.portal.call, ask) == 7
    assert threads == [threading.main_thread()]


async def test_a_started_call_goes_on_while_the_thread_does(client: A2E, coins: Scripted) -> None:
    portal = client.portal

    def view() -> float:
        future = portal.start(client.account.coins)
        return future.result(5)

    assert await asyncio.to_thread(view) == 7


async def test_a_future_that_is_cancelled_cancels_the_call(client: A2E) -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def hang() -> None:
        begun.set()
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    future = await asyncio.to_thread(client.portal.start, hang)
    await asyncio.wait_for(begun.wait(), 5)
    assert future.cancel()
    await asyncio.wait_for(ended.wait(), 5)


async def test_errors_come_through_as_they_are(client: A2E) -> None:
    portal = client.portal
    with pytest.raises(ValueError, match="width"):
        await asyncio.to_thread(
            lambda: portal.call(client.text_to_image.start, prompt="x", width=-1)
        )


async def test_a_time_that_is_up_in_the_call_is_no_glance(client: A2E) -> None:
    async def fail() -> None:
        await asyncio.sleep(0)
        raise TimeoutError("its own")

    with pytest.raises(TimeoutError, match="its own"):
        await asyncio.to_thread(client.portal.call, fail)


async def test_the_context_of_the_thread_goes_along(client: A2E) -> None:
    trace: contextvars.ContextVar[str] = contextvars.ContextVar("trace")
    portal = client.portal

    async def read() -> str:
        return trace.get()

    def view() -> str:
        trace.set("request 7")
        return portal.call(read)

    assert await asyncio.to_thread(view) == "request 7"


async def test_the_own_loop_is_told_to_await(client: A2E, coins: Scripted) -> None:
    for use in (client.portal.call, client.portal.start):
        with pytest.raises(ConfigurationError, match="await the call instead"):
            use(client.account.coins)
    assert coins.seen == []


def test_a_client_without_a_loop_says_how_to_get_one() -> None:
    a2e = A2E(TOKEN, base_url=NOWHERE)
    with pytest.raises(ConfigurationError, match=r"Take a2e\.portal first"):
        a2e.portal.call(a2e.account.coins)


def test_a_loop_that_has_ended_is_named() -> None:
    a2e = A2E(TOKEN, base_url=NOWHERE, retry=QUICK_RETRY)

    async def use() -> Portal:
        await a2e.aclose()
        return a2e.portal

    async def take() -> Portal:
        return a2e.portal

    portal = asyncio.run(take())
    with pytest.raises(ConfigurationError, match="does not run any more"):
        portal.call(a2e.account.coins)
    asyncio.run(use())
    gc.collect()


async def test_a_closed_client_is_named(client: A2E, coins: Scripted) -> None:
    portal = client.portal
    await client.aclose()
    with pytest.raises(ConfigurationError, match="closed"):
        await asyncio.to_thread(portal.call, client.account.coins)


async def test_what_is_no_function_is_named(client: A2E) -> None:
    portal: Any = client.portal
    for wrong in (client.account.coins(), "coins", None):
        with pytest.raises(TypeError, match=r"portal\.call\(a2e\.run, request\)"):
            await asyncio.to_thread(portal.call, wrong)
    with pytest.raises(TypeError, match="cannot be awaited"):
        await asyncio.to_thread(portal.call, len, "text")


async def test_the_portal_shows_no_token(client: A2E) -> None:
    assert TOKEN not in repr(client.portal)
    assert client.portal is client.portal


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a thread that waits look around more often than it needs to."""
    monkeypatch.setattr("a2e_async.portal._BETWEEN_GLANCES", 0.05)


def in_a_loop_of_its_own(use: Callable[[A2E, Portal], None], base_url: str) -> None:
    """Serve a client in a thread, and use it from this one."""
    taken = threading.Event()
    held: list[Any] = []

    async def serve() -> None:
        async with A2E(TOKEN, base_url=base_url, retry=QUICK_RETRY) as a2e:
            over = asyncio.Event()
            held.extend((a2e, a2e.portal, asyncio.get_running_loop(), over))
            taken.set()
            await over.wait()

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    try:
        assert taken.wait(10)
        use(held[0], held[1])
    finally:
        held[2].call_soon_threadsafe(held[3].set)
        thread.join(10)


INTERRUPTED = """
import asyncio, os, signal, threading
from a2e_async import A2E

cancelled = threading.Event()
# Whoever runs the tests in the background may have it ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)

async def hang():
    asyncio.get_running_loop().call_later(0.1, os.kill, os.getpid(), signal.SIGINT)
    try:
        await asyncio.sleep(60)
    except asyncio.CancelledError:
        cancelled.set()
        raise

async def take():
    return a2e.portal

loop = asyncio.new_event_loop()
threading.Thread(target=loop.run_forever, daemon=True).start()
a2e = A2E("sk_interrupted", base_url="http://127.0.0.1:9")
portal = asyncio.run_coroutine_threadsafe(take(), loop).result(10)
try:
    portal.call(hang)
except KeyboardInterrupt:
    print("interrupted", cancelled.wait(10))
asyncio.run_coroutine_threadsafe(a2e.aclose(), loop).result(10)
"""


def test_an_interrupt_of_the_waiting_thread_cancels_the_call() -> None:
    """In a process of its own: whoever runs the tests would take the signal for his."""
    command = [sys.executable, "-W", "error", "-c", INTERRUPTED]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.stdout == "interrupted True\n", done.stderr


@pytest.mark.usefixtures("often")
def test_a_loop_that_ends_meanwhile_leaves_nobody_waiting() -> None:
    loop = asyncio.new_event_loop()
    a2e = A2E(TOKEN, base_url=NOWHERE)

    async def take() -> Portal:
        return a2e.portal

    portal = loop.run_until_complete(take())
    calls: list[Future[Any]] = []

    def last_turn() -> None:
        # What is put to the loop during its last turn never gets one.
        calls.append(pool.submit(portal.call, a2e.account.coins))
        time.sleep(0.2)
        loop.stop()

    with ThreadPoolExecutor(1) as pool:
        loop.call_soon(last_turn)
        loop.run_forever()
        loop.close()
        with pytest.raises(ConfigurationError, match="does not run any more"):
            calls[0].result(10)
    asyncio.run(a2e.aclose())
    gc.collect()


@pytest.mark.parametrize("uvloop", [False, True])
def test_a_program_without_a_loop(
    uvloop: bool, tmp_path: Path, recwarn: pytest.WarningsRecorder
) -> None:
    """As the documentation tells: a loop in a thread of its own, by anyio."""
    if uvloop:
        pytest.importorskip("uvloop")
    with (
        start_blocking_portal("asyncio", {"use_uvloop": uvloop}) as portal,
        portal.wrap_async_context_manager(A2E.sandbox(durations=0.0)) as a2e,
    ):
        record = portal.call(a2e.run, TextToImage(prompt="x"))
        job = portal.call(functools.partial(a2e.text_to_image.start, prompt="x"))
        (path,) = portal.call(job.download, tmp_path)
        assert portal.call(a2e.drain) == []
    assert record.outputs
    assert path.stat().st_size > 0
    gc.collect()
    assert [str(warning.message) for warning in recwarn] == []
