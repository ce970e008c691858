"""Make the picture of the guide anew: ``python -m tests.examples.telegram.picture``.

The real bot talks to the stand-in, and its pictures and videos come from the sandbox.
"""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from a2e_async.sandbox import Sandbox
from tests.examples.telegram.asking import answer, result
from tests.examples.telegram.chats import NAME, Person
from tests.examples.telegram.running import Clock, running, settings_of
from tests.examples.telegram.standin import Telegram
from tests.support.chat import Said, page, paint

PICTURE = Path(__file__).parents[3] / "docs" / "pictures" / "telegram.png"
ANN = Person(name="Ann", language="en")


async def talk(folder: Path) -> list[Said]:
    """Have a talk with the bot, and give what the chat shows in the end."""
    clock = Clock()
    async with Telegram() as telegram, Sandbox(speed=200, seed=3, clock=clock) as sandbox:
        async with running(settings_of(telegram, folder, in_flight=1, size=1024), sandbox):
            fox = await result(telegram, telegram.say("/image a red fox in snow", ANN), ANN)
            asked = telegram.say("/video it turns its head", ANN, photo=fox.media)
            await result(telegram, asked, ANN)
            clock.stop()
            telegram.say("/image a lake in autumn", ANN)
            last = telegram.say("/video a lighthouse in a storm", ANN)
            await telegram.until(lambda: any(it.buttons for it in telegram.chat().answers_to(last)))
            await answer(telegram, "/queue", ANN)
            said = telegram.chat().said()
            clock.go_on()
        return said


async def main() -> None:
    """Paint the talk."""
    with tempfile.TemporaryDirectory() as folder:
        said = await talk(Path(folder))
    await paint(page(said, title=NAME), PICTURE)


if __name__ == "__main__":
    asyncio.run(main())
