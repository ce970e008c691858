"""Veo 3.1: videos from text or pictures (documented as "Veo Video")."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

import attrs

from a2e_async.tasks import checks, fields, rules
from a2e_async.tasks.checks import Media
from a2e_async.tasks.product import VIDEO_RESULTS, Product
from a2e_async.tasks.record import Record
from a2e_async.tasks.request import NamedRequest, NotifyingRequest
from a2e_async.tasks.routes import usual_routes
from a2e_async.wire import named

GenerationType = Literal["TEXT_2_VIDEO", "FIRST_AND_LAST_FRAMES_2_VIDEO", "REFERENCE_2_VIDEO"]
Model = Literal["veo3", "veo3_fast"]
AspectRatio = Literal["16:9", "9:16", "Auto"]

_PATH = "/api/v1/veoVideo"
_FRAMES = "FIRST_AND_LAST_FRAMES_2_VIDEO"
_REFERENCE = "REFERENCE_2_VIDEO"


@attrs.frozen(kw_only=True)
class VeoVideoRecord(Record):
    """A Veo task.

    Attributes:
        prompt: the prompt it was started with.
        model: the model it was started with.
        generation_type: what it was made from.
        aspect_ratio: the shape it was started with. Only ``16:9`` videos have a 1080p version.
        video_output: URLs of the video, the same as ``outputs``.
    """

    prompt: str | None = None
    model: str | None = None
    generation_type: str | None = attrs.field(default=None, metadata=named("generationType"))
    aspect_ratio: str | None = attrs.field(default=None, metadata=named("aspectRatio"))
    video_output: tuple[str, ...] = ()


@attrs.frozen(kw_only=True, repr=False)
class VeoVideo(NamedRequest[VeoVideoRecord], NotifyingRequest[VeoVideoRecord]):
    """Make a video with Veo 3.1 (``POST /api/v1/veoVideo/start``).

    Attributes:
        prompt: what to show. The empty text lets the service take one of its own.
        generation_type: by default ``TEXT_2_VIDEO``.
        image_urls: 1 or 2 pictures, first and last frame, for ``FIRST_AND_LAST_FRAMES_2_VIDEO``;
            1 to 3 for ``REFERENCE_2_VIDEO``; none for ``TEXT_2_VIDEO``.
        model: ``veo3`` for quality, or ``veo3_fast`` (the service's default) for speed.
        aspect_ratio: by default ``Auto``. Only ``16:9`` videos have a 1080p version.
        watermark: text of a watermark.
        seeds: 10000 to 99999.

    Raises:
        TypeError: a field of the wrong type.
        ValueError: a field out of bounds, or too many or too few pictures.
    """

    product: ClassVar[Product[VeoVideoRecord]] = Product(
        kind="veo_video",
        title="Veo Video",
        record=VeoVideoRecord,
        **usual_routes(_PATH),
        status_field="state",
        result_fields=tuple(dict.fromkeys(("video_output", *VIDEO_RESULTS, "video_url"))),
        media="video",
        deadline=60 * 60.0,
    )

    prompt: str = attrs.field(validator=checks.Text(blank=True))
    generation_type: GenerationType | None = fields.choice(
        GenerationType, default="TEXT_2_VIDEO", wire="generationType"
    )
    image_urls: Sequence[Media] | None = fields.media_list(wire="imageUrls")
    model: Model | None = fields.choice(Model, default="veo3_fast")
    aspect_ratio: AspectRatio | None = fields.choice(
        AspectRatio, default="Auto", wire="aspectRatio"
    )
    watermark: str | None = fields.text()
    seeds: int | None = fields.whole(10000, 99999)

    def __attrs_post_init__(self) -> None:
        """Check what one field says about another."""
        rules.only(self, "image_urls", generation_type=(_FRAMES, _REFERENCE))
        rules.count(self, "image_urls", 1, 2, generation_type=_FRAMES)
        rules.count(self, "image_urls", 1, 3, generation_type=_REFERENCE)
