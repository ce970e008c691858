"""What people can write and press."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from aiogram import Bot, F, Router
from aiogram.exceptions import TelegramAPIError
from aiogram.filters import Command, CommandObject, CommandStart
from aiogram.types import BotCommand, CallbackQuery, Message, PhotoSize
from aiohttp import ClientError

from a2e_async import A2EError, GrokVideo, ImageToVideo, TextToImage, describe
from a2e_async.tasks.request import Request
from examples.telegram_bot import words
from examples.telegram_bot.desk import Cancelled, Desk, Refused
from examples.telegram_bot.errands import Errands
from examples.telegram_bot.screen import CANCEL
from examples.telegram_bot.settings import Settings
from examples.telegram_bot.tickets import Ticket

_PHOTO_WITHIN = 20.0
_FROM_PERSON = F.from_user


def router() -> Router:
    """Make the table of commands."""
    made = Router()
    made.message(_FROM_PERSON, CommandStart())(help_)
    made.message(_FROM_PERSON, Command("help"))(help_)
    made.message(_FROM_PERSON, Command("image"))(image)
    made.message(_FROM_PERSON, Command("video"), F.photo)(video_of_photo)
    made.message(_FROM_PERSON, Command("video"))(video)
    made.message(_FROM_PERSON, Command("queue"))(queue)
    made.message(_FROM_PERSON, Command("cancel"))(cancel)
    made.callback_query(F.data.startswith(CANCEL))(pressed)
    return made


async def announce(bot: Bot) -> None:
    """Tell Telegram the commands, so that it offers them while people write."""
    for code in (None, *words.LANGUAGES):
        tell = words.language(code)
        await bot.set_my_commands(
            [BotCommand(command=name, description=tell(text)) for name, text in words.COMMANDS],
            language_code=code,
        )


async def help_(message: Message, errands: Errands) -> None:
    """Answer ``/start`` and ``/help``."""
    errands.start(message.answer(_tell(message)(words.HELP)))


async def image(
    message: Message, command: CommandObject, desk: Desk, errands: Errands, settings: Settings
) -> None:
    """Make a picture: ``/image a red fox in snow``."""
    size = settings.size
    await _take(
        message,
        command,
        desk,
        errands,
        lambda prompt: TextToImage(prompt=prompt, width=size, height=size),
    )


async def video(message: Message, command: CommandObject, desk: Desk, errands: Errands) -> None:
    """Make a video from words alone: ``/video a red fox runs``."""
    await _take(message, command, desk, errands, lambda prompt: GrokVideo(prompt=prompt))


async def video_of_photo(
    message: Message, command: CommandObject, bot: Bot, desk: Desk, errands: Errands
) -> None:
    """Bring a photo to life that has the caption ``/video it turns its head``."""
    assert message.photo is not None
    try:
        async with asyncio.timeout(_PHOTO_WITHIN):
            picture = await _downloaded(bot, message.photo[-1])
    except (ClientError, TelegramAPIError, TimeoutError):
        # Not logged: the error of aiohttp tells the address, which has the bot's token in it.
        errands.start(message.reply(_tell(message)(words.NO_PHOTO)))
        return
    await _take(
        message,
        command,
        desk,
        errands,
        lambda prompt: ImageToVideo(image_url=picture, prompt=prompt),
    )


async def queue(message: Message, desk: Desk, errands: Errands) -> None:
    """Tell what a person waits for."""
    tell = _tell(message)
    lines = [
        f"{number}. {Ticket.read(job).prompt[:60]}\n{describe(job, translate=tell)}"
        for number, job in enumerate(await desk.jobs(_person(message)), start=1)
    ]
    errands.start(message.answer("\n\n".join(lines) or tell(words.NOTHING)))


async def cancel(message: Message, desk: Desk, errands: Errands) -> None:
    """Cancel all of a person's requests that have not been started."""
    told = await desk.cancel(_person(message))
    errands.start(message.answer(_cancelled(told, _tell(message))))


async def pressed(query: CallbackQuery, desk: Desk, errands: Errands) -> None:
    """Cancel the request whose button was pressed. Only who made it can."""
    assert query.data is not None
    told = await desk.cancel(query.from_user.id, query.data.removeprefix(CANCEL))
    tell = words.language(query.from_user.language_code)
    errands.start(query.answer(_cancelled(told, tell)))


async def _take(
    message: Message,
    command: CommandObject,
    desk: Desk,
    errands: Errands,
    request: Callable[[str], Request[Any]],
) -> None:
    tell = _tell(message)
    prompt = (command.args or "").strip()
    if not prompt:
        errands.start(message.reply(tell(words.NO_PROMPT).format(command=command.command)))
        return
    try:
        ticket = Ticket(
            chat=message.chat.id,
            command=message.message_id,
            prompt=prompt,
            asked=message.date.timestamp(),
            language=_language(message),
        )
        await desk.take(request(prompt), person=_person(message), ticket=ticket)
    except Refused as refusal:
        errands.start(message.reply(str(refusal)))
    except (A2EError, ValueError) as error:
        errands.start(message.reply(describe(error, translate=tell)))


async def _downloaded(bot: Bot, photo: PhotoSize) -> bytes:
    # Telegram's own address of the photo has the bot's token in it: it must not go to the service.
    file = await bot.download(photo)
    assert file is not None
    return file.read()


def _cancelled(told: Cancelled, tell: Callable[[str], str]) -> str:
    if not told.stopped and not told.going_on:
        return tell(words.NOTHING)
    lines = []
    if told.stopped:
        lines.append(tell(words.CANCELLED).format(count=told.stopped))
    if told.going_on:
        lines.append(tell(words.TOO_LATE).format(count=told.going_on))
    return "\n".join(lines)


def _person(message: Message) -> int:
    assert message.from_user is not None
    return message.from_user.id


def _language(message: Message) -> str:
    return (message.from_user and message.from_user.language_code) or "en"


def _tell(message: Message) -> Callable[[str], str]:
    return words.language(_language(message))
