"""From a form to a request. Pure.

The SDK checks the fields; what it refuses is told beside the field of the form.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

import attrs

from a2e_async import ImageToVideo, TextToImage
from examples.web.door import Refusal

Request: TypeAlias = TextToImage | ImageToVideo

MOST_PROMPT = 2000
"""Characters of a prompt. The service names no limit; nobody types more into a form."""

MOST_PICTURE = 10 * 1024 * 1024
"""Bytes of an uploaded picture."""

MOST_FORM = 64 * 1024
"""Bytes of the form's fields."""

KINDS = ("picture", "video")
SIZES = {"square": (1024, 1024), "portrait": (768, 1152), "landscape": (1152, 768)}

_INCOMPLETE = "This request is not complete. Please load the page again."
_ID = re.compile(r"[A-Za-z0-9-]{16,64}")
_MAGIC = {
    ".png": (0, b"\x89PNG\r\n\x1a\n"),
    ".jpg": (0, b"\xff\xd8\xff"),
    ".webp": (8, b"WEBP"),
}


@attrs.frozen(kw_only=True)
class Order:
    """What somebody asked for, with the fields as the form names them.

    Attributes:
        kind: ``picture`` or ``video``.
        prompt: what to show, or what happens in the video.
        size: one of `SIZES`, of a picture.
        seconds: length of a video.
    """

    kind: str
    prompt: str
    size: str = "square"
    seconds: int = 5

    @classmethod
    def read(cls, fields: Mapping[str, Any]) -> Order:
        """Read a form.

        Args:
            fields: the form's fields; those that nobody knows are left out.

        Raises:
            Refusal: one is missing or no value that the form has.
        """
        prompt = fields.get("prompt")
        if not isinstance(prompt, str) or len(prompt) > MOST_PROMPT:
            raise Refusal(400, f"Write up to {MOST_PROMPT:,} characters.", field="prompt")
        return cls(
            kind=_choice(fields, "kind", KINDS),
            prompt=prompt,
            size=_choice(fields, "size", tuple(SIZES)),
            seconds=fields.get("seconds", 5),
        )

    def request(self, picture: Path | None) -> Request:
        """Make the request of the order.

        Args:
            picture: the uploaded picture, which a video begins with.

        Raises:
            Refusal: the SDK refuses a field.
        """
        try:
            return self._request(picture)
        except (TypeError, ValueError) as error:
            raise refusal_of(error) from error

    def _request(self, picture: Path | None) -> Request:
        if self.kind == "picture":
            width, height = SIZES[self.size]
            return TextToImage(prompt=self.prompt, width=width, height=height)
        if picture is None:
            raise Refusal(400, "Choose the picture that the video begins with.", field="picture")
        # The request's own check refuses lengths that the service does not know.
        length: Any = self.seconds
        return ImageToVideo(prompt=self.prompt, image_url=picture, video_time=length)


# A request's field, what the form calls it, and what is said beside it.
_WORDS = {
    "prompt": ("prompt", "Say in a few words what you would like to see."),
    "image_url": ("picture", "Choose another picture: this one cannot be used."),
    "video_time": ("seconds", "Choose one of the lengths."),
}


def refusal_of(error: Exception) -> Refusal:
    """Make an answer of an error of the SDK, which begins with the name of the request's field."""
    name = str(error).partition(":")[0]
    field, words = _WORDS.get(name, (None, "This cannot be made as it is."))
    return Refusal(400, words, field=field)


def _choice(fields: Mapping[str, Any], name: str, allowed: tuple[str, ...]) -> str:
    value = fields.get(name, allowed[0])
    # A tuple is searched, since what comes as JSON may not be hashable.
    if value not in allowed:
        raise Refusal(400, f"Choose one of {', '.join(allowed)}.", field=name)
    return str(value)


def fields_of(body: bytes) -> dict[str, Any]:
    """Read the form's fields, which come as JSON.

    Raises:
        Refusal: it is no JSON object.
    """
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict):
        raise Refusal(400, _INCOMPLETE)
    return fields


def check_id(card: Any) -> str:
    """Give the id of a card, which is made by the page, if it is one.

    Raises:
        Refusal: it is none.
    """
    if not isinstance(card, str) or not _ID.fullmatch(card):
        raise Refusal(400, _INCOMPLETE)
    return card


def suffix_of(head: bytes) -> str:
    """Tell what kind of picture begins with these bytes, whatever it is called.

    Args:
        head: its first 16 bytes.

    Raises:
        Refusal: it is no picture that is taken.
    """
    for suffix, (at, magic) in _MAGIC.items():
        if head.startswith(magic, at):
            return suffix
    raise Refusal(415, "Choose a picture in PNG, JPEG or WebP format.", field="picture")
