"""Kling 2.6 and 3.0: videos from text, frames or a motion (documented as "Kling Video")."""

from __future__ import annotations

from typing import ClassVar, Literal, get_args

import attrs

from a2e_async.http.operation import Operation
from a2e_async.tasks import checks, fields, rules
from a2e_async.tasks.checks import Media
from a2e_async.tasks.product import VIDEO_RESULTS, Product
from a2e_async.tasks.record import VideoRecord
from a2e_async.tasks.request import NamedRequest, NotifyingRequest
from a2e_async.tasks.routes import usual_routes

Mode = Literal["text-to-video", "image-to-video", "motion-control"]
Version = Literal["2.6", "3.0"]
ModelVersion = Literal["standard", "fast"]
Resolution = Literal["720p", "1080p"]
QualityMode = Literal["std", "pro", "4k"]
Duration = Literal["3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15"]
AspectRatio = Literal["16:9", "9:16", "1:1"]
CharacterOrientation = Literal["video", "image"]

_PATH = "/api/v1/klingVideo"
_IMAGINED = ("text-to-video", "image-to-video")


@attrs.frozen(kw_only=True)
class KlingVideoRecord(VideoRecord):
    """A Kling task.

    Attributes:
        mode: the mode it was started in.
        version: the version of Kling.
        model_version: the variant of Kling 3.0.
        quality_mode: the quality it was started with.
        duration: length in seconds, as a text.
    """

    mode: str | None = None
    version: str | None = None
    model_version: str | None = None
    quality_mode: str | None = None
    duration: str | None = None


@attrs.frozen(kw_only=True, repr=False)
class KlingVideo(NamedRequest[KlingVideoRecord], NotifyingRequest[KlingVideoRecord]):
    """Make a video with Kling 2.6 or 3.0 (``POST /api/v1/klingVideo/start``).

    Attributes:
        mode: ``text-to-video``, ``image-to-video``, or ``motion-control``, which moves a picture
            as a video moves.
        prompt: what to show.
        version: by default ``2.6``.
        model_version: by default ``standard``. ``fast`` with version 3.0 only, and not for
            ``motion-control``.
        resolution: by default ``720p``; ``fast`` only.
        quality_mode: by default ``std``. ``4k`` has a price of its own and is for version 3.0,
            neither ``fast`` nor ``motion-control``.
        duration: length in seconds, as a text, by default ``5``; ``5`` or ``10`` with version 2.6.
        image_url: the picture; needed for ``image-to-video`` and ``motion-control``.
        video_url: the video with the motion; needed for ``motion-control``.
        aspect_ratio: by default ``16:9``; ``text-to-video`` only.
        sound: True makes sound; with version 2.6 in ``pro`` quality only, with 3.0 not in ``4k``.
        end_image_url: last frame; ``image-to-video`` in ``pro`` quality only, and with version 2.6
            without sound.
        character_orientation: by default ``video``; ``motion-control`` only. With ``image`` the
            video lasts 3 to 10 seconds, with ``video`` 3 to 30.
        negative_prompt: what to keep out.
        seed: a whole number.

    Raises:
        TypeError: a field of the wrong type.
        ValueError: a field out of bounds, one that the mode or the version does not take, or one
            missing that the mode needs.
    """

    product: ClassVar[Product[KlingVideoRecord]] = Product(
        kind="kling_video",
        title="Kling Video",
        record=KlingVideoRecord,
        **usual_routes(_PATH),
        rename=Operation("PUT", f"{_PATH}/{{_id}}"),
        # Records may show the video with the motion as `video_url`.
        result_fields=VIDEO_RESULTS,
        media="video",
        deadline=60 * 60.0,
    )

    mode: Mode = attrs.field(validator=checks.Choice(get_args(Mode)))
    prompt: str = attrs.field(validator=checks.Text())
    version: Version | None = fields.choice(Version, default="2.6")
    model_version: ModelVersion | None = fields.choice(ModelVersion, default="standard")
    resolution: Resolution | None = fields.choice(Resolution, default="720p")
    quality_mode: QualityMode | None = fields.choice(QualityMode, default="std")
    duration: Duration | None = fields.choice(Duration, default="5")
    image_url: Media | None = fields.media()
    video_url: Media | None = fields.media()
    aspect_ratio: AspectRatio | None = fields.choice(AspectRatio, default="16:9")
    sound: bool | None = fields.flag(default=False)
    end_image_url: Media | None = fields.media()
    character_orientation: CharacterOrientation | None = fields.choice(
        CharacterOrientation, default="video"
    )
    negative_prompt: str | None = fields.text(blank=True)
    seed: int | None = fields.whole()

    def __attrs_post_init__(self) -> None:
        """Check what one field says about another."""
        self._check_mode()
        self._check_variant()
        rules.within(self, "duration", ("5", "10"), version="2.6")
        old = rules.holds(self, version="2.6")
        rules.only(self, "sound", quality_mode="pro" if old else ("std", "pro"))
        if old and self.sound:
            rules.exclude(self, "end_image_url", "sound")

    def _check_mode(self) -> None:
        pictured = ("image-to-video", "motion-control")
        rules.need(self, "image_url", mode=pictured)
        rules.need(self, "video_url", mode="motion-control")
        rules.only(self, "image_url", mode=pictured)
        rules.only(self, "video_url", "character_orientation", mode="motion-control")
        rules.only(self, "aspect_ratio", mode="text-to-video")
        rules.only(self, "end_image_url", mode="image-to-video", quality_mode="pro")

    def _check_variant(self) -> None:
        if self.model_version == "fast":
            rules.only(self, "model_version", version="3.0", mode=_IMAGINED)
        if self.quality_mode == "4k":
            rules.only(
                self, "quality_mode", version="3.0", mode=_IMAGINED, model_version="standard"
            )
        rules.only(self, "resolution", model_version="fast")
