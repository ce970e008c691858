"""Small pictures of pictures and videos, with Pillow and PyAV where they are there."""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from PIL import Image

BOX = (360, 360)
"""The largest thumbnail, in pixels: a card's width on a screen with two pixels to a point."""

_QUALITY = 74
# How hard the encoder tries, from 0 to 6: more halves the speed for a tenth of the bytes.
_EFFORT = 2
_NEEDS = {"image": ("PIL",), "video": ("PIL", "av"), "audio": ("av",)}
# What the two libraries raise at damaged files has no common root below this one.
_DAMAGED = Exception


@attrs.frozen(kw_only=True)
class Look:
    """What a file looks like; all of it None where the file is damaged.

    Attributes:
        width: pixels.
        height: pixels.
        seconds: how long it lasts.
        drawn: whether there is a thumbnail.
    """

    width: int | None = None
    height: int | None = None
    seconds: float | None = None
    drawn: bool = False


@cache
def can_draw(media: str) -> bool:
    """Tell whether the libraries are there that read a kind of media: the extra ``report``."""
    return media in _NEEDS and all(find_spec(name) for name in _NEEDS[media])


def draw(path: Path, media: str, target: Path) -> Look:
    """Look at a file, and make its thumbnail.

    Args:
        path: the file.
        media: ``image``, ``video`` or ``audio``, for which `can_draw` is true.
        target: the thumbnail, whose directory is made if it is missing.

    Returns:
        What the file looks like. A file that cannot be read looks like nothing.
    """
    try:
        if media == "image":
            return _draw_image(path, target)
        return _draw_film(path, target)
    except _DAMAGED:
        return Look()


def _draw_image(path: Path, target: Path) -> Look:
    from PIL import Image, ImageOps  # noqa: PLC0415

    with Image.open(path) as image:
        turned = image.getexif().get(0x0112, 1) in {5, 6, 7, 8}
        width, height = image.size[::-1] if turned else image.size
        # Read a JPEG at a fraction of its size at once.
        image.draft("RGB", BOX)
        drawn = _save(ImageOps.exif_transpose(image), target)
    return Look(width=width, height=height, drawn=drawn)


def _draw_film(path: Path, target: Path) -> Look:
    import av  # noqa: PLC0415

    # A playlist must not make the reader open anything but the file itself.
    options = {"protocol_whitelist": "file"}
    with av.open(str(path), options=options) as container:
        seconds = container.duration / av.time_base if container.duration else None
        if not container.streams.video:
            return Look(seconds=seconds)
        stream = container.streams.video[0]
        look = Look(width=stream.width, height=stream.height, seconds=seconds)
        with suppress(_DAMAGED):
            frame = next(iter(container.decode(stream)))
            poster = frame.to_image()  # type: ignore[no-untyped-call]
            return attrs.evolve(look, drawn=_save(poster, target))
        return look


def _save(image: Image.Image, target: Path) -> bool:
    """Write the thumbnail, and tell whether the disk took it."""
    if image.mode not in {"RGB", "RGBA"}:
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    # The gap halves the time, and nobody sees it at this size.
    image.thumbnail(BOX, reducing_gap=1.0)
    buffer = BytesIO()
    image.save(buffer, "WEBP", quality=_QUALITY, method=_EFFORT)
    with suppress(OSError):
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_suffix(".part")
        part.write_bytes(buffer.getvalue())
        part.replace(target)
        return True
    return False
