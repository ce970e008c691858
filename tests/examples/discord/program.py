"""The bot as a process of its own, as it is run for months."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from a2e_async.sandbox import Sandbox
from tests.examples.discord.conftest import SIZE, soon
from tests.examples.discord.stand_in import TOKEN, Discord

API_KEY = "sk_eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJtZSJ9.signature"


class Program:
    """The process.

    Attributes:
        said: what it wrote to its log.
    """

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.said = ""

    async def kill(self) -> None:
        """End it at once, as a machine that loses its power."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        """Ask it to end, as a service manager does."""
        assert await self._end(signal.SIGTERM) == 0, self.said

    async def _end(self, number: signal.Signals) -> int | None:
        if self._process.returncode is None:
            self._process.send_signal(number)
        _, said = await self._process.communicate()
        self.said += said.decode()
        return self._process.returncode


@asynccontextmanager
async def program(
    platform: Discord,
    sandbox: Sandbox,
    store: Path,
    *,
    in_flight: int,
    size: int = SIZE,
    every: float = 2.0,
) -> AsyncIterator[Program]:
    """Run the bot until the block ends, and come back when it is there."""
    platform.gateway.ready.clear()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "examples.discord_bot"),
        env={
            **os.environ,
            "DISCORD_TOKEN": TOKEN,
            "DISCORD_API": platform.api,
            "A2E_API_KEY": API_KEY,
            "A2E_BASE_URL": sandbox.base_url,
            "BOT_STORE": str(store),
            "BOT_SIZE": str(size),
            "BOT_IN_FLIGHT": str(in_flight),
            "BOT_EVERY": str(every),
        },
        stderr=asyncio.subprocess.PIPE,
    )
    run = Program(process)
    try:
        await soon(lambda: platform.gateway.ready.is_set() or process.returncode is not None)
        yield run
    finally:
        await run.kill()
