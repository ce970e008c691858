"""The bot in this process, on the stand-in and the sandbox."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from a2e_async import A2E
from a2e_async.sandbox import Sandbox
from examples.telegram_bot.app import serve
from examples.telegram_bot.settings import Settings
from tests.batch.conftest import QUICK
from tests.examples.telegram.standin import TOKEN, Telegram


class Clock:
    """A clock for a sandbox that can be stopped, so that its tasks take as long as a test likes."""

    def __init__(self) -> None:
        self._lost = 0.0
        self._stopped: float | None = None

    def __call__(self) -> float:
        return (time.monotonic() if self._stopped is None else self._stopped) - self._lost

    def stop(self) -> None:
        self._stopped = time.monotonic()

    def go_on(self) -> None:
        assert self._stopped is not None
        self._lost += time.monotonic() - self._stopped
        self._stopped = None


def settings_of(telegram: Telegram, folder: Path, **changed: Any) -> Settings:
    given: dict[str, Any] = {
        "token": TOKEN,
        "api": telegram.url,
        "store": folder / "bot.db",
        "files": folder / "files",
        "size": 256,
        "edit_every": 0.05,
        "stop_within": 2.0,
    }
    return Settings(**given | changed)


@asynccontextmanager
async def running(settings: Settings, sandbox: Sandbox) -> AsyncIterator[A2E]:
    """Run the bot until the block ends, and stop it cleanly."""
    stop = asyncio.Event()
    async with A2E.sandbox(
        sandbox=sandbox, store=settings.store, in_flight=settings.in_flight, retry=QUICK
    ) as a2e:
        bot = asyncio.create_task(serve(a2e, settings, stop=stop))
        try:
            yield a2e
        finally:
            stop.set()
            await bot
