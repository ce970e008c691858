"""What a result file is to show, told apart from making it. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import attrs

from a2e_async.sandbox.conditions import FILMS, SOUNDS, extension
from a2e_async.sandbox.products import Media

if TYPE_CHECKING:
    from collections.abc import Mapping

    from a2e_async.sandbox.tasks import Task

SMALLEST, LARGEST = 64, 4096
BASES = {"480p": 480, "720p": 720, "1080p": 1080, "1k": 1024, "2k": 2048, "4k": 3840}
VIDEO_SIDE = 480
TEXTS = ("prompt", "positive_prompt", "title", "name", "caption", "edit_type")


@attrs.frozen
class ImageSpec:
    """A picture: its text, its size in pixels, and what its colours are drawn from."""

    text: str
    width: int
    height: int
    seed: str


@attrs.frozen
class VideoSpec:
    """A short video: its text, its size in pixels, and what its colours are drawn from."""

    text: str
    width: int
    height: int
    seed: str


@attrs.frozen
class SpeechSpec:
    """Speech: its text, what its pitch is drawn from, and its rate (1 is normal)."""

    text: str
    seed: str
    rate: float = 1.0


Spec = ImageSpec | VideoSpec | SpeechSpec


def of_task(task: Task, number: int, seed: int) -> Spec | None:
    """Tell what a result file of a task shows.

    Args:
        task: The task.
        number: Which of its files, from 0.
        seed: The seed of the sandbox.

    Returns:
        The file's spec, None for a file that the task does not have.
    """
    if number >= task.files or task.media is Media.NONE:
        return None
    text = next((str(task.body[name]) for name in TEXTS if task.body.get(name)), task.name)
    width, height = image_size(task.body)
    paint = f"{seed}:{task.number}:{number}"
    if task.media is Media.IMAGE:
        return ImageSpec(text, width, height, paint)
    return VideoSpec(text, *video_size(width, height), paint)


def suffix(spec: Spec) -> str:
    """Return the file name extension of what a spec describes."""
    if isinstance(spec, ImageSpec):
        return "png"
    return "wav" if isinstance(spec, SpeechSpec) else "mp4"


def stand_in(url: str, text: str) -> Spec:
    """Describe a file of the kind that an address shows, a picture where it shows none."""
    shown = extension(url)
    if shown in FILMS:
        return VideoSpec(text, 480, 270, url)
    return SpeechSpec(text, url) if shown in SOUNDS else ImageSpec(text, 640, 480, url)


def image_size(body: Mapping[str, Any]) -> tuple[int, int]:
    """Read the size a body asks for: its own fields, a size text or an aspect ratio."""
    text = re.fullmatch(r"(\d+)\s*[x*]\s*(\d+)", str(body.get("size", "")))
    if text:
        return _side(int(text[1])), _side(int(text[2]))
    width = body.get("web_bg_width") or body.get("width")
    height = body.get("web_bg_height") or body.get("height")
    ratio = re.fullmatch(r"(\d+):(\d+)", str(_first(body, "aspect_ratio", "aspectRatio", "ratio")))
    if ratio and int(ratio[1]) and int(ratio[2]):
        base = BASES.get(str(_first(body, "resolution", "image_size")).lower(), 1024)
        return _fit(int(ratio[1]), int(ratio[2]), base)
    return _side(width or 1024), _side(height or 1024)


def video_size(width: int, height: int) -> tuple[int, int]:
    """Scale a size so that its shorter side is 480 pixels at most; both sides are even."""
    scale = min(1.0, VIDEO_SIDE / min(width, height), 2 * VIDEO_SIDE / max(width, height))
    return max(64, int(width * scale) // 2 * 2), max(64, int(height * scale) // 2 * 2)


def _fit(wide: int, high: int, base: int) -> tuple[int, int]:
    longer = max(wide, high)
    return _side(round(base * wide / longer)), _side(round(base * high / longer))


def _side(length: float) -> int:
    return int(min(LARGEST, max(SMALLEST, length)))


def _first(body: Mapping[str, Any], *names: str) -> Any:
    return next((body[name] for name in names if body.get(name)), "")
