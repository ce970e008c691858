"""The command, killed in the middle of an order."""

from __future__ import annotations

import asyncio
import os
import signal
import sys

import pytest

from a2e_async.sandbox import Sandbox
from tests.examples.web.site import HOST, Guest, Hand, Site, free_port


@pytest.mark.slow
async def test_a_process_that_is_killed_loses_nothing(
    site: Site, sandbox: Sandbox, hand: Hand
) -> None:
    port = await free_port()
    command = ["-W", "error", "-m", "examples.web", site.framework]
    command += ["--port", str(port), "--folder", str(site.folder)]
    environment = {"A2E_BASE_URL": sandbox.base_url, "A2E_API_KEY": sandbox.token}

    async def run() -> asyncio.subprocess.Process:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *command,
            env=os.environ | environment,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        async with asyncio.timeout(30):
            while process.returncode is None:
                try:
                    _, writer = await asyncio.open_connection(HOST, port)
                except OSError:
                    await asyncio.sleep(0.05)
                else:
                    writer.close()
                    return process
        _, told = await process.communicate()
        raise AssertionError(told.decode())

    async def end(process: asyncio.subprocess.Process, how: signal.Signals) -> bytes:
        process.send_signal(how)
        return (await process.communicate())[1]

    first = await run()
    async with Guest(f"http://{HOST}:{port}") as guest:
        async with guest.looking():
            card = await guest.ordered()
            await guest.sees(card, state="running")
        await end(first, signal.SIGKILL)
        hand.now = 31
        second = await run()
        async with guest.looking():
            seen = await guest.sees(card, state="done")
        assert seen["files"]
    told = await end(second, signal.SIGTERM)
    assert b"Traceback" not in told
    assert sandbox.token.encode() not in told
    assert len(sandbox.tasks) == 1
