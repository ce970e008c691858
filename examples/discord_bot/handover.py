"""The way of one job: shown while it goes on, and handed over when it has ended."""

from __future__ import annotations

import logging
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import anyio
import attrs
import discord

from a2e_async import (
    A2EError,
    JobCancelled,
    JobNotFound,
    QueuedJob,
    describe,
)
from examples.discord_bot.screen import Screen

_log = logging.getLogger(__name__)

# Where edits count under the channel's limit, which all results share, there are fewer of them.
_SLOWER = 5.0
_SHORT = 200


@attrs.frozen(kw_only=True)
class Pace:
    """How things are spread over time.

    Attributes:
        every: seconds between two edits of a message, at the least.
        again: seconds after which what went wrong is tried again at first; it doubles each time.
        longest: seconds between two tries at the most.
        deliveries: results that are fetched and sent at once.
    """

    every: float = 3.0
    again: float = 1.0
    longest: float = 60.0
    deliveries: anyio.CapacityLimiter = attrs.field(factory=lambda: anyio.CapacityLimiter(8))


async def see_through(job: QueuedJob[Any], screen: Screen, pace: Pace) -> None:
    """Show a job while it goes on, hand over its end, and note that this was done.

    May be called for the same job again, here or after a restart: the same message shows the same.

    Raises:
        A2EError: the wait ended and the job did not, as when the bot stops.
        Unreachable: there is nobody to hand it over to.
    """
    try:
        await _watch(job, screen, pace)
    except A2EError as error:
        if not is_end(job, error):
            raise
        await _finish(screen, pace, f"{caption(job)}\n⚠️ {describe(error)}")
    else:
        await _deliver(job, screen, pace)
    await job.acknowledge()


def is_end(job: QueuedJob[Any], error: A2EError) -> bool:
    """Tell whether an error is the end of a job, or only of the wait for it."""
    return job.done or isinstance(error, (JobCancelled, JobNotFound))


def caption(job: QueuedJob[Any]) -> str:
    """Quote what was asked for, so that nothing in it acts on the message."""
    prompt = " ".join(getattr(job.request, "prompt", "").split())
    shown = prompt if len(prompt) <= _SHORT else f"{prompt[: _SHORT - 1]}…"
    return discord.utils.escape_markdown(shown)


async def _watch(job: QueuedJob[Any], screen: Screen, pace: Pace) -> None:
    every = pace.every if screen.quick else pace.every * _SLOWER
    # No limit of time: what was paid for is handed over however long it takes.
    async for seen in job.watch(every=every, timeout=None):
        if not seen.done:
            await screen.progress(f"{caption(job)}\n{describe(seen)}")
    await job.wait(timeout=None)


async def _deliver(job: QueuedJob[Any], screen: Screen, pace: Pace) -> None:
    async with pace.deliveries, _folder() as folder:
        files = await _fetched(job, folder)
        if files and await _finish(screen, pace, caption(job), files):
            return
        links = "\n".join((await job.refresh()).outputs)
        await _finish(screen, pace, f"{caption(job)}\n{links}")


@asynccontextmanager
async def _folder() -> AsyncIterator[str]:
    """Make a folder for a moment. It goes away also when its user is cancelled."""
    folder = await anyio.mkdtemp(prefix="discord-bot-")
    try:
        yield folder
    finally:
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(partial(shutil.rmtree, folder, ignore_errors=True))


async def _fetched(job: QueuedJob[Any], folder: str) -> Sequence[Path]:
    """Fetch the results; nothing if they cannot be had as files."""
    try:
        return await job.download(folder)
    except A2EError:
        _log.warning("%s: the result could not be fetched; its link is sent", job.token)
        return ()


async def _finish(screen: Screen, pace: Pace, text: str, files: Sequence[Path] = ()) -> bool:
    """Show the end, as often as it takes."""
    delay = pace.again
    while True:
        try:
            return await screen.finish(text, files)
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            _log.warning("Discord does not take a result, tried again in %g s: %r", delay, error)
        await anyio.sleep(delay)
        delay = min(2 * delay, pace.longest)
