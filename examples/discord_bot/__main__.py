"""Run the bot: ``python -m examples.discord_bot``."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import suppress

import discord

from a2e_async import A2E, A2EError
from examples.discord_bot.bot import Bot
from examples.discord_bot.settings import Settings


async def serve(settings: Settings) -> None:
    """Run until a signal to stop, then let what is nearly done end."""
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        # Windows knows no such handlers: there Ctrl+C ends it as a crash would, which it survives.
        with suppress(NotImplementedError):
            asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with (
        A2E(store=settings.store, in_flight=settings.in_flight) as a2e,
        Bot(a2e, settings) as bot,
    ):
        running = asyncio.create_task(bot.start(settings.token))
        stopping = asyncio.create_task(stopped.wait())
        await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        # The gateway stays up meanwhile: whoever gives a command now is answered, too.
        await bot.leave()
        await bot.close()
        # Where Discord is away, it would first wait for the next try to connect.
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


def main() -> None:
    """Run the bot with the settings of the environment."""
    discord.utils.setup_logging()
    try:
        asyncio.run(serve(Settings.from_environment(os.environ)))
    except (A2EError, discord.LoginFailure, OSError, ValueError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
