"""The stand-in, the sandbox and the bot for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from a2e_async.sandbox import Sandbox
from examples.telegram_bot import delivery, patience
from tests.examples.telegram.running import Clock, running, settings_of
from tests.examples.telegram.standin import Telegram


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the bot's pauses be short."""
    monkeypatch.setattr(patience, "_FIRST_PAUSE", 0.02)
    monkeypatch.setattr(delivery, "_FIRST_PAUSE", 0.05)
    monkeypatch.setattr(delivery, "_FETCH_PAUSE", 0.02)


@pytest.fixture
async def telegram() -> AsyncIterator[Telegram]:
    async with Telegram() as standin:
        yield standin


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def sandbox(clock: Clock) -> AsyncIterator[Sandbox]:
    async with Sandbox(speed=300, seed=6, clock=clock) as service:
        yield service


@pytest.fixture
async def bot(telegram: Telegram, sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[None]:
    """A bot with the usual settings."""
    async with running(settings_of(telegram, tmp_path), sandbox):
        yield
