"""Paint ``docs/pictures/discord.png``: ``python -m tests.examples.discord.picture``.

It shows a real run: the bot's program on the stand-in of Discord, its jobs on the sandbox.
"""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from a2e_async.sandbox import Sandbox
from tests.examples.discord.conftest import answer_of, result_of, soon
from tests.examples.discord.program import API_KEY, program
from tests.examples.discord.shapes import Message
from tests.examples.discord.stand_in import Discord
from tests.support.chat import DISCORD, Said, page, paint

TARGET = Path(__file__).parents[3] / "docs/pictures/discord.png"
BOT = "Fox bot"


async def chat(store: Path) -> list[Said]:
    """Let two people use the bot, and give what the first of them sees."""
    async with (
        Discord() as platform,
        Sandbox(seed=11, speed=20, durations=240.0, token=API_KEY) as sandbox,
        program(platform, sandbox, store, in_flight=2, size=512, every=0.1),
    ):
        picture = await platform.give("image", prompt="a red fox in fresh snow, golden light")
        video = await platform.give("video", user="ben", text="a sailing boat leaves at dawn")
        for command in (picture, video):
            await result_of(await answer_of(command))
        astronaut = await platform.give("image", prompt="a fox as an astronaut")
        lighthouse = await platform.give("image", user="ben", prompt="a lighthouse in a storm")
        await _made(await answer_of(astronaut))
        await _made(await answer_of(lighthouse))
        cancelled = await answer_of(await platform.give("image", prompt="a fox on skis"))
        waiting = await answer_of(await platform.give("image", prompt="a fox reads the paper"))
        typed = await platform.type("cancel", which="skis")
        choices = await soon(lambda: typed.choices)
        await answer_of(await platform.give("cancel", which=choices[0]["value"]))
        await soon(lambda: "cancelled" in cancelled.content and "number 1" in waiting.content)
        await answer_of(await platform.give("queue"))
        return [_said(message) for message in platform.messages.values() if not message.deleted]


async def _made(message: Message) -> None:
    await soon(lambda: "being made" in message.content)


def _said(message: Message) -> Said:
    name, data = next(iter(message.files.items()), ("", None))
    is_video = name.endswith(".mp4")
    return Said(
        BOT,
        message.content,
        picture=None if is_video else data,
        video=data if is_video else None,
        answers=message.answers,
        edited=len(message.shown) > 1,
        private=message.private,
    )


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        said = await chat(Path(folder, "jobs.db"))
    subtitle = "pictures and videos, on discord.py"
    html = page(said, title="# studio", subtitle=subtitle, look=DISCORD)
    await paint(html, TARGET, width=560)


if __name__ == "__main__":
    asyncio.run(main())
