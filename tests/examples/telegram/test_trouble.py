"""Floods, failures, restarts: what a bot meets that runs for months."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from a2e_async.sandbox import Fault, Sandbox
from a2e_async.texts import TEMPLATES
from examples.telegram_bot import words
from tests.batch.test_journal_runs import everything_in
from tests.examples.telegram.asking import all_handed_over, answer, result
from tests.examples.telegram.running import Clock, running, settings_of
from tests.examples.telegram.standin import TOKEN, Telegram


async def told(telegram: Telegram, message: int, text: str) -> None:
    """Wait until the one answer to a message has become a text."""
    chat = telegram.chat()
    await telegram.until(lambda: [it.text for it in chat.answers_to(message)] == [text])


@pytest.mark.usefixtures("bot")
async def test_a_flood_is_waited_out(telegram: Telegram) -> None:
    telegram.trouble.floods["editMessageMedia"].append(1)
    line = await result(telegram, telegram.say("/image a fox"))
    assert line.text == "a fox"
    assert [method for method, _ in telegram.calls].count("editMessageMedia") == 2


@pytest.mark.usefixtures("bot")
async def test_lost_answers_of_telegram_show_nothing_twice(telegram: Telegram) -> None:
    await telegram.until(lambda: telegram.commands.get("de"))
    telegram.trouble.lost_answers = telegram.trouble.errors = 0.25
    lines = [await result(telegram, telegram.say(f"/image fox {n}")) for n in range(3)]
    telegram.trouble.lost_answers = telegram.trouble.errors = 0
    assert [line.text for line in lines] == ["fox 0", "fox 1", "fox 2"]
    shown = telegram.chat().shown
    assert sum(line.kind == "photo" for line in shown) == 3
    assert {line.text for line in shown if line.kind == "text"} <= {words.TAKEN}
    assert sum(telegram.trouble.happened.values()) > 2


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(
    ("fault", "text"),
    [
        (Fault.failed_task(), "failed"),
        (Fault.refused(1004, "nudity is not allowed"), "refused_content"),
        (Fault.refused(402, "Insufficient coins", status=402), "unavailable"),
    ],
)
async def test_a_failure_is_told_clearly(
    telegram: Telegram, sandbox: Sandbox, fault: Fault, text: str
) -> None:
    sandbox.faults.next("start", fault)
    await told(telegram, telegram.say("/image a fox"), TEMPLATES[text])
    await result(telegram, telegram.say("/image a lake"))


async def test_a_restart_in_the_middle_hands_over_once(
    telegram: Telegram, sandbox: Sandbox, clock: Clock, tmp_path: Path
) -> None:
    settings = settings_of(telegram, tmp_path, in_flight=1, stop_within=0.1)
    clock.stop()
    async with running(settings, sandbox):
        first = telegram.say("/image a fox")
        await telegram.until(lambda: len(sandbox.tasks) == 1)
        second = telegram.say("/image a lake")
        await telegram.until(lambda: telegram.chat().answers_to(second))
    async with running(settings, sandbox):
        # Telegram gives again what the bot was killed before confirming.
        telegram.repeat(first)
        clock.go_on()
        assert (await result(telegram, first)).text == "a fox"
        assert (await result(telegram, second)).text == "a lake"
    edits = [sent for method, sent in telegram.calls if method == "editMessageMedia"]
    async with running(settings, sandbox):
        telegram.repeat(first)
        assert await answer(telegram, "/queue") == words.NOTHING
    assert [method for method, _ in telegram.calls].count("editMessageMedia") == len(edits) == 2
    assert len(sandbox.tasks) == 2
    assert len(telegram.chat().answers_to(first)) == 1


async def test_a_start_that_was_lost_is_told_and_cleared_up_later(
    telegram: Telegram, sandbox: Sandbox, tmp_path: Path
) -> None:
    settings = settings_of(telegram, tmp_path, per_person=1)
    # Without any other task, the list does not prove that there is none of this name.
    sandbox.faults.next("start", Fault.lost_request())
    async with running(settings, sandbox):
        asked = telegram.say("/image a fox")
        await told(telegram, asked, TEMPLATES["uncertain"])
        # Nobody is held up by it.
        await result(telegram, telegram.say("/image a lake"))
        assert await answer(telegram, "/queue") != words.NOTHING
        # With this one for a witness it is proved, and the first one is started after all.
        assert (await result(telegram, asked)).text == "a fox"
    assert len(sandbox.tasks) == 2


async def test_a_deleted_message_is_sent_anew(
    telegram: Telegram, sandbox: Sandbox, clock: Clock, tmp_path: Path
) -> None:
    async with running(settings_of(telegram, tmp_path), sandbox):
        clock.stop()
        asked = telegram.say("/image a fox")
        await telegram.until(lambda: telegram.chat().answers_to(asked) and sandbox.tasks)
        telegram.delete(telegram.chat().answers_to(asked)[0])
        clock.go_on()
        assert (await result(telegram, asked)).text == "a fox"


async def test_who_has_blocked_the_bot_is_let_go(
    telegram: Telegram, sandbox: Sandbox, clock: Clock, tmp_path: Path
) -> None:
    async with running(settings_of(telegram, tmp_path), sandbox) as a2e:
        clock.stop()
        asked = telegram.say("/image a fox")
        await telegram.until(lambda: telegram.chat().answers_to(asked) and sandbox.tasks)
        telegram.blocked.add(telegram.chat().person.id)
        clock.go_on()
        await all_handed_over(a2e)


async def test_a_result_that_telegram_does_not_take_comes_as_a_link(
    telegram: Telegram, sandbox: Sandbox, tmp_path: Path
) -> None:
    telegram.refuses_media = True
    async with running(settings_of(telegram, tmp_path), sandbox):
        asked = telegram.say("/image a fox")
        chat = telegram.chat()
        await telegram.until(lambda: any("http" in it.text for it in chat.answers_to(asked)))
        (line,) = chat.answers_to(asked)
        assert line.text.startswith(words.LINK.partition("{")[0])
        assert sandbox.token not in line.text


async def test_a_result_that_cannot_be_fetched_comes_as_a_link(
    telegram: Telegram, sandbox: Sandbox, tmp_path: Path
) -> None:
    sandbox.faults.set_rate("download", Fault.status(403), 1)
    async with running(settings_of(telegram, tmp_path), sandbox):
        asked = telegram.say("/image a fox")
        chat = telegram.chat()
        await telegram.until(lambda: any("http" in it.text for it in chat.answers_to(asked)))


@pytest.mark.usefixtures("bot")
async def test_a_photo_that_does_not_come_is_asked_for_again(
    telegram: Telegram, sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    asked = telegram.say("/video it turns", photo=b"")
    await told(telegram, asked, words.NO_PHOTO)
    assert not sandbox.tasks
    assert TOKEN not in caplog.text


@pytest.mark.usefixtures("bot")
async def test_no_token_is_logged_or_kept(
    telegram: Telegram, sandbox: Sandbox, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    telegram.trouble.lost_answers = 0.3
    await result(telegram, telegram.say("/image a fox"))
    kept = everything_in(tmp_path)
    for secret in (TOKEN, TOKEN.partition(":")[2], sandbox.token):
        assert secret not in caplog.text
        assert secret.encode() not in kept
