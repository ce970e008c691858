"""What there is: avatars, voices, languages, coins; and ``a2e upload``."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import attrs
import typer

from a2e_async import A2E, Avatar, Language, Voice
from a2e_async.cli import follow
from a2e_async.cli.options import choice, command
from a2e_async.cli.output import Column, joined
from a2e_async.cli.shell import Shell
from a2e_async.resources.avatars import AvatarType
from a2e_async.resources.voices import Voices

_SPOKEN = inspect.signature(Voices.list).parameters

_AVATARS: Sequence[Column[Avatar]] = (
    Column(title="id", value=lambda avatar: avatar.id),
    Column(title="name", value=lambda avatar: avatar.name, gives_way=True),
    Column(title="language", value=lambda avatar: avatar.lang),
    Column(title="anchor_type", value=lambda avatar: avatar.anchor_type, right=True),
)
_VOICES: Sequence[Column[Voice]] = (
    Column(title="id", value=lambda voice: voice.id),
    Column(title="name", value=lambda voice: voice.label, gives_way=True),
    Column(title="group", value=lambda voice: voice.group),
)
_LANGUAGES: Sequence[Column[Language]] = (
    Column(title="country", value=lambda language: language.value),
    Column(title="name", value=lambda language: language.label, gives_way=True),
    Column(
        title="regions",
        value=lambda language: joined(region.value for region in language.regions),
    ),
)


def _as_dict(item: attrs.AttrsInstance) -> dict[str, Any]:
    return attrs.asdict(item, filter=lambda field, _: field.name != "raw")


@command
def avatars(
    shell: Shell,
    *,
    type: Annotated[AvatarType | None, choice(AvatarType, "Only these")] = None,
) -> None:
    """List the avatars that speak in videos."""

    async def work(a2e: A2E) -> list[Avatar]:
        return await a2e.avatars.list(type=type)

    shell.out.table(shell.run(work), _AVATARS, _as_dict)


@command
def voices(
    shell: Shell,
    *,
    country: Annotated[
        str, typer.Option(metavar="CODE", help="Language: see a2e languages.")
    ] = _SPOKEN["country"].default,
    region: Annotated[
        str, typer.Option(metavar="CODE", help="Region: see a2e languages.")
    ] = _SPOKEN["region"].default,
) -> None:
    """List the built-in voices of a language."""

    async def work(a2e: A2E) -> list[Voice]:
        return await a2e.voices.list(country=country, region=region)

    shell.out.table(shell.run(work), _VOICES, _as_dict)


@command
def languages(shell: Shell) -> None:
    """List the languages that voices speak, with their regions."""

    async def work(a2e: A2E) -> list[Language]:
        return await a2e.languages()

    shell.out.table(shell.run(work), _LANGUAGES, _as_dict)


@command
def coins(shell: Shell) -> None:
    """Tell the coins that are left."""

    async def work(a2e: A2E) -> float | int:
        return await a2e.account.coins()

    left = shell.run(work)
    shell.out.result({"coins": left}, str(left))


@command
def upload(
    shell: Shell,
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", exists=True, dir_okay=False, help="Local media."),
    ],
) -> None:
    """Store local media with the service, and print the URLs. It is charged by size."""
    outcomes: dict[int, str | Exception] = {}

    async def work(a2e: A2E) -> None:
        async def one(path: Path) -> str:
            line = shell.board.line(path.name)
            line.show("upload")
            url = await a2e.files.upload(path)
            line.end("uploaded")
            return url

        await follow.each(files, one, outcomes)

    def show(index: int, url: str) -> None:
        shell.out.result({"file": str(files[index]), "url": url}, url)

    try:
        shell.run(work)
    finally:
        follow.hand_over(shell, outcomes, show)
