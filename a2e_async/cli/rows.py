"""A file of prompts: JSON lines, all of them checked before anything is started."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from importlib import resources
from pathlib import Path
from typing import Any

import attrs

from a2e_async import A2E, AvatarVideo, Job, recipes
from a2e_async.cli import products
from a2e_async.cli.fields import with_media
from a2e_async.cli.products import check_kind, request_class
from a2e_async.jobs.names import unique_name
from a2e_async.tasks.checks import Media

_OWN = {"kind", "key"}
"""Fields of a row that are not the request's."""
_SPEECH = {"text", "tts_id", "user_voice_id", "speech_rate"}
_STANDS_FOR_CHOICE = "chosen later"
_LONGEST_KEY = 40

Start = Callable[[A2E], Awaitable[Job[Any]]]


class BadRows(ValueError):
    """Rows that cannot be started. Each of its ``errors`` tells the line and what is wrong."""

    def __init__(self, errors: list[ValueError]) -> None:
        """Keep the errors."""
        super().__init__(str(errors[0]))
        self.errors = errors


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
    lines = [(at, line) for at, line in enumerate(text.splitlines(), 1) if line.strip()]
    rows: list[Row] = []
    errors: list[ValueError] = []
    for index, (at, line) in enumerate(lines, 1):
        try:
            rows.append(_row(line, index, len(lines), directory))
        except (ValueError, TypeError) as error:
            errors.append(ValueError(f"{source}:{at}: {error}"))
    if not lines:
        errors.append(ValueError(f"{source}: no rows in it"))
    if errors:
        raise BadRows(errors)
    return rows


def _row(line: str, index: int, total: int, directory: Path) -> Row:
    given = _object(line)
    kind = check_kind(given.get("kind", ""))
    fields = _with_paths({k: v for k, v in given.items() if k not in _OWN}, kind, directory)
    speaks = kind == AvatarVideo.product.kind and "text" in fields
    products.check_fields(kind, fields, _SPEECH if speaks else ())
    name_field = products.name_field(kind)
    name = fields.setdefault(name_field, unique_name()) if name_field else None
    return Row(
        kind=kind,
        stem=f"{index:0{max(2, len(str(total)))}d}-{_key(given)}",
        name=name,
        start=_speech_and_video(fields) if speaks else _task(fields, kind),
    )


def _object(line: str) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except ValueError as error:
        raise ValueError(f"expected a JSON object: {error}") from None
    if not isinstance(value, dict):
        raise TypeError(f"expected a JSON object, got {line.strip()[:40]!r}")
    return value


def _with_paths(fields: dict[str, Any], kind: str, directory: Path) -> dict[str, Any]:
    known = attrs.fields_dict(request_class(kind))
    checks = {name: known[name].validator if name in known else None for name in fields}

    def read(field: str, text: str) -> Media:
        return _media(field, text, directory)

    return {k: with_media(k, checks[k], value, read) for k, value in fields.items()}


def _media(field: str, text: str, directory: Path) -> Media:
    if "://" in text:
        return text
    path = directory / text
    if not path.is_file():
        raise ValueError(f"{field}: expected a URL or a file, and there is no file {str(path)!r}")
    return path


def _task(fields: dict[str, Any], kind: str) -> Start:
    products.check_complete(kind, fields)
    request = request_class(kind)(**fields)
    if request.expected_tasks > 1:
        raise ValueError(f"a row makes one task, this one makes {request.expected_tasks}")

    async def start(a2e: A2E) -> Job[Any]:
        return await a2e.submit(request)

    return start


def _speech_and_video(fields: dict[str, Any]) -> Start:
    speech = {key: value for key, value in fields.items() if key in _SPEECH}
    video = {key: value for key, value in fields.items() if key not in _SPEECH}
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


def _key(given: dict[str, Any]) -> str:
    texts = (given.get(field) for field in ("key", "prompt", "text", "title", "kind"))
    text = next(text for text in texts if isinstance(text, str) and text)
    return re.sub(r"\W+", "-", text.lower())[:_LONGEST_KEY].strip("-") or given["kind"]
