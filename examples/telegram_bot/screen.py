"""The bot's message of one job: sent once, edited from then on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramEntityTooLarge, TelegramForbiddenError
from aiogram.types import (
    FSInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    InputMediaVideo,
    ReplyParameters,
)

from examples.telegram_bot import words
from examples.telegram_bot.tickets import Ticket

CANCEL = "cancel/"
_LONGEST_CAPTION = 1024
_LONGEST_TEXT = 4096
# Telegram's own words: it has no codes for these.
_GONE = ("message to edit not found", "message can't be edited", "MESSAGE_ID_INVALID")
_NOBODY = ("chat not found",)
_SHOWN_ALREADY = ("message is not modified", "there is no text in the message to edit")


class MessageGone(Exception):
    """The message to edit is not there any more."""


class NobodyThere(Exception):
    """The person has blocked the bot, or the chat is not there any more."""


class Screen:
    """Edits the message of one job. Every edit may be made twice.

    Attributes:
        ticket: where the message is.
    """

    def __init__(self, bot: Bot, ticket: Ticket) -> None:
        """Keep the message's place."""
        self.ticket = ticket
        self._bot = bot

    @staticmethod
    async def send(bot: Bot, ticket: Ticket) -> int:
        """Send the message, and give its id.

        Where the answer is lost, or the bot killed before it is noted, a second one is sent: so the
        text is one that stays true.

        Raises:
            NobodyThere: nobody reads this chat any more.
            TelegramAPIError: Telegram refuses for another reason.
        """
        with _named_errors():
            sent = await bot.send_message(
                ticket.chat,
                words.language(ticket.language)(words.TAKEN),
                reply_parameters=ReplyParameters(
                    message_id=ticket.command, allow_sending_without_reply=True
                ),
            )
        return sent.message_id

    async def text(self, text: str, *, cancel: bool = False) -> None:
        """Edit the message into a text.

        Args:
            text: the text.
            cancel: whether there is a button to cancel the job.

        Raises:
            MessageGone: there is no such message any more.
            NobodyThere: nobody reads this chat any more.
            TelegramAPIError: Telegram refuses for another reason.
        """
        with _named_errors():
            await self._bot.edit_message_text(
                text[:_LONGEST_TEXT],
                chat_id=self.ticket.chat,
                message_id=self.ticket.message,
                reply_markup=self._button() if cancel else None,
            )

    async def file(self, file: Path) -> bool:
        """Edit the message into a picture or video.

        Args:
            file: the file to upload.

        Returns:
            Whether Telegram takes this file.

        Raises:
            MessageGone: there is no such message any more.
            NobodyThere: nobody reads this chat any more.
            TelegramAPIError: Telegram refuses for another reason.
        """
        kind = InputMediaVideo if file.suffix == ".mp4" else InputMediaPhoto
        caption = self.ticket.prompt[:_LONGEST_CAPTION]
        try:
            with _named_errors():
                await self._bot.edit_message_media(
                    kind(media=FSInputFile(file), caption=caption),
                    chat_id=self.ticket.chat,
                    message_id=self.ticket.message,
                )
        except (TelegramEntityTooLarge, TelegramBadRequest):
            return False
        return True

    def _button(self) -> InlineKeyboardMarkup:
        label = words.language(self.ticket.language)(words.CANCEL)
        button = InlineKeyboardButton(text=label, callback_data=CANCEL + self.ticket.key)
        return InlineKeyboardMarkup(inline_keyboard=[[button]])


@contextmanager
def _named_errors() -> Iterator[None]:
    try:
        yield
    except TelegramForbiddenError as error:
        raise NobodyThere(error.message) from error
    except TelegramBadRequest as error:
        if _says(error, _NOBODY):
            raise NobodyThere(error.message) from error
        if _says(error, _GONE):
            raise MessageGone(error.message) from error
        if not _says(error, _SHOWN_ALREADY):
            raise


def _says(error: TelegramBadRequest, phrases: tuple[str, ...]) -> bool:
    return any(phrase in error.message for phrase in phrases)
