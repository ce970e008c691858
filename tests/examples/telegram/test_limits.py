"""How much one person may ask for."""

from __future__ import annotations

import string
from datetime import UTC, datetime
from pathlib import Path

import pytest

from a2e_async.sandbox import Fault, Sandbox
from a2e_async.texts import TEMPLATES
from examples.telegram_bot import words
from examples.telegram_bot.limits import Account, today
from examples.telegram_bot.settings import TELEGRAM, Settings
from tests.examples.telegram.asking import answer, result
from tests.examples.telegram.chats import Person
from tests.examples.telegram.running import Clock, running, settings_of
from tests.examples.telegram.standin import Telegram

BEN = Person(id=43, name="Ben")


async def test_a_person_has_so_many_at_once(
    telegram: Telegram, sandbox: Sandbox, clock: Clock, tmp_path: Path
) -> None:
    async with running(settings_of(telegram, tmp_path, per_person=2), sandbox):
        clock.stop()
        asked = [telegram.say(f"/image {prompt}") for prompt in ("a fox", "a lake")]
        await telegram.until(lambda: all(telegram.chat().answers_to(it) for it in asked))
        assert await answer(telegram, "/image a tree") == words.TOO_MANY.format(count=2)
        theirs = telegram.say("/image a bird", BEN)
        clock.go_on()
        await result(telegram, theirs, BEN)
        for each in asked:
            await result(telegram, each)
    assert sorted(str(task.body["prompt"]) for task in sandbox.tasks) == [
        "a bird",
        "a fox",
        "a lake",
    ]


async def test_a_person_has_so_many_coins_a_day(
    telegram: Telegram, sandbox: Sandbox, clock: Clock, tmp_path: Path
) -> None:
    settings = settings_of(telegram, tmp_path, coins_per_day=25, in_flight=1, per_person=9)
    async with running(settings, sandbox):
        clock.stop()
        telegram.say("/image a fox")
        second = telegram.say("/image a lake")
        await telegram.until(lambda: telegram.chat().answers_to(second))
        # One is started and one waits, and both count.
        told = await answer(telegram, "/image a tree")
        assert told == words.NO_COINS.format(price=10, left=5)
        clock.go_on()
        await result(telegram, second)
        assert await answer(telegram, "/video a tree") == words.NO_COINS.format(price=20, left=5)
        await result(telegram, telegram.say("/image a bird", BEN), BEN)
    async with running(settings, sandbox):
        assert await answer(telegram, "/image a tree") == words.NO_COINS.format(price=10, left=5)
    assert len(sandbox.tasks) == 3


@pytest.mark.usefixtures("bot")
async def test_without_a_price_the_bot_goes_on(telegram: Telegram, sandbox: Sandbox) -> None:
    sandbox.faults.next("/api/v1/generation/quote", Fault.refused(500))
    await result(telegram, telegram.say("/image a fox"))


def test_what_is_left_of_a_quota() -> None:
    assert Account(open=1, spent=30, planned=10).left(100) == 60
    assert Account(open=1, spent=90, planned=20).left(100) == 0
    now = datetime(2026, 5, 4, 23, 59, tzinfo=UTC)
    assert today(now) == datetime(2026, 5, 4, tzinfo=UTC)
    assert today() <= datetime.now(UTC)


def test_settings_come_from_the_environment() -> None:
    plain = Settings.of({"BOT_TOKEN": "1:a"})
    assert (plain.api, plain.per_person, plain.store) == (TELEGRAM, 3, Path("bot.db"))
    assert "1:a" not in repr(plain)
    assert Settings.of({"BOT_TOKEN": "1:a", "BOT_COINS_PER_DAY": "50"}).coins_per_day == 50
    with pytest.raises(ValueError, match="BOT_TOKEN: expected"):
        Settings.of({})
    for wrong in ("none", "0", "-1", "nan"):
        with pytest.raises(ValueError, match=f"BOT_IN_FLIGHT: .*above 0, got '{wrong}'"):
            Settings.of({"BOT_TOKEN": "1:a", "BOT_IN_FLIGHT": wrong})


def test_german_has_all_that_is_said() -> None:
    own = {text for name, text in vars(words).items() if name.isupper() and isinstance(text, str)}
    said = own | {text for _, text in words.COMMANDS} | {*TEMPLATES.values()}
    german = words.LANGUAGES["de"]
    assert said == set(german)
    for text, translation in german.items():
        assert text != translation
        assert set(_fields(text)) == set(_fields(translation))
    assert words.language("de-AT")("Cancel") == "Abbrechen"
    assert words.language("pt")("Cancel") == words.language(None)("Cancel") == "Cancel"


def _fields(text: str) -> list[str]:
    return [name for _, name, _, _ in string.Formatter().parse(text) if name]
