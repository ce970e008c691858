"""Sora 2 Pro: videos from text or pictures, served by Kling 3.0 ("Sora 2 Pro Video")."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

import attrs

from a2e_async.tasks import checks, fields, rules
from a2e_async.tasks.checks import Media
from a2e_async.tasks.product import VIDEO_RESULTS, Product
from a2e_async.tasks.record import VideoRecord
from a2e_async.tasks.request import NamedRequest, NotifyingRequest
from a2e_async.tasks.routes import usual_routes

ModelType = Literal["text-to-video", "image-to-video"]
AspectRatio = Literal["portrait", "landscape"]
DurationSeconds = Literal["5", "10", "15"]
Quality = Literal["standard", "high"]

_PATH = "/api/v1/soraVideo"


@attrs.frozen(kw_only=True)
class Sora2ProVideoRecord(VideoRecord):
    """A Sora 2 Pro task.

    Attributes:
        model_type: what it was made from.
        aspect_ratio: the shape it was started with.
        duration_seconds: length in seconds, as a text.
        quality: the quality it was started with.
    """

    model_type: str | None = None
    aspect_ratio: str | None = None
    duration_seconds: str | None = None
    quality: str | None = None


@attrs.frozen(kw_only=True, repr=False)
class Sora2ProVideo(NamedRequest[Sora2ProVideoRecord], NotifyingRequest[Sora2ProVideoRecord]):
    """Make a video under the name of Sora 2 Pro (``POST /api/v1/soraVideo/start``).

    Despite the name it is Kling 3.0 that makes it.

    Attributes:
        prompt: what to show.
        model_type: by default ``image-to-video``.
        image_urls: pictures; needed for ``image-to-video``, and for it only.
        aspect_ratio: by default ``landscape``.
        duration_seconds: length in seconds, as a text, by default ``5``.
        quality: by default ``standard``.

    Raises:
        TypeError: a field of the wrong type.
        ValueError: a field out of bounds, or no picture for ``image-to-video``.
    """

    product: ClassVar[Product[Sora2ProVideoRecord]] = Product(
        kind="sora_2_pro_video",
        title="Sora 2 Pro Video",
        record=Sora2ProVideoRecord,
        **usual_routes(_PATH),
        result_fields=(*VIDEO_RESULTS, "video_url"),
        media="video",
        deadline=60 * 60.0,
    )

    prompt: str = attrs.field(validator=checks.Text())
    model_type: ModelType | None = fields.choice(ModelType, default="image-to-video")
    image_urls: Sequence[Media] | None = fields.media_list()
    aspect_ratio: AspectRatio | None = fields.choice(AspectRatio, default="landscape")
    duration_seconds: DurationSeconds | None = fields.choice(DurationSeconds, default="5")
    quality: Quality | None = fields.choice(Quality, default="standard")

    def __attrs_post_init__(self) -> None:
        """Check what one field says about another."""
        rules.need(self, "image_urls", model_type="image-to-video")
        rules.only(self, "image_urls", model_type="image-to-video")
