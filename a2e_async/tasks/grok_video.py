"""Grok Imagine: videos from text or pictures (documented as "Grok Video")."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

import attrs

from a2e_async.tasks import fields, rules
from a2e_async.tasks.checks import Media
from a2e_async.tasks.product import VIDEO_RESULTS, Product
from a2e_async.tasks.record import VideoRecord
from a2e_async.tasks.request import NamedRequest, NotifyingRequest
from a2e_async.tasks.routes import usual_routes

ModelType = Literal["text-to-video", "image-to-video"]
ModelVersion = Literal["legacy", "1.5"]
Mode = Literal["fun", "normal", "spicy"]
AspectRatio = Literal["auto", "1:1", "16:9", "9:16", "4:3", "3:4", "3:2", "2:3"]
Duration = Literal["6", "10", "15"]

_PATH = "/api/v1/grokVideo"
_TEXT_RATIOS = ("1:1", "16:9", "9:16")
_IMAGE_RATIOS = (*_TEXT_RATIOS, "4:3", "3:4", "3:2", "2:3")


@attrs.frozen(kw_only=True)
class GrokVideoRecord(VideoRecord):
    """A Grok task.

    Attributes:
        model_type: what it was made from.
        model_version: the version of the model.
        mode: the mode it was started in, or that the provider fell back to.
        duration: length in seconds, as a text.
    """

    model_type: str | None = None
    model_version: str | None = None
    mode: str | None = None
    duration: str | None = None


@attrs.frozen(kw_only=True, repr=False)
class GrokVideo(NamedRequest[GrokVideoRecord], NotifyingRequest[GrokVideoRecord]):
    """Make a video with Grok Imagine (``POST /api/v1/grokVideo/start``).

    Attributes:
        prompt: what to show. It can be left out with ``image-to-video`` only.
        model_type: by default ``text-to-video``.
        model_version: by default ``legacy``. ``1.5`` with ``image-to-video`` only.
        mode: by default ``normal``. With ``image-to-video`` the provider may make a normal video
            of ``spicy``.
        image_urls: pictures for ``image-to-video``, which needs one here or in ``image_url``.
        image_url: a picture to put in front of ``image_urls``.
        aspect_ratio: by default ``16:9``. With ``legacy`` no ``auto``, and for ``text-to-video``
            only ``1:1``, ``16:9`` and ``9:16``.
        duration: length in seconds, as a text, by default ``6``.
        nsfw_checker: True has the result checked once more; version ``1.5`` only.

    Raises:
        TypeError: a field of the wrong type.
        ValueError: a field out of bounds, no prompt for ``text-to-video``, no picture for
            ``image-to-video``, or a field that the version does not take.
    """

    product: ClassVar[Product[GrokVideoRecord]] = Product(
        kind="grok_video",
        title="Grok Video",
        record=GrokVideoRecord,
        **usual_routes(_PATH),
        result_fields=(*VIDEO_RESULTS, "video_url"),
        media="video",
        deadline=60 * 60.0,
    )

    prompt: str | None = fields.text()
    model_type: ModelType | None = fields.choice(ModelType, default="text-to-video")
    model_version: ModelVersion | None = fields.choice(ModelVersion, default="legacy")
    mode: Mode | None = fields.choice(Mode, default="normal")
    image_urls: Sequence[Media] | None = fields.media_list()
    image_url: Media | None = fields.media()
    aspect_ratio: AspectRatio | None = fields.choice(AspectRatio, default="16:9")
    duration: Duration | None = fields.choice(Duration, default="6")
    nsfw_checker: bool | None = fields.flag(default=False)

    def __attrs_post_init__(self) -> None:
        """Check what one field says about another."""
        text, image = ({"model_type": kind} for kind in ("text-to-video", "image-to-video"))
        rules.need(self, "prompt", **text)
        rules.need_one(self, "image_urls", "image_url", **image)
        rules.only(self, "image_urls", "image_url", **image)
        if self.model_version == "1.5":
            rules.only(self, "model_version", **image)
        rules.only(self, "nsfw_checker", model_version="1.5")
        rules.within(self, "aspect_ratio", _TEXT_RATIOS, model_version="legacy", **text)
        rules.within(self, "aspect_ratio", _IMAGE_RATIOS, model_version="legacy", **image)
