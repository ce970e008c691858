"""``python -m examples.telegram_bot`` as somebody would run it."""

from __future__ import annotations

import asyncio
import runpy
from pathlib import Path

import pytest

from a2e_async.sandbox import Sandbox
from tests.batch.test_journal_runs import everything_in
from tests.examples.telegram.asking import result
from tests.examples.telegram.killed import process
from tests.examples.telegram.standin import TOKEN, Telegram


async def test_the_program_works_and_stops_on_sigterm(telegram: Telegram, tmp_path: Path) -> None:
    key = "sk_eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJtZSJ9.signature"
    async with Sandbox(speed=1000, token=key) as sandbox:
        settings = {
            "BOT_TOKEN": TOKEN,
            "TELEGRAM_API": telegram.url,
            "A2E_API_KEY": key,
            "A2E_BASE_URL": sandbox.base_url,
            "BOT_STORE": str(tmp_path / "jobs.db"),
            "BOT_FILES": str(tmp_path / "files"),
        }
        async with process(settings, tmp_path / "log", program="examples.telegram_bot") as program:
            await result(telegram, telegram.say("/image a fox"))
            program.terminate()
            await asyncio.to_thread(program.join, 30)
            code = program.exitcode
        said = everything_in(tmp_path)
    assert code == 0, said
    assert b"Polling stopped" in said
    assert TOKEN.encode() not in said
    assert key.encode() not in said
    assert (tmp_path / "jobs.db").exists()


def test_without_a_token_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BOT_TOKEN", raising=False)
    with pytest.raises(SystemExit, match="BOT_TOKEN: expected the bot's token"):
        runpy.run_module("examples.telegram_bot", run_name="__main__")
