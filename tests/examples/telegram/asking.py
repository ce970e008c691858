"""What people do with the bot, and what they wait for."""

from __future__ import annotations

import asyncio

from a2e_async import A2E
from tests.examples.telegram.chats import Line, Person
from tests.examples.telegram.standin import ANN, Telegram


async def answer(telegram: Telegram, text: str, person: Person = ANN) -> str:
    """Write something, and give the text that comes back."""
    asked = telegram.say(text, person)
    found: list[Line] = []

    def answered() -> bool:
        lines = telegram.chat(person).shown
        found[:] = [it for it in lines if it.id > asked and it.answers in (None, asked)]
        return bool(found)

    await telegram.until(answered)
    return found[0].text


async def result(telegram: Telegram, message: int, person: Person = ANN) -> Line:
    """Wait for the picture or video that answers a message."""
    chat = telegram.chat(person)
    await telegram.until(lambda: any(it.kind != "text" for it in chat.answers_to(message)))
    (line,) = (it for it in chat.answers_to(message) if it.kind != "text")
    return line


async def all_handed_over(a2e: A2E) -> None:
    """Wait until the bot has nothing to hand over any more."""
    async with asyncio.timeout(20):
        while [job async for job in a2e.unfinished()]:  # noqa: ASYNC110  (no event tells it)
            await asyncio.sleep(0.02)
