"""The bot is killed at random moments, again and again, and everything else is in trouble too.

``A2E_TEST_BOT_KILLS=200 A2E_TEST_BOT_SEED=7`` makes a longer run of it.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections import Counter
from pathlib import Path

import pytest

from a2e_async.sandbox import Fault, Sandbox
from a2e_async.texts import TEMPLATES
from examples.telegram_bot import words
from tests.batch.test_journal_runs import everything_in
from tests.examples.telegram.chats import Line, Person
from tests.examples.telegram.killed import process
from tests.examples.telegram.standin import TOKEN, Telegram

KILLS = int(os.environ.get("A2E_TEST_BOT_KILLS", "3"))
SEED = int(os.environ.get("A2E_TEST_BOT_SEED", "1"))
KEY = "sk_eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJtZSJ9.signature"
PEOPLE = [Person(id=number, name=f"Person {number}") for number in (51, 52, 53)]
# What tells that nothing will come, as far as it can happen here.
FAILURES = {TEMPLATES[name] for name in ("failed", "uncertain", "gone")}


def settings_of(telegram: Telegram, sandbox: Sandbox, folder: Path) -> dict[str, str]:
    return {
        "BOT_TOKEN": TOKEN,
        "TELEGRAM_API": telegram.url,
        "BOT_STORE": str(folder / "bot.db"),
        "BOT_FILES": str(folder / "files"),
        "BOT_SIZE": "256",
        "BOT_PER_PERSON": "10000",
        "BOT_COINS_PER_DAY": "1000000",
        "BOT_IN_FLIGHT": "4",
        "BOT_EDIT_EVERY": "0.1",
        "BOT_STOP_WITHIN": "5",
        "A2E_API_KEY": KEY,
        "A2E_BASE_URL": sandbox.base_url,
    }


def ends(telegram: Telegram, person: Person, asked: int) -> list[Line]:
    """The results of a command, and what tells that there is none."""
    return [
        line
        for line in telegram.chat(person).answers_to(asked)
        if line.kind != "text" or line.text in FAILURES
    ]


def disturb(telegram: Telegram, sandbox: Sandbox) -> None:
    for fault, rate in (
        (Fault.lost_answer(), 0.1),
        (Fault.lost_request(), 0.05),
        (Fault.status(503), 0.05),
        (Fault.rate_limited(0.1), 0.05),
        (Fault.failed_task(), 0.05),
    ):
        sandbox.faults.set_rate("start", fault, rate)
    sandbox.faults.set_rate("*", Fault.status(502), 0.03)
    telegram.trouble.chance.seed(SEED)
    telegram.trouble.lost_answers = 0.1
    telegram.trouble.lost_calls = 0.05
    telegram.trouble.errors = 0.05


@pytest.mark.slow
@pytest.mark.timeout(120 + 10 * KILLS)
async def test_a_killed_bot_loses_nothing_and_tells_everything_once(tmp_path: Path) -> None:
    dice = random.Random(SEED)
    asked: dict[int, Person] = {}
    async with Telegram() as telegram, Sandbox(speed=100, seed=SEED, token=KEY) as sandbox:
        disturb(telegram, sandbox)
        settings = settings_of(telegram, sandbox, tmp_path)

        async def ask(count: int) -> None:
            for _ in range(count):
                person = dice.choice(PEOPLE)
                asked[telegram.say(f"/image fox {len(asked)}", person)] = person
                await asyncio.sleep(dice.uniform(0, 0.3))

        async def awake() -> None:
            before = len(telegram.calls)
            await telegram.until(lambda: len(telegram.calls) > before + 2)

        for number in range(KILLS):
            # The first one confirms nothing, so that all that it takes comes a second time.
            telegram.trouble.lost_polls = 0.3 if number else 1.0
            async with process(settings, tmp_path / "log"):
                await awake()
                await ask(3)
                await telegram.until(lambda: telegram.given)
                await asyncio.sleep(dice.uniform(0, 1))
        async with process(settings, tmp_path / "log") as last:
            await awake()
            await telegram.until(
                lambda: all(ends(telegram, person, it) for it, person in asked.items()),
                within=60 + KILLS,
            )
            last.terminate()
            await asyncio.to_thread(last.join, 30)
            assert last.exitcode == 0
        # Otherwise it would not show that a command that comes twice is one job.
        assert max(telegram.given.values()) > 1
        prompts = Counter(str(task.body["prompt"]) for task in sandbox.tasks)
    for number, (message, person) in enumerate(asked.items()):
        answers = telegram.chat(person).answers_to(message)
        (end,) = ends(telegram, person, message)
        assert prompts[f"fox {number}"] <= 1
        assert end.kind == "text" or (end.text, prompts[end.text]) == (f"fox {number}", 1)
        # What a kill cut off from its job says nothing that became wrong.
        assert {line.text for line in answers if line is not end} <= {words.TAKEN}
    assert not any((tmp_path / "files").iterdir())
    everything = everything_in(tmp_path)
    for secret in (KEY, TOKEN, TOKEN.partition(":")[2]):
        assert secret.encode() not in everything
