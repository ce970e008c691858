"""Talking video: other words for who speaks in a video (documented as "Talking Video")."""

from __future__ import annotations

from typing import ClassVar

import attrs

from a2e_async.http.operation import Operation
from a2e_async.tasks import checks, fields
from a2e_async.tasks.checks import Media
from a2e_async.tasks.product import Pages, Product
from a2e_async.tasks.record import VideoRecord
from a2e_async.tasks.request import NamedRequest, NotifyingRequest

_PATH = "/api/v1/talkingVideo"


@attrs.frozen(kw_only=True)
class TalkingVideoRecord(VideoRecord):
    """A talking-video task.

    Attributes:
        video_url: video it was started with.
        audio_url: audio it was started with.
        duration: seconds it was asked for.
        cover_url: URL of a picture of the video.
    """

    video_url: str | None = None
    audio_url: str | None = None
    duration: int | None = None
    cover_url: str | None = None


@attrs.frozen(kw_only=True)
class TalkingVideo(NamedRequest[TalkingVideoRecord], NotifyingRequest[TalkingVideoRecord]):
    """Let the person in a video speak (``POST /api/v1/talkingVideo/start``).

    Attributes:
        video_url: the video.
        audio_url: what is said. ``a2e.text_to_speech(…)`` makes it from text.
        duration: length, 1 to 20 seconds, by default 3.
        prompt: what to show. The service wants it to be there; it may be empty.
        negative_prompt: what to keep out. The service wants it to be there; it may be empty.

    Raises:
        TypeError: a field of the wrong type.
        ValueError: a field out of bounds.
    """

    product: ClassVar[Product[TalkingVideoRecord]] = Product(
        kind="talking_video",
        title="Talking Video",
        record=TalkingVideoRecord,
        start=f"{_PATH}/start",
        detail=Operation("GET", f"{_PATH}/{{_id}}"),
        pages=Pages(f"{_PATH}/allRecords"),
        batch=f"{_PATH}/batchDetail",
        delete=Operation("DELETE", f"{_PATH}/{{_id}}"),
        result_fields=("result_url",),
        media="video",
        deadline=60 * 60.0,
    )

    video_url: Media = attrs.field(validator=checks.MediaSource())
    audio_url: Media | None = fields.media()
    duration: int | None = fields.whole(1, 20, default=3)
    prompt: str = attrs.field(validator=checks.Text(blank=True))
    negative_prompt: str = attrs.field(validator=checks.Text(blank=True))
