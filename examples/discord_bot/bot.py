"""The client: it takes orders, follows their jobs, and goes on with them after a restart."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import aiohttp
import anyio
import attrs
import discord
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route
from yarl import URL

from a2e_async import A2E, A2EError, QueuedJob, Request, describe
from examples.discord_bot import commands
from examples.discord_bot.handover import Pace, see_through
from examples.discord_bot.screen import Address, Screen, Unreachable
from examples.discord_bot.settings import Settings

_log = logging.getLogger(__name__)


class Bot(discord.Client):
    """The bot."""

    def __init__(self, a2e: A2E, settings: Settings) -> None:
        """Make it; nothing is sent yet.

        Args:
            a2e: the client of the media API, with a store.
            settings: the bot's settings.
        """
        super().__init__(
            # Commands come without any; this one only keeps the names of servers and channels.
            intents=discord.Intents(guilds=True),
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
        )
        if settings.api is not None:
            Route.BASE = settings.api
        self.a2e = a2e
        self.settings = settings
        self.pace = Pace(every=settings.every)
        self._leaving = False
        self._following: dict[int, asyncio.Task[None]] = {}
        self.tree = app_commands.CommandTree(
            self,
            # Only where the bot itself is a member can it edit its messages without an end.
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
        )
        for command in commands.ALL:
            self.tree.add_command(command)

    async def setup_hook(self) -> None:
        """Tell Discord the commands, and go on with what an earlier run has not handed over."""
        if self.settings.api is not None:
            _, gateway, _ = await self.http.get_bot_gateway()
            DiscordWebSocket.DEFAULT_GATEWAY = URL(gateway)
        await self.tree.sync()
        async for job in self.a2e.unfinished():
            self._follow(job, Address(**job.tag))

    async def order(self, interaction: discord.Interaction[Bot], request: Request[Any]) -> None:
        """Take an order: acknowledge it, keep it, and follow it.

        Discord wants to hear within 3 seconds, so that comes first; it also tells the id of the
        message that will show the result. Whoever acknowledges a command owns it: only one can,
        so a command that comes twice is not made twice. A bot that dies before the job is kept
        has taken no order and paid for nothing.
        """
        message = await _acknowledged(interaction)
        if message is None or interaction.channel_id is None:
            return
        address = Address(
            command=interaction.id,
            channel=interaction.channel_id,
            message=message,
            user=interaction.user.id,
            limit=interaction.filesize_limit,
        )
        try:
            job = await self.a2e.enqueue(
                request,
                key=f"discord:{interaction.id}",
                group=commands.group_of(interaction.user),
                tag=attrs.asdict(address),
            )
        except A2EError as error:
            _log.exception("An order could not be kept")
            await interaction.edit_original_response(content=f"⚠️ {describe(error)}")
        else:
            self._follow(job, address, interaction)

    async def leave(self) -> None:
        """Let what is nearly done end, and hand it over; the rest is for the next start."""
        self._leaving = True
        await self.a2e.drain(timeout=self.settings.grace)
        if self._following:
            await asyncio.wait(self._following.values(), timeout=self.settings.grace)

    async def close(self) -> None:
        """Follow nothing any more, and leave Discord."""
        following = (*self._following.values(),)
        for task in following:
            task.cancel()
        await asyncio.gather(*following, return_exceptions=True)
        await super().close()

    def _follow(
        self,
        job: QueuedJob[Any],
        address: Address,
        interaction: discord.Interaction[Bot] | None = None,
    ) -> None:
        if address.command not in self._following:
            task = asyncio.create_task(self._see_through(job, address, interaction))
            self._following[address.command] = task
            task.add_done_callback(lambda _: self._following.pop(address.command, None))

    async def _see_through(
        self,
        job: QueuedJob[Any],
        address: Address,
        interaction: discord.Interaction[Bot] | None,
    ) -> None:
        async def moved(there: Address) -> None:
            await job.retag(attrs.asdict(there))

        screen = Screen(self, address, interaction=interaction, moved=moved)
        while True:
            if await self._seen_through(job, screen):
                return
            await anyio.sleep(self.pace.longest)

    async def _seen_through(self, job: QueuedJob[Any], screen: Screen) -> bool:
        try:
            await see_through(job, screen, self.pace)
        except Unreachable as error:
            _log.warning(
                "Nobody is there to take a result, and the next start asks again: %s", error
            )
        except A2EError as error:
            # It stays in the store: if it is not tried again in this run, it is in the next one.
            _log.warning("Not handed over yet: %s", error)
            return self._leaving
        except Exception:  # noqa: BLE001  (a surprise must not leave somebody waiting for ever)
            _log.exception("Not handed over yet")
            return self._leaving
        return True


async def _acknowledged(interaction: discord.Interaction[Bot]) -> int | None:
    """Acknowledge a command, and give the id of its message; None if it is not ours to answer."""
    try:
        answer = await interaction.response.defer()
    except (aiohttp.ClientError, OSError):
        # The answer was lost on the way, and the message is there all the same, or it is not.
        return await _message_of(interaction)
    except discord.HTTPException as error:
        # Too late, or it has been acknowledged: this command came before.
        _log.warning("A command is not answered: %s", error)
        return None
    if answer is not None and answer.message_id is not None:
        return answer.message_id
    return await _message_of(interaction)


async def _message_of(interaction: discord.Interaction[Bot]) -> int | None:
    try:
        return (await interaction.original_response()).id
    except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
        _log.warning("A command is not answered: %s", error)
        return None
