"""Talking video: other words for who speaks in a video (documented as "Talking Video")."""

from __future__ import annotations

from typing import ClassVar

import attrs

from a2e_async.tasks import checks
from a2e_async.tasks.checks import Media
from a2e_async.tasks.product import Product
from a2e_async.tasks.routes import usual_routes
from a2e_async.tasks.talking import TalkingRecord, TalkingRequest

_PATH = "/api/v1/talkingVideo"


@attrs.frozen(kw_only=True)
class TalkingVideoRecord(TalkingRecord):
    """A talking-video task.

    Attributes:
        video_url: video it was started with.
        cover_url: URL of a picture of the video.
    """

    video_url: str | None = None
    cover_url: str | None = None


@attrs.frozen(kw_only=True, repr=False)
class TalkingVideo(TalkingRequest[TalkingVideoRecord]):
    """Let the person in a video speak (``POST /api/v1/talkingVideo/start``).

    Attributes:
        video_url: the video.

    Raises:
        TypeError: a field of the wrong type.
        ValueError: a field out of bounds.
    """

    product: ClassVar[Product[TalkingVideoRecord]] = Product(
        kind="talking_video",
        title="Talking Video",
        record=TalkingVideoRecord,
        **usual_routes(_PATH),
        result_fields=("result_url",),
        media="video",
        deadline=60 * 60.0,
    )

    video_url: Media = attrs.field(validator=checks.MediaSource())
