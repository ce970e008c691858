"""Seedance 1.5 Pro: videos from text or frames (documented as "Seedance 1.5 Pro")."""

from __future__ import annotations

from typing import ClassVar, Literal

import attrs

from a2e_async.tasks import checks, fields, rules
from a2e_async.tasks.checks import Media
from a2e_async.tasks.product import VIDEO_RESULTS, Pages, Product
from a2e_async.tasks.record import VideoRecord
from a2e_async.tasks.request import NamedRequest, NotifyingRequest

Mode = Literal["text-to-video", "image-to-video"]
Duration = Literal["5", "10"]
AspectRatio = Literal["16:9", "9:16", "1:1"]
Resolution = Literal["480p", "720p"]

_PATH = "/api/v1/seedanceVideo"


@attrs.frozen(kw_only=True)
class Seedance15ProRecord(VideoRecord):
    """A Seedance 1.5 Pro task.

    Attributes:
        mode: the mode it was started in.
        duration: length in seconds, as a text.
        resolution: the resolution it was started with.
    """

    mode: str | None = None
    duration: str | None = None
    resolution: str | None = None


@attrs.frozen(kw_only=True, repr=False)
class Seedance15Pro(NamedRequest[Seedance15ProRecord], NotifyingRequest[Seedance15ProRecord]):
    """Make a video with Seedance 1.5 Pro (``POST /api/v1/seedanceVideo/start``).

    The service documents nothing but the start and the list: a task is read in the list, and it
    cannot be deleted.

    Attributes:
        prompt: what to show.
        mode: by default ``text-to-video``.
        image_url: first frame; needed for ``image-to-video``.
        end_image_url: last frame, together with ``image_url``.
        duration: length in seconds, as a text, by default ``5``.
        aspect_ratio: by default ``16:9``.
        resolution: by default ``720p``.
        camera_fixed: True keeps the camera where it is.
        generate_audio: True makes sound.

    Raises:
        TypeError: a field of the wrong type.
        ValueError: a field out of bounds, or a frame missing or to no purpose.
    """

    product: ClassVar[Product[Seedance15ProRecord]] = Product(
        kind="seedance_15_pro",
        title="Seedance 1.5 Pro",
        record=Seedance15ProRecord,
        start=f"{_PATH}/start",
        detail=None,
        pages=Pages(f"{_PATH}/allRecords"),
        delete=None,
        result_fields=(*VIDEO_RESULTS, "video_url"),
        media="video",
        deadline=60 * 60.0,
    )

    prompt: str = attrs.field(validator=checks.Text())
    mode: Mode | None = fields.choice(Mode, default="text-to-video")
    image_url: Media | None = fields.media()
    end_image_url: Media | None = fields.media()
    duration: Duration | None = fields.choice(Duration, default="5")
    aspect_ratio: AspectRatio | None = fields.choice(AspectRatio, default="16:9")
    resolution: Resolution | None = fields.choice(Resolution, default="720p")
    camera_fixed: bool | None = fields.flag(default=False)
    generate_audio: bool | None = fields.flag(default=False)

    def __attrs_post_init__(self) -> None:
        """Check what one field says about another."""
        rules.need(self, "image_url", mode="image-to-video")
        rules.needs(self, "end_image_url", "image_url")
        if self.end_image_url is None:
            # With both frames the service goes by them, whatever the mode.
            rules.only(self, "image_url", mode="image-to-video")
