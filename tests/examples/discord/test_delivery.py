"""Each result comes once, whatever becomes of the message, of Discord or of the files."""

from __future__ import annotations

from typing import Any

import pytest

from a2e_async.sandbox import Fault, Sandbox
from examples.discord_bot import handover
from tests.examples.discord import shapes
from tests.examples.discord.conftest import (
    PROMPT,
    Running,
    answer_of,
    none_left,
    result_of,
    soon,
)
from tests.examples.discord.stand_in import Discord, Trouble, limited, lost_answer

ANSWER = "/api/v10/webhooks/*/messages/@original"
MESSAGE = "/api/v10/channels/*/messages/*"
MESSAGES = "/api/v10/channels/*/messages"
PATCH_ANSWER = "PATCH /webhooks/{app}/{token}/messages/@original"
PATCH_MESSAGE = "PATCH /channels/{channel}/messages/{id}"
POST_MESSAGE = "POST /channels/{channel}/messages"


async def test_the_result_comes_after_the_commands_token_has_expired(
    platform: Discord, running: Running
) -> None:
    async with running() as a2e:
        command = await platform.give("image", prompt=PROMPT)
        message = await answer_of(command)
        command.expired = True
        await result_of(message)
        await none_left(a2e)
    assert platform.public() == [message]
    assert message.content == PROMPT
    assert platform.requests[PATCH_MESSAGE] >= 1


async def test_a_new_message_takes_the_place_of_one_that_was_deleted(
    platform: Discord, running: Running
) -> None:
    # The new one's answer is lost as well: the nonce keeps it from being made again.
    platform.next("POST", MESSAGES, lost_answer())
    async with running() as a2e:
        command = await platform.give("image", prompt=PROMPT)
        (await answer_of(command)).deleted = True
        new = await soon(lambda: next(iter(platform.public()), None))
        await none_left(a2e)
    assert platform.public() == [new]
    assert new.nonce == str(command.id)
    assert new.content == f"<@{shapes.user('ann')['id']}> {PROMPT}"
    assert new.files
    assert platform.requests[POST_MESSAGE] == 2


async def test_a_result_waits_for_discords_rate_limit(platform: Discord, running: Running) -> None:
    async with running() as a2e:
        message = await answer_of(await platform.give("image", prompt=PROMPT))
        platform.next("PATCH", ANSWER, limited(0.2), limited(0.1))
        await result_of(message)
        await none_left(a2e)
    assert platform.public() == [message]


async def test_a_result_comes_though_answers_are_lost(platform: Discord, running: Running) -> None:
    async with running() as a2e:
        message = await answer_of(await platform.give("image", prompt=PROMPT))
        platform.next("PATCH", ANSWER, lost_answer(), Trouble(), lost_answer(), Trouble())
        await result_of(message)
        await none_left(a2e)
    assert platform.public() == [message]
    assert len(message.files) == 1


async def test_a_result_that_is_too_large_comes_as_a_link(
    platform: Discord, running: Running, a2e_sandbox: Sandbox
) -> None:
    platform.upload_limit = 100
    async with running() as a2e:
        message = await answer_of(await platform.give("image", prompt=PROMPT))
        await soon(lambda: "http" in message.content)
        await none_left(a2e)
    prompt, link = message.content.splitlines()
    assert prompt == PROMPT
    assert link.startswith(a2e_sandbox.base_url.rpartition(":")[0])
    assert message.files == {}


async def test_a_size_that_discord_refuses_after_all_comes_as_a_link(
    platform: Discord, running: Running
) -> None:
    async with running() as a2e:
        message = await answer_of(await platform.give("image", prompt=PROMPT))
        # The server lost its boosts meanwhile: less is taken than the command was told.
        platform.upload_limit = 100
        await soon(lambda: "http" in message.content)
        await none_left(a2e)
    assert platform.public() == [message]


async def test_a_result_that_cannot_be_fetched_comes_as_a_link(
    platform: Discord, running: Running, a2e_sandbox: Sandbox
) -> None:
    a2e_sandbox.faults.set_rate("download", Fault.status(403), 1.0)
    async with running() as a2e:
        message = await answer_of(await platform.give("image", prompt=PROMPT))
        await soon(lambda: "http" in message.content)
        await none_left(a2e)
    assert platform.public() == [message]


async def test_what_nobody_can_be_told_is_kept(platform: Discord, running: Running) -> None:
    async with running() as a2e:
        command = await platform.give("image", prompt=PROMPT)
        await answer_of(command)
        command.expired = True
        platform.closed_channels.add(command.channel)
        await soon(lambda: platform.requests[POST_MESSAGE])
        kept = [job async for job in a2e.unfinished()]
    assert [job.tag["command"] for job in kept] == [command.id]


async def test_a_command_is_heard_after_the_gateway_was_away(
    platform: Discord, running: Running
) -> None:
    async with running() as a2e:
        await platform.gateway.ask_to_reconnect()
        message = await answer_of(await platform.give("image", prompt=PROMPT))
        await result_of(message)
        await none_left(a2e)
    assert (platform.gateway.identified, platform.gateway.resumed) == (1, 1)
    assert platform.public() == [message]


async def test_troubles_of_one_message_hold_up_no_other(
    platform: Discord, running: Running
) -> None:
    async with running() as a2e:
        platform.next("PATCH", ANSWER, limited(0.5))
        slow = await platform.give("image", prompt="a slow fox")
        await soon(lambda: platform.requests[PATCH_ANSWER])
        quick = await answer_of(await platform.give("image", prompt=PROMPT))
        await result_of(quick)
        assert slow.message is not None
        assert slow.message.loading
        await result_of(slow.message)
        await none_left(a2e)


async def test_a_surprise_on_the_way_is_got_over(
    platform: Discord, running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    surprises = [RuntimeError("nobody has thought of this")]
    deliver = handover._deliver

    async def surprising(*arguments: Any) -> None:
        if surprises:
            raise surprises.pop()
        await deliver(*arguments)

    monkeypatch.setattr(handover, "_deliver", surprising)
    async with running() as a2e:
        message = await answer_of(await platform.give("image", prompt=PROMPT))
        await result_of(message)
        await none_left(a2e)
    assert platform.public() == [message]
