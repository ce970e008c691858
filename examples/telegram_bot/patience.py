"""Calls of Telegram that are made again until they got through."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from aiogram.client.session.middlewares.base import BaseRequestMiddleware
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.methods import GetUpdates

if TYPE_CHECKING:
    from aiogram import Bot
    from aiogram.client.session.middlewares.base import NextRequestMiddlewareType
    from aiogram.methods import Response, TelegramMethod
    from aiogram.methods.base import TelegramType

log = logging.getLogger(__name__)

_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 30.0
_TRIES = 20


class Patience(BaseRequestMiddleware):
    """Waits out floods, network trouble and restarts of Telegram.

    A call whose answer was lost may have been carried out. That does no harm here: an edit that is
    made twice shows once, and a message that is sent twice tells nothing that becomes wrong.
    """

    async def __call__(
        self,
        make_request: NextRequestMiddlewareType[TelegramType],
        bot: Bot,
        method: TelegramMethod[TelegramType],
    ) -> Response[TelegramType]:
        """Make a call, again and again if need be; Telegram's refusals are raised at once."""
        if method.__api_method__ == GetUpdates.__api_method__:
            # The dispatcher repeats this one by itself.
            return await make_request(bot, method)
        pause = _FIRST_PAUSE
        for _ in range(_TRIES - 1):
            try:
                return await make_request(bot, method)
            except TelegramRetryAfter as error:
                await asyncio.sleep(error.retry_after)
            except (TelegramNetworkError, TelegramServerError, ClientDecodeError) as error:
                log.info("%s did not get through: %s", type(method).__name__, type(error).__name__)
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)
        return await make_request(bot, method)
