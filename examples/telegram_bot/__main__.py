"""Run the bot: ``BOT_TOKEN=… A2E_API_KEY=… python -m examples.telegram_bot``."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys

from aiogram.exceptions import TelegramUnauthorizedError
from aiogram.utils.token import TokenValidationError

from a2e_async import A2E, A2EError
from examples.telegram_bot.app import serve
from examples.telegram_bot.settings import Settings


async def main(settings: Settings) -> None:
    """Run the bot until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with A2E(store=settings.store, in_flight=settings.in_flight) as a2e:
        await serve(a2e, settings, stop=stop)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        asyncio.run(main(Settings.of(os.environ)))
    except (A2EError, TelegramUnauthorizedError, TokenValidationError, ValueError) as problem:
        sys.exit(str(problem))
