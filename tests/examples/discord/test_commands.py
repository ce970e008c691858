"""The commands, with the real discord.py."""

from __future__ import annotations

from a2e_async.sandbox import Fault, Sandbox
from tests.examples.discord.conftest import (
    PROMPT,
    Running,
    answer_of,
    none_left,
    result_of,
    soon,
)
from tests.examples.discord.stand_in import ACKNOWLEDGED_WITHIN, Discord, Trouble, lost_answer

CALLBACK = "/api/v10/interactions/*/callback"


async def test_the_commands_are_made_known(platform: Discord, running: Running) -> None:
    async with running():
        told = {command["name"]: command for command in platform.commands}
    assert sorted(told) == ["cancel", "image", "queue", "video"]
    assert all(command["description"] for command in told.values())
    # Where the bot is no member, it could not edit its messages for longer than 15 minutes.
    assert all(command["integration_types"] == [0] for command in told.values())
    assert [option["name"] for option in told["image"]["options"]] == ["prompt"]


async def test_a_picture_takes_the_place_of_its_progress(
    platform: Discord, running: Running, a2e_sandbox: Sandbox
) -> None:
    async with running() as a2e:
        command = await platform.give("image", prompt=PROMPT)
        message = await answer_of(command)
        name, data = await result_of(message)
        await none_left(a2e)
    assert command.answered_after is not None
    assert command.answered_after < ACKNOWLEDGED_WITHIN
    assert name.endswith(".png")
    assert data.startswith(b"\x89PNG")
    assert platform.public() == [message]
    *progress, last = message.shown
    assert last == PROMPT
    assert progress
    assert all(text.startswith(f"{PROMPT}\nYour ") for text in progress)
    assert len(a2e_sandbox.tasks) == 1


async def test_a_video_comes_as_a_video(platform: Discord, running: Running) -> None:
    async with running():
        message = await answer_of(await platform.give("video", text="a boat at sea"))
        name, data = await result_of(message)
    assert name.endswith(".mp4")
    assert data[4:8] == b"ftyp"


async def test_what_people_write_acts_on_nothing(platform: Discord, running: Running) -> None:
    async with running():
        prompt = "@everyone **look**\n# here"
        message = await answer_of(await platform.give("image", prompt=prompt))
        await result_of(message)
    assert message.content == r"@everyone \*\*look\*\* # here"
    edits = [body for body in platform.bodies if "everyone" in body]
    assert edits
    assert all('"allowed_mentions":{"parse":[]}' in body.replace(" ", "") for body in edits)


async def test_an_empty_prompt_is_refused(
    platform: Discord, running: Running, a2e_sandbox: Sandbox
) -> None:
    async with running():
        message = await answer_of(await platform.give("image", prompt="  "))
    assert message.private
    assert message.content == "Tell what it should show."
    assert a2e_sandbox.tasks == ()


async def test_what_waits_is_shown_and_can_be_cancelled(
    platform: Discord, running: Running, a2e_sandbox: Sandbox
) -> None:
    a2e_sandbox.faults.next("detail", *[Fault.slow(0.3)] * 2)
    async with running(in_flight=1) as a2e:
        first = await answer_of(await platform.give("image", prompt="a first fox"))
        second = await answer_of(await platform.give("image", prompt="a second fox"))
        other = await answer_of(await platform.give("image", user="bob", prompt="a dog"))
        queue = await answer_of(await platform.give("queue"))
        typed = await platform.type("cancel", which="fox")
        await soon(lambda: typed.choices is not None)
        assert typed.choices is not None
        which = typed.choices[0]["value"]
        cancelled = await answer_of(await platform.give("cancel", which=which))
        await soon(lambda: "cancelled" in second.content)
        await result_of(first)
        await result_of(other)
        await none_left(a2e)
    assert queue.private
    one, two = queue.content.splitlines()
    assert one.startswith("1. a first fox: ")
    assert two.startswith("2. a second fox: ")
    assert "in line" in two
    assert [choice["name"] for choice in typed.choices] == ["a second fox"]
    assert cancelled.private
    assert cancelled.content == "Cancelled: 1."
    assert "Nothing was spent" in second.content
    assert sorted(str(task.body["prompt"]) for task in a2e_sandbox.tasks) == [
        "a dog",
        "a first fox",
    ]


async def test_what_is_under_way_is_not_cancelled(
    platform: Discord, running: Running, a2e_sandbox: Sandbox
) -> None:
    a2e_sandbox.faults.next("detail", *[Fault.slow(0.3)] * 2)
    async with running():
        message = await answer_of(await platform.give("image", prompt=PROMPT))
        await soon(lambda: a2e_sandbox.tasks)
        told = await answer_of(await platform.give("cancel"))
        empty = await answer_of(await platform.give("queue", user="bob"))
        await result_of(message)
    assert told.content == "Cancelled: 0. Under way, and not to be stopped any more: 1."
    assert empty.content == "Nothing is being made for you."


async def test_a_task_that_fails_is_told_of_once(
    platform: Discord, running: Running, a2e_sandbox: Sandbox
) -> None:
    a2e_sandbox.faults.next("start", Fault.failed_task())
    async with running() as a2e:
        message = await answer_of(await platform.give("image", prompt=PROMPT))
        await soon(lambda: "⚠️" in message.content)
        await none_left(a2e)
    assert message.content == (
        f"{PROMPT}\n⚠️ This did not work out. Please try again, perhaps in other words."
    )


async def test_a_start_that_is_refused_is_told_of(
    platform: Discord, running: Running, a2e_sandbox: Sandbox
) -> None:
    a2e_sandbox.faults.next("start", Fault.status(402))
    async with running() as a2e:
        message = await answer_of(await platform.give("image", prompt=PROMPT))
        await soon(lambda: "⚠️" in message.content)
        await none_left(a2e)
    assert "coins" not in message.content
    assert a2e_sandbox.tasks == ()


async def test_a_command_that_comes_twice_is_made_once(
    platform: Discord, running: Running, a2e_sandbox: Sandbox
) -> None:
    async with running() as a2e:
        command = await platform.give("image", prompt=PROMPT)
        await platform.give_again(command)
        await result_of(await answer_of(command))
        await none_left(a2e)
    assert platform.requests["POST /interactions/{id}/{token}/callback"] == 2
    assert len(platform.public()) == len(a2e_sandbox.tasks) == 1


async def test_a_command_is_taken_though_the_answer_was_lost(
    platform: Discord, running: Running, a2e_sandbox: Sandbox
) -> None:
    platform.next("POST", CALLBACK, lost_answer())
    async with running():
        await result_of(await answer_of(await platform.give("image", prompt=PROMPT)))
    assert len(platform.public()) == len(a2e_sandbox.tasks) == 1


async def test_nothing_is_made_for_a_command_that_discord_has_given_up(
    platform: Discord, running: Running, a2e_sandbox: Sandbox
) -> None:
    platform.next("POST", CALLBACK, Trouble(404, code=10062))
    async with running() as a2e:
        await platform.give("image", prompt="too late")
        await result_of(await answer_of(await platform.give("image", prompt=PROMPT)))
        await none_left(a2e)
    assert [str(task.body["prompt"]) for task in a2e_sandbox.tasks] == [PROMPT]
