"""Two hundred jobs at once: the heartbeat keeps its time, and nobody is held up."""

from __future__ import annotations

from pathlib import Path

import pytest

from a2e_async.sandbox import Sandbox
from tests.examples.discord.conftest import Running, answer_of, result_of, soon
from tests.examples.discord.program import API_KEY, program
from tests.examples.discord.stand_in import Discord

MANY = 200
INTERVAL = 0.5
# Discord takes a connection for dead when a heartbeat is missing; this is far below that, and far
# above what other processes of a busy machine take away.
LATE = 1.0


@pytest.mark.slow
async def test_the_heartbeat_is_never_late(store: Path) -> None:
    async with (
        Discord(interval=INTERVAL) as platform,
        Sandbox(seed=5, speed=20, durations=20.0, token=API_KEY) as sandbox,
        program(platform, sandbox, store, in_flight=MANY) as bot,
    ):
        commands = [await platform.give("image", prompt=f"fox {n}") for n in range(MANY)]
        await soon(lambda: all(it.message and it.message.files for it in commands), within=40)
        (connection,) = platform.gateway.connections
        silence = connection.longest_silence()
        await bot.stop()
    assert len(sandbox.tasks) == MANY
    assert len(platform.public()) == MANY
    assert len(connection.beats) >= 3
    assert silence < INTERVAL + LATE


async def test_one_persons_many_jobs_hold_up_no_other(
    platform: Discord, running: Running, a2e_sandbox: Sandbox
) -> None:
    async with running(in_flight=1):
        anns = [await platform.give("image", prompt=f"fox {n}") for n in range(MANY)]
        for command in anns:
            await answer_of(command)
        bobs = await answer_of(await platform.give("image", user="bob", prompt="a dog"))
        before = len(a2e_sandbox.tasks)
        assert before < MANY // 2
        await result_of(bobs)
        prompts = [str(task.body["prompt"]) for task in a2e_sandbox.tasks]
        cancelled = await answer_of(await platform.give("cancel"))
    # It was the next one to be started, but for one that was being sent already.
    assert prompts.index("a dog") <= before + 1
    assert int(cancelled.content.split(".")[0].removeprefix("Cancelled: ")) > MANY // 2
