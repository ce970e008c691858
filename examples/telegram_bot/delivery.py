"""Shows the progress and the result of each job, in one message that is edited."""

from __future__ import annotations

import asyncio
import logging
import shutil
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import attrs
from aiogram import Bot
from aiogram.exceptions import TelegramMigrateToChat

from a2e_async import (
    A2E,
    A2EError,
    DownloadFailed,
    JobCancelled,
    JobNotFound,
    JobTimeout,
    QueuedJob,
    SubmitUncertain,
    describe,
)
from examples.telegram_bot import words
from examples.telegram_bot.errands import Errands
from examples.telegram_bot.screen import MessageGone, NobodyThere, Screen
from examples.telegram_bot.settings import Settings
from examples.telegram_bot.tickets import Ticket

log = logging.getLogger(__name__)

_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 60.0
# So long a task that was lost can be found in the service's lists, and its result be fetched.
_LISTED_FOR = 2 * 86400.0
_FETCH_TRIES = 3
_FETCH_PAUSE = 5.0


class Delivery:
    """Follows each job in a task of its own, until it is handed over."""

    def __init__(
        self, bot: Bot, settings: Settings, errands: Errands, *, stop: asyncio.Event
    ) -> None:
        """Follow nothing yet.

        Args:
            bot: the connection to Telegram.
            settings: the bot's settings.
            errands: runs the tasks.
            stop: set when the bot is about to stop.
        """
        self._stop = stop
        self._bot = bot
        self._settings = settings
        self._errands = errands
        self._followed: set[str | None] = set()

    async def resume(self, a2e: A2E) -> None:
        """Follow all jobs that were not handed over before the bot was stopped or killed."""
        async for job in a2e.unfinished():
            self.follow(job)

    def follow(self, job: QueuedJob[Any]) -> None:
        """Follow a job, unless that is done already, or it has been handed over."""
        key = job.key
        if key not in self._followed:
            self._followed.add(key)
            self._errands.start(self._follow(job, key))

    async def _follow(self, job: QueuedJob[Any], key: str | None) -> None:
        pause = _FIRST_PAUSE
        try:
            while not await self._handed_over(job):
                # What is not handed over when the bot stops is handed over after the next start.
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._stop.wait(), pause)
                    return
                pause = min(pause * 2, _LONGEST_PAUSE)
        finally:
            self._followed.discard(key)

    async def _handed_over(self, job: QueuedJob[Any]) -> bool:
        try:
            await self._hand_over(job)
        except SubmitUncertain as error:
            # It stays in the store: its task is looked for again when somebody asks for the
            # person's jobs, and at the next start of the bot.
            log.warning("%s: %s", job.key, error)
            return False
        except NobodyThere:
            log.info("%s: the person is not there any more", job.key)
        except Exception:
            if not self._stop.is_set():
                # A result that is paid for is not given up.
                log.exception("%s: not handed over, trying again", job.key)
            return False
        await job.acknowledge()
        return True

    async def _hand_over(self, job: QueuedJob[Any]) -> None:
        # A command may come once more when its job was handed over long ago.
        while not Ticket.read(job).shown:
            screen = await self._screen(job)
            try:
                await self._show(job, screen)
            except MessageGone:
                # The person has deleted it: the result comes in a new one.
                await job.retag(attrs.evolve(screen.ticket, message=None).tag())
            except TelegramMigrateToChat as moved:
                chat = moved.migrate_to_chat_id
                await job.retag(attrs.evolve(screen.ticket, chat=chat, message=None).tag())
            else:
                await job.retag(attrs.evolve(screen.ticket, shown=True).tag())

    async def _screen(self, job: QueuedJob[Any]) -> Screen:
        ticket = Ticket.read(job)
        if ticket.message is None:
            ticket = attrs.evolve(ticket, message=await Screen.send(self._bot, ticket))
            await job.retag(ticket.tag())
        return Screen(self._bot, ticket)

    async def _show(self, job: QueuedJob[Any], screen: Screen) -> None:
        tell = words.language(screen.ticket.language)
        try:
            await self._show_progress(job, screen)
            await job.wait()
        except SubmitUncertain as error:
            await screen.text(describe(error, translate=tell))
            if time.time() - screen.ticket.asked < _LISTED_FOR:
                await job.retag(attrs.evolve(screen.ticket, doubtful=True).tag())
                raise
        except A2EError as error:
            if not _final(job, error):
                raise
            await screen.text(describe(error, translate=tell))
        else:
            await self._show_result(job, screen)

    async def _show_progress(self, job: QueuedJob[Any], screen: Screen) -> None:
        tell = words.language(screen.ticket.language)
        while not job.done:
            try:
                async for seen in job.watch(every=self._settings.edit_every):
                    if not seen.done and (job.started or not screen.ticket.doubtful):
                        text = describe(seen, translate=tell)
                        await screen.text(text, cancel=not job.started)
            except JobTimeout as error:
                # The task goes on, and it is paid for.
                await screen.text(describe(error, translate=tell))

    async def _show_result(self, job: QueuedJob[Any], screen: Screen) -> None:
        file = await self._fetched(job)
        record = job.record
        assert record is not None
        if file is None or not await screen.file(file):
            tell = words.language(screen.ticket.language)
            await screen.text(tell(words.LINK).format(link="\n".join(record.outputs)))
        await asyncio.to_thread(shutil.rmtree, self._folder(job), ignore_errors=True)

    async def _fetched(self, job: QueuedJob[Any]) -> Path | None:
        for _ in range(_FETCH_TRIES):
            try:
                return (await job.download(self._folder(job)))[0]
            except DownloadFailed as error:
                log.warning("%s: %s", job.token, error)
                await asyncio.sleep(_FETCH_PAUSE)
        return None

    def _folder(self, job: QueuedJob[Any]) -> Path:
        # One for each job: with it goes what a killed bot has left of its download.
        return self._settings.files / job.id


def _final(job: QueuedJob[Any], error: A2EError) -> bool:
    """Tell whether nothing will come of a job any more."""
    # One that is not started when the client is drained or closed is started after the next start.
    return job.done or isinstance(error, JobCancelled | JobNotFound)
