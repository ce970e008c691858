"""The bot as a whole: put together, run, and stopped."""

from __future__ import annotations

import asyncio

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

from a2e_async import A2E
from examples.telegram_bot import commands
from examples.telegram_bot.delivery import Delivery
from examples.telegram_bot.desk import Desk
from examples.telegram_bot.errands import Errands
from examples.telegram_bot.patience import Patience
from examples.telegram_bot.settings import Settings


def bot_of(settings: Settings) -> Bot:
    """Make the connection to Telegram."""
    session = AiohttpSession(api=TelegramAPIServer.from_base(settings.api))
    session.middleware(Patience())
    return Bot(settings.token, session=session)


async def serve(a2e: A2E, settings: Settings, *, stop: asyncio.Event) -> None:
    """Run the bot until it is told to stop.

    Args:
        a2e: the client, with a store.
        settings: the bot's settings.
        stop: set it to stop the bot; jobs that are not done then go on, and are handed over
            after the next start.
    """
    errands = Errands()
    async with bot_of(settings) as bot:
        delivery = Delivery(bot, settings, errands, stop=stop)
        desk = Desk(a2e, settings, delivery)
        await delivery.resume(a2e)
        errands.start(commands.announce(bot))
        dispatcher = Dispatcher(desk=desk, errands=errands, settings=settings)
        dispatcher.include_router(commands.router())
        try:
            await _poll(dispatcher, bot, stop)
        finally:
            stop.set()
            await a2e.drain(timeout=settings.stop_within)
            await errands.finish(within=settings.stop_within)


async def _poll(dispatcher: Dispatcher, bot: Bot, stop: asyncio.Event) -> None:
    # One after the other: the next call for updates tells Telegram that these ones are done with,
    # and by then their requests have to be in the store.
    polling = asyncio.create_task(
        dispatcher.start_polling(
            bot, handle_as_tasks=False, handle_signals=False, close_bot_session=False
        )
    )
    stopped = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait((polling, stopped), return_when=asyncio.FIRST_COMPLETED)
        if not polling.done():
            await dispatcher.stop_polling()
        await polling
    finally:
        stopped.cancel()
        polling.cancel()
        await asyncio.gather(stopped, polling, return_exceptions=True)
