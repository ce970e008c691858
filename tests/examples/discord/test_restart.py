"""A bot that is stopped or killed in the middle of its jobs, and started anew."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from a2e_async.sandbox import Sandbox
from tests.examples.discord.conftest import (
    PROMPT,
    Running,
    answer_of,
    none_left,
    result_of,
    soon,
)
from tests.examples.discord.program import API_KEY, program
from tests.examples.discord.stand_in import TOKEN, Discord

PATCH_MESSAGE = "PATCH /channels/{channel}/messages/{id}"


async def test_a_stopped_bot_goes_on_where_it_was(
    platform: Discord, running: Running, a2e_sandbox: Sandbox, store: Path
) -> None:
    prompts = [f"fox number {n}" for n in range(4)]
    async with running(in_flight=2):
        commands = [await platform.give("image", prompt=prompt) for prompt in prompts]
        messages = [await answer_of(command) for command in commands]
        await soon(lambda: a2e_sandbox.tasks)
    assert not all(message.files for message in messages)
    async with running(in_flight=2) as a2e:
        for message in messages:
            await result_of(message)
        await none_left(a2e)
    assert platform.public() == messages
    assert [message.content for message in messages] == prompts
    assert platform.requests[PATCH_MESSAGE]
    started = Counter(str(task.body["prompt"]) for task in a2e_sandbox.tasks)
    assert started == Counter(prompts)
    kept = b"".join(path.read_bytes() for path in store.parent.iterdir() if path.is_file())
    assert kept
    for secret in (TOKEN, *(command.token for command in commands)):
        assert secret.encode() not in kept


async def test_a_bot_that_is_stopped_hands_over_what_ends_in_time(
    platform: Discord, running: Running, a2e_sandbox: Sandbox
) -> None:
    async with running(grace=20.0):
        message = await answer_of(await platform.give("image", prompt=PROMPT))
        await soon(lambda: a2e_sandbox.tasks)
    assert message.files
    assert message.content == PROMPT


@pytest.mark.slow
@pytest.mark.timeout(120)
async def test_a_killed_program_delivers_once_and_pays_once(platform: Discord, store: Path) -> None:
    prompts = [f"fox number {n}" for n in range(6)]
    said, in_flight = "", 3
    async with Sandbox(seed=3, speed=40, durations=20.0, token=API_KEY) as sandbox:
        async with program(platform, sandbox, store, in_flight=in_flight) as bot:
            commands = [await platform.give("image", prompt=prompt) for prompt in prompts]
            messages = [await answer_of(command) for command in commands]
            await soon(lambda: len(sandbox.tasks) == in_flight)
            # Where an answer is lost, the task is looked for, which takes its time.
            await asyncio.sleep(0.3)
            await bot.kill()
            said += bot.said
        for command in commands:
            command.expired = True
        async with program(platform, sandbox, store, in_flight=in_flight) as bot:
            for message in messages:
                await result_of(message, within=60.0)
            await bot.stop()
            said += bot.said
    assert platform.public() == messages
    assert [message.content for message in messages] == prompts
    assert Counter(str(task.body["prompt"]) for task in sandbox.tasks) == Counter(prompts)
    kept = b"".join(path.read_bytes() for path in store.parent.iterdir() if path.is_file())
    for secret in (API_KEY, TOKEN, *(command.token for command in commands)):
        assert secret.encode() not in kept
        assert secret not in said
