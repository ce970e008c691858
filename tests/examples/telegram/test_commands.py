"""Each command of the bot, by the real aiogram on the stand-in."""

from __future__ import annotations

from pathlib import Path

import pytest

from a2e_async.sandbox import Sandbox
from examples.telegram_bot import words
from tests.examples.telegram.asking import all_handed_over, answer, result
from tests.examples.telegram.chats import Person
from tests.examples.telegram.running import Clock, running, settings_of
from tests.examples.telegram.standin import ANN, Telegram

BEN = Person(id=43, name="Ben", language="de-AT")


@pytest.mark.usefixtures("bot")
async def test_an_image_takes_the_place_of_its_progress(
    telegram: Telegram, sandbox: Sandbox, tmp_path: Path
) -> None:
    asked = telegram.say("/image a red fox")
    line = await result(telegram, asked)
    assert (line.kind, line.text, line.buttons) == ("photo", "a red fox", {})
    assert line.media is not None
    assert line.media.startswith(b"\x89PNG")
    assert line.states[0] == f"text: {words.TAKEN}"
    assert line.states[-1] == "photo: a red fox"
    assert len(telegram.chat().shown) == 1
    (task,) = sandbox.tasks
    assert task.body["prompt"] == "a red fox"
    await telegram.until(lambda: not any((tmp_path / "files").iterdir()))


@pytest.mark.usefixtures("bot")
async def test_a_video_comes_from_words_and_from_a_photo(
    telegram: Telegram, sandbox: Sandbox
) -> None:
    picture = (await result(telegram, telegram.say("/image a fox"))).media
    of_words = await result(telegram, telegram.say("/video a fox runs"))
    of_photo = await result(telegram, telegram.say("/video it turns its head", photo=picture))
    assert [of_words.kind, of_photo.kind] == ["video", "video"]
    assert of_photo.text == "it turns its head"
    # The address of a photo at Telegram has the bot's token in it.
    assert "AAHk" not in str([task.body for task in sandbox.tasks])


@pytest.mark.usefixtures("bot")
async def test_help_is_in_the_language_of_the_person(telegram: Telegram) -> None:
    assert await answer(telegram, "/start") == words.HELP
    assert (await answer(telegram, "/help", BEN)).startswith("Ich mache Bilder")
    assert [it["command"] for it in telegram.commands["de"]] == [it[0] for it in words.COMMANDS]
    assert telegram.commands["de"][0]["description"] == "Ein Bild machen"
    assert "/image a red fox" in await answer(telegram, "/image")


async def test_one_waits_in_the_queue_and_is_cancelled_for_nothing(
    telegram: Telegram, sandbox: Sandbox, clock: Clock, tmp_path: Path
) -> None:
    coins = sandbox.coins
    async with running(settings_of(telegram, tmp_path, in_flight=1), sandbox) as a2e:
        clock.stop()
        first = telegram.say("/image a fox", BEN)
        await telegram.until(lambda: len(sandbox.tasks) == 1)
        second = telegram.say("/image a lake", BEN)
        chat = telegram.chat(BEN)
        await telegram.until(lambda: any(line.buttons for line in chat.answers_to(second)))
        told = await answer(telegram, "/queue", BEN)
        assert told.startswith("1. a fox\n")
        assert "2. a lake\nDu bist Nummer 1 in der Reihe" in told
        # Nobody else can press the button.
        (waiting,) = chat.answers_to(second)
        telegram.press(waiting, "Abbrechen", ANN)
        await telegram.until(lambda: telegram.pressed)
        assert telegram.pressed == [words.NOTHING]
        assert waiting.buttons
        telegram.press(waiting, "Abbrechen", BEN)
        await telegram.until(lambda: "abgebrochen" in waiting.text and len(telegram.pressed) == 2)
        assert not waiting.buttons
        assert telegram.pressed[1] == "Abgebrochen: 1. Das hat nichts gekostet."
        assert (await answer(telegram, "/cancel", BEN)).startswith("Schon in Arbeit: 1.")
        clock.go_on()
        assert (await result(telegram, first, BEN)).text == "a fox"
        await all_handed_over(a2e)
        assert await answer(telegram, "/cancel", BEN) == "Du wartest auf nichts."
        assert await answer(telegram, "/queue", BEN) == "Du wartest auf nichts."
    assert [task.body["prompt"] for task in sandbox.tasks] == ["a fox"]
    assert coins - sandbox.coins == sandbox.tasks[0].coins


async def test_cancel_takes_all_that_wait(
    telegram: Telegram, sandbox: Sandbox, clock: Clock, tmp_path: Path
) -> None:
    async with running(settings_of(telegram, tmp_path, in_flight=1), sandbox):
        clock.stop()
        telegram.say("/image a fox")
        await telegram.until(lambda: len(sandbox.tasks) == 1)
        waiting = [telegram.say("/image a lake"), telegram.say("/video a lake")]
        chat = telegram.chat()
        await telegram.until(lambda: all(chat.answers_to(asked) for asked in waiting))
        told = await answer(telegram, "/cancel")
        assert told.splitlines() == [
            words.CANCELLED.format(count=2),
            words.TOO_LATE.format(count=1),
        ]
        clock.go_on()
    assert len(sandbox.tasks) == 1
