"""A bot tested with the fixtures of the pytest plugin, as the guide shows it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from a2e_async import A2E
from a2e_async.sandbox import Sandbox
from examples.telegram_bot.app import serve
from examples.telegram_bot.settings import Settings
from tests.examples.telegram.standin import TOKEN, Telegram


async def test_a_photo_comes_back(a2e_sandbox: Sandbox, tmp_path: Path) -> None:
    stop = asyncio.Event()
    async with (
        Telegram() as telegram,
        A2E.sandbox(sandbox=a2e_sandbox, store=tmp_path / "bot.db") as a2e,
    ):
        settings = Settings(token=TOKEN, api=telegram.url, files=tmp_path, edit_every=0.1)
        bot = asyncio.create_task(serve(a2e, settings, stop=stop))
        asked = telegram.say("/image a red fox")
        chat = telegram.chat()
        await telegram.until(lambda: [it.kind for it in chat.answers_to(asked)] == ["photo"])
        stop.set()
        await bot
    assert [task.body["prompt"] for task in a2e_sandbox.tasks] == ["a red fox"]
