"""The one message of a command, which shows how its job is getting on and becomes its result."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias

import aiohttp
import anyio
import attrs
import discord

# Discord allows this much to every bot; a server with boosts says so in each command.
SMALLEST_LIMIT = 10 * 1024 * 1024
_TROUBLE = (discord.DiscordException, aiohttp.ClientError, OSError)
_TOO_LARGE = 413
_TOO_MANY = 429
_FAILED = 500
_MOST_TEXT = 2000


class Unreachable(Exception):
    """No way leads to the person any more: the channel is gone, or closed to the bot."""


@attrs.frozen(kw_only=True)
class Address:
    """Where a command came from: all that is kept of it, as the tag of its job.

    The token of the interaction is not among it. Who has that may speak as the bot for a quarter
    of an hour, and it is of no use after that; the bot's own token edits the message for ever.

    Attributes:
        command: id of the interaction, which Discord gives to no other command.
        channel: id of the channel.
        message: id of the message that answers the command.
        user: id of who gave it.
        limit: bytes that the files of a message may have there.
    """

    command: int
    channel: int
    message: int
    user: int
    limit: int = SMALLEST_LIMIT


_Way: TypeAlias = Callable[[str, Sequence[discord.File]], Awaitable[None]]


class Screen:
    """The message of a command. Showing the same twice shows it once.

    Three ways lead to it. The interaction's own needs no permission in the channel and counts
    under no limit of the bot, but ends after 15 minutes or with the process. The bot's own right
    to edit its messages has no end. Where the message was deleted, a new one takes its place, which
    Discord makes once however often it is asked for (``enforce_nonce``).
    """

    def __init__(
        self,
        client: discord.Client,
        address: Address,
        *,
        interaction: discord.Interaction | None = None,
        moved: Callable[[Address], Awaitable[None]],
    ) -> None:
        """Make the screen.

        Args:
            client: the bot.
            address: where the message is.
            interaction: the command, if it came to this process.
            moved: called with the new address when a new message took the place of the old one.
        """
        self._client = client
        self._interaction = interaction
        self._moved = moved
        self.address = address

    @property
    def quick(self) -> bool:
        """Whether an edit counts under no limit that all messages of the channel share."""
        return self._interaction is not None and not self._interaction.is_expired()

    async def progress(self, text: str) -> None:
        """Show how it is getting on. What fails is of no interest: the next one tells more."""
        with suppress(*_TROUBLE, Unreachable):
            await self._show(text, (), self._edits())

    async def finish(self, text: str, files: Sequence[Path] = ()) -> bool:
        """Show the end, whatever it takes.

        Args:
            text: the text.
            files: what to attach.

        Returns:
            Whether it fits; if not, nothing was shown.

        Raises:
            Unreachable: nothing can be shown there any more.
            aiohttp.ClientError: Discord cannot be reached at the moment.
            discord.DiscordException: it is in trouble.
        """
        sizes = [(await anyio.Path(path).stat()).st_size for path in files]
        if sum(sizes) > self.address.limit:
            return False
        try:
            await self._show(text, files, (*self._edits(), self._send))
        except discord.HTTPException as error:
            if error.status == _TOO_LARGE and files:
                return False
            raise
        return True

    def _edits(self) -> tuple[_Way, ...]:
        return (self._edit_answer, self._edit_message) if self.quick else (self._edit_message,)

    async def _show(self, text: str, files: Sequence[Path], ways: Sequence[_Way]) -> None:
        for way in ways:
            try:
                # A file that was sent is closed, also where that was of no use.
                await way(text[:_MOST_TEXT], await _opened(files))
            except discord.HTTPException as error:
                if error.status in (_TOO_LARGE, _TOO_MANY) or error.status >= _FAILED:
                    raise
                if way == self._edit_answer:
                    self._interaction = None
            else:
                return
        raise Unreachable(f"channel {self.address.channel}: no message can be shown")

    async def _edit_answer(self, text: str, files: Sequence[discord.File]) -> None:
        assert self._interaction is not None
        await self._interaction.edit_original_response(content=text, attachments=files)

    async def _edit_message(self, text: str, files: Sequence[discord.File]) -> None:
        channel = self._client.get_partial_messageable(self.address.channel)
        message = channel.get_partial_message(self.address.message)
        await message.edit(content=text, attachments=files)

    async def _send(self, text: str, files: Sequence[discord.File]) -> None:
        channel = self._client.get_partial_messageable(self.address.channel)
        text = f"<@{self.address.user}> {text}"[:_MOST_TEXT]
        asker = discord.AllowedMentions(users=[discord.Object(self.address.user)])
        sent = await channel.send(
            text, files=files, nonce=str(self.address.command), allowed_mentions=asker
        )
        self.address = attrs.evolve(self.address, message=sent.id)
        await self._moved(self.address)


async def _opened(files: Sequence[Path]) -> list[discord.File]:
    return [await anyio.to_thread.run_sync(discord.File, path) for path in files]
