"""A file of prompts: JSON lines, all of them checked before anything is started."""

from __future__ import annotations

import io
from collections.abc import Awaitable, Callable
from importlib import resources
from pathlib import Path
from typing import Any

import attrs

from a2e_async import A2E, Job, recipes
from a2e_async.batch.files import a_few_words
from a2e_async.cli import entry, jsons, products
from a2e_async.cli.entry import SPEECH, Bad, BadRows, Raw
from a2e_async.jobs.names import unique_name

_STANDS_FOR_CHOICE = "chosen later"
_TELLING = ("key", "prompt", "text", "title")

Start = Callable[[A2E], Awaitable[Job[Any]]]


@attrs.frozen(kw_only=True)
class Row:
    """A task to be started.

    Attributes:
        kind: name of the product.
        stem: name of the result's file without the suffix.
        name: the unique name under which a lost task is found again, or None if tasks of this
            product have no name.
        start: starts it.
    """

    kind: str
    stem: str
    name: str | None
    start: Start


def shipped() -> str:
    """Give the text of the file that comes with the package."""
    return resources.files("a2e_async.cli").joinpath("demo.jsonl").read_text("utf-8")


def read(text: str, source: str, directory: Path) -> list[Row]:
    """Read a file of prompts.

    Args:
        text: its text, a JSON object per line; empty lines do not count.
        source: its name, for messages.
        directory: where the paths of local media in it begin.

    Returns:
        The tasks.

    Raises:
        BadRows: some rows cannot be started, or there is none.
    """
    found = [*jsons.read_lines(io.StringIO(text))]
    rows: list[Row] = []
    errors: list[ValueError] = []
    for index, raw in enumerate(found, 1):
        read = raw if isinstance(raw, Bad) else _row(raw, index, len(found), directory)
        if isinstance(read, Bad):
            errors.append(ValueError(f"{source}:{read.line}: {read.error}"))
        else:
            rows.append(read)
    if not found:
        errors.append(ValueError(f"{source}: no rows in it"))
    if errors:
        raise BadRows(errors)
    return rows


def _row(raw: Raw, index: int, total: int, directory: Path) -> Row | Bad:
    try:
        return _checked(raw, index, total, directory)
    except (ValueError, TypeError) as error:
        return Bad(raw.line, entry.worded(error))


def _checked(raw: Raw, index: int, total: int, directory: Path) -> Row:
    kind = entry.kind_of(raw)
    speaks = entry.speaks(kind, raw.fields)
    more = SPEECH if speaks else ()
    fields = entry.read_fields(raw, kind, entry.media_in(directory), more)
    name_field = products.name_field(kind)
    name = fields.setdefault(name_field, unique_name()) if name_field else None
    texts = (raw.fields.get(field) for field in _TELLING)
    stem = a_few_words(texts, kind)
    return Row(
        kind=kind,
        stem=f"{index:0{max(2, len(str(total)))}d}-{stem}",
        name=name,
        start=_speech_and_video(fields) if speaks else _task(fields, kind),
    )


def _task(fields: dict[str, Any], kind: str) -> Start:
    request = entry.request_of(kind, fields)

    async def start(a2e: A2E) -> Job[Any]:
        return await a2e.submit(request)

    return start


def _speech_and_video(fields: dict[str, Any]) -> Start:
    speech = {key: value for key, value in fields.items() if key in SPEECH}
    video = {key: value for key, value in fields.items() if key not in SPEECH}
    others = {key: value for key, value in video.items() if key != "anchor_id"}
    recipes.checked(
        text=speech["text"],
        anchor_id=video.get("anchor_id", _STANDS_FOR_CHOICE),
        speech={key: value for key, value in speech.items() if key != "text"},
        video=others,
    )

    async def start(a2e: A2E) -> Job[Any]:
        anchor_id = video.get("anchor_id") or await _first_avatar(a2e)
        return await a2e.avatar_video_from_text(**speech, **{**video, "anchor_id": anchor_id})

    return start


async def _first_avatar(a2e: A2E) -> str:
    avatars = await a2e.avatars.list()
    chosen = next((avatar.id for avatar in avatars if avatar.id), None)
    if chosen is None:
        raise ValueError("anchor_id: left out, and the account has no avatars to choose from")
    return chosen
