"""Talking photo: a portrait that speaks (documented as "Talking Photo").

The service once called it "AI image singing".
"""

from __future__ import annotations

from typing import ClassVar

import attrs

from a2e_async.http.operation import Operation
from a2e_async.tasks import checks, fields
from a2e_async.tasks.checks import Media
from a2e_async.tasks.product import Pages, Product
from a2e_async.tasks.record import VideoRecord
from a2e_async.tasks.request import NamedRequest, NotifyingRequest

_PATH = "/api/v1/talkingPhoto"


@attrs.frozen(kw_only=True)
class TalkingPhotoRecord(VideoRecord):
    """A talking-photo task.

    Attributes:
        image_url: portrait it was started with.
        audio_url: audio it was started with.
        duration: seconds it was asked for.
    """

    image_url: str | None = None
    audio_url: str | None = None
    duration: int | None = None


@attrs.frozen(kw_only=True)
class TalkingPhoto(NamedRequest[TalkingPhotoRecord], NotifyingRequest[TalkingPhotoRecord]):
    """Let a portrait speak or sing (``POST /api/v1/talkingPhoto/start``).

    Attributes:
        image_url: the portrait.
        audio_url: what is said or sung. ``a2e.text_to_speech(…)`` makes it from text.
        duration: length, 1 to 20 seconds, by default 3.
        prompt: what to show. The service wants it to be there; it may be empty.
        negative_prompt: what to keep out. The service wants it to be there; it may be empty.

    Raises:
        TypeError: a field of the wrong type.
        ValueError: a field out of bounds.
    """

    product: ClassVar[Product[TalkingPhotoRecord]] = Product(
        kind="talking_photo",
        title="Talking Photo",
        record=TalkingPhotoRecord,
        start=f"{_PATH}/start",
        detail=Operation("GET", f"{_PATH}/{{_id}}"),
        pages=Pages(f"{_PATH}/allRecords"),
        batch=f"{_PATH}/batchDetail",
        delete=Operation("DELETE", f"{_PATH}/{{_id}}"),
        result_fields=("result_url",),
        media="video",
        deadline=60 * 60.0,
    )

    image_url: Media = attrs.field(validator=checks.MediaSource())
    audio_url: Media | None = fields.media()
    duration: int | None = fields.whole(1, 20, default=3)
    prompt: str = attrs.field(validator=checks.Text(blank=True))
    negative_prompt: str = attrs.field(validator=checks.Text(blank=True))
