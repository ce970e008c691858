"""A bot at work: the real discord.py on the stand-in of Discord, the SDK on its sandbox."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route

from a2e_async import A2E
from a2e_async.sandbox import Sandbox
from examples.discord_bot.bot import Bot
from examples.discord_bot.handover import Pace
from examples.discord_bot.settings import Settings
from tests.examples.discord.shapes import Command, Message
from tests.examples.discord.stand_in import TOKEN, Discord

PROMPT = "a red fox in snow"
# Small pictures are painted, fetched and sent in no time.
SIZE = 64


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let a warning through that discord.py's own code causes on Python 3.13."""
    known = "ignore:'count' is passed as positional argument:DeprecationWarning:discord.utils"
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.filterwarnings(known))


@pytest.fixture(autouse=True)
def real_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put Discord's addresses back after a test."""
    monkeypatch.setattr(Route, "BASE", Route.BASE)
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", DiscordWebSocket.DEFAULT_GATEWAY)


@pytest.fixture
async def platform() -> AsyncIterator[Discord]:
    async with Discord() as server:
        yield server


@pytest.fixture
def a2e_sandbox_options() -> dict[str, Any]:
    return {"seed": 7, "speed": 200, "durations": 20.0}


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "jobs.db"


Running = Callable[..., Any]


@pytest.fixture
def running(platform: Discord, a2e_sandbox: Sandbox, store: Path) -> Running:
    """Run a bot until the block ends."""

    @asynccontextmanager
    async def run(**options: Any) -> AsyncIterator[A2E]:
        grace = options.pop("grace", 0.0)
        settings = Settings(token=TOKEN, api=platform.api, size=SIZE, every=0.05, grace=grace)
        platform.gateway.ready.clear()
        async with a2e_sandbox.client(store=store, **options) as a2e, Bot(a2e, settings) as bot:
            bot.pace = Pace(every=0.05, again=0.05, longest=0.2)
            task = asyncio.create_task(bot.start(TOKEN))
            try:
                await soon(lambda: platform.gateway.ready.is_set() or task.done())
                yield a2e
                await bot.leave()
            finally:
                await bot.close()
                await task

    return run


async def soon(told: Callable[[], Any], *, within: float = 20.0) -> Any:
    """Wait until something is true."""
    async with asyncio.timeout(within):
        while not (value := told()):  # noqa: ASYNC110  (anything may make it true)
            await asyncio.sleep(0.01)
    return value


async def none_left(a2e: A2E) -> None:
    """Wait until everything has been handed over."""
    async with asyncio.timeout(20):
        while [job async for job in a2e.unfinished()]:  # noqa: ASYNC110  (another's doing)
            await asyncio.sleep(0.01)


async def answer_of(command: Command) -> Message:
    """Wait for a command's answer to say more than that the bot is thinking."""
    await soon(lambda: command.message and not command.message.loading)
    assert command.message is not None
    return command.message


async def result_of(message: Message, *, within: float = 20.0) -> tuple[str, bytes]:
    """Wait for a message's one attachment."""
    await soon(lambda: message.files, within=within)
    ((name, data),) = message.files.items()
    return name, data
