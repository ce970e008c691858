"""What people type."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands

from a2e_async import QueuedJob, Request, TextToImage, VeoVideo, describe
from examples.discord_bot.handover import caption

if TYPE_CHECKING:
    from examples.discord_bot.bot import Bot

Prompt = app_commands.Range[str, 1, 2000]

_MOST_LINES = 15
# As many as Discord shows, and as much of each.
_MOST_CHOICES = 25
_LONGEST_CHOICE = 100


def group_of(user: discord.abc.Snowflake) -> str:
    """Name the group of a person's jobs: free places are shared fairly between these."""
    return f"discord:{user.id}"


@app_commands.command()
@app_commands.describe(prompt="What the picture shows")
async def image(interaction: discord.Interaction[Bot], prompt: Prompt) -> None:
    """Make a picture."""
    size = interaction.client.settings.size
    await _order(interaction, partial(TextToImage, width=size, height=size), prompt)


@app_commands.command()
@app_commands.describe(text="What happens in the video")
async def video(interaction: discord.Interaction[Bot], text: Prompt) -> None:
    """Make a video."""
    await _order(interaction, VeoVideo, text)


@app_commands.command()
async def queue(interaction: discord.Interaction[Bot]) -> None:
    """Show what is being made for you."""
    await interaction.response.defer(ephemeral=True)
    jobs = await _jobs_of(interaction)
    lines = [f"{n}. {caption(job)}: {describe(job)}" for n, job in enumerate(jobs, 1)]
    more = len(lines) - _MOST_LINES
    lines[_MOST_LINES:] = [f"… and {more} more"] if more > 0 else []
    text = "\n".join(lines) or "Nothing is being made for you."
    await interaction.edit_original_response(content=text)


@app_commands.command()
@app_commands.describe(which="Left out, all that have not begun")
async def cancel(interaction: discord.Interaction[Bot], which: str | None = None) -> None:
    """Cancel what has not begun. It costs nothing."""
    await interaction.response.defer(ephemeral=True)
    jobs = [job for job in await _jobs_of(interaction) if which in (None, _id_of(job))]
    jobs = [job for job in jobs if not job.done]
    cancelled = (await asyncio.gather(*(job.cancel() for job in jobs))).count(True)
    text = f"Cancelled: {cancelled}."
    if cancelled < len(jobs):
        text += f" Under way, and not to be stopped any more: {len(jobs) - cancelled}."
    await interaction.edit_original_response(content=text)


@cancel.autocomplete("which")
async def _cancellable(
    interaction: discord.Interaction[Bot], typed: str
) -> list[app_commands.Choice[str]]:
    choices = [
        app_commands.Choice(name=caption(job)[:_LONGEST_CHOICE], value=_id_of(job))
        for job in await _jobs_of(interaction)
        if not job.started and typed.lower() in caption(job).lower()
    ]
    return choices[:_MOST_CHOICES]


ALL: tuple[app_commands.Command[Any, ..., None], ...] = (image, video, queue, cancel)


async def _order(
    interaction: discord.Interaction[Bot], make: Callable[..., Request[Any]], prompt: str
) -> None:
    try:
        request = make(prompt=prompt.strip())
    except ValueError:
        await interaction.response.send_message("Tell what it should show.", ephemeral=True)
    else:
        await interaction.client.order(interaction, request)


async def _jobs_of(interaction: discord.Interaction[Bot]) -> list[QueuedJob[Any]]:
    group = group_of(interaction.user)
    return [job async for job in interaction.client.a2e.unfinished(group=group)]


def _id_of(job: QueuedJob[Any]) -> str:
    return str(job.tag["command"])
