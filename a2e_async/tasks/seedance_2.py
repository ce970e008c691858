"""Seedance 2.0 and 2.5: videos from text, frames or references ("Seedance 2.x")."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

import attrs

from a2e_async.http.operation import Operation
from a2e_async.tasks import checks, fields, rules
from a2e_async.tasks.checks import Media
from a2e_async.tasks.product import VIDEO_RESULTS, Product
from a2e_async.tasks.record import VideoRecord
from a2e_async.tasks.request import AgeCheckedRequest, NamedRequest, NotifyingRequest
from a2e_async.tasks.routes import usual_routes

Mode = Literal["text-to-video", "image-to-video", "first-last-frames", "reference"]
ModelVersion = Literal["standard", "mini", "fast", "2.5"]
OmniReferenceTaskType = Literal["reference", "edit", "extend"]
AspectRatio = Literal["adaptive", "21:9", "16:9", "4:3", "1:1", "3:4", "9:16"]
Resolution = Literal["480p", "720p", "1080p", "4k"]

_PATH = "/api/v1/seedance2Video"
_SEEDANCE_20 = ("standard", "mini", "fast")
_REFERENCES = ("reference_urls", "video_urls", "audio_urls")
_UP_TO_1080P = ("480p", "720p", "1080p")


@attrs.frozen(kw_only=True)
class Seedance2Record(VideoRecord):
    """A Seedance 2.x task.

    Attributes:
        mode: the mode it was started in.
        model_version: the model that makes it.
        duration: length in seconds.
        resolution: the resolution it was started with.
    """

    mode: str | None = None
    model_version: str | None = None
    duration: int | None = None
    resolution: str | None = None


@attrs.frozen(kw_only=True, repr=False)
class Seedance2(
    AgeCheckedRequest[Seedance2Record],
    NamedRequest[Seedance2Record],
    NotifyingRequest[Seedance2Record],
):
    """Make a video with Seedance 2.0 or 2.5 (``POST /api/v1/seedance2Video/start``).

    Attributes:
        prompt: what to show, or how to edit.
        mode: by default ``text-to-video``.
        model_version: by default ``standard``. That, ``mini`` and ``fast`` are tiers of Seedance
            2.0.
        omni_reference_task_type: what becomes of the references; mode ``reference`` of 2.5 only.
            ``edit`` needs a ``duration`` of -1, the ``aspect_ratio`` ``adaptive`` and just one
            video; ``extend`` has the ratio ``adaptive``.
        image_url: first frame of ``image-to-video``, which needs it.
        first_frame_url: first frame of ``first-last-frames``, which needs it.
        last_frame_url: last frame; needed for ``first-last-frames``, optional for
            ``image-to-video``.
        reference_urls: pictures for ``reference``, at most 9 with 2.0 and 30 with 2.5.
        video_urls: videos for ``reference``, MP4 or MOV, at most 3 with 2.0 and 10 with 2.5. With
            2.0 each lasts 2 to 15 seconds; with 2.5 all together 30 at the most.
        audio_urls: audios for ``reference``, MP3 or WAV, at most 3 with 2.0 and 10 with 2.5. With
            2.0 each lasts 2 to 15 seconds, all together 15 at the most, and a picture or a video
            has to come with them.
        input_video_duration: the caller's estimate of the length of all videos in seconds, 2 to 15
            times their number with 2.0, 2 to 30 with 2.5. The service measures, and charges for
            the larger one.
        duration: length in seconds, by default 5, at most 15 with 2.0 and 30 with 2.5; -1 for
            ``edit``.
        aspect_ratio: by default ``16:9``.
        resolution: by default ``720p``, which is the largest of ``mini`` and ``fast``. ``1080p``
            with ``standard`` and 2.5, ``4k`` with ``standard`` only.
        generate_audio: by default True: the video has sound, which its price includes.

    Raises:
        TypeError: a field of the wrong type.
        ValueError: a field out of bounds, one that the mode or the version does not take, or one
            missing that the mode needs.
    """

    product: ClassVar[Product[Seedance2Record]] = Product(
        kind="seedance_2",
        title="Seedance 2.x",
        record=Seedance2Record,
        **usual_routes(_PATH),
        rename=Operation("PUT", f"{_PATH}/{{_id}}"),
        result_fields=VIDEO_RESULTS,
        media="video",
        deadline=60 * 60.0,
    )

    prompt: str = attrs.field(validator=checks.Text())
    mode: Mode | None = fields.choice(Mode, default="text-to-video")
    model_version: ModelVersion | None = fields.choice(ModelVersion, default="standard")
    omni_reference_task_type: OmniReferenceTaskType | None = fields.choice(OmniReferenceTaskType)
    image_url: Media | None = fields.media()
    first_frame_url: Media | None = fields.media()
    last_frame_url: Media | None = fields.media()
    reference_urls: Sequence[Media] | None = fields.media_list(30)
    video_urls: Sequence[Media] | None = fields.media_list(10, suffixes=(".mp4", ".mov"))
    audio_urls: Sequence[Media] | None = fields.media_list(10, suffixes=(".mp3", ".wav"))
    input_video_duration: float | None = fields.number(2, 45.5)
    duration: int | None = fields.whole(-1, 30, default=5)
    aspect_ratio: AspectRatio | None = fields.choice(AspectRatio, default="16:9")
    resolution: Resolution | None = fields.choice(Resolution, default="720p")
    generate_audio: bool | None = fields.flag(default=True)

    def __attrs_post_init__(self) -> None:
        """Check what one field says about another."""
        self._check_frames()
        self._check_references()
        self._check_omni()
        rules.within(self, "resolution", ("480p", "720p"), model_version=("mini", "fast"))
        rules.within(self, "resolution", _UP_TO_1080P, model_version="2.5")
        if self.omni_reference_task_type != "edit":
            rules.between(self, "duration", 1, 15, model_version=_SEEDANCE_20)
            rules.between(self, "duration", 1, 30)

    def _check_frames(self) -> None:
        rules.need(self, "image_url", mode="image-to-video")
        rules.need(self, "first_frame_url", "last_frame_url", mode="first-last-frames")
        rules.only(self, "image_url", mode="image-to-video")
        rules.only(self, "first_frame_url", mode="first-last-frames")
        rules.only(self, "last_frame_url", mode=("image-to-video", "first-last-frames"))

    def _check_references(self) -> None:
        rules.only(self, *_REFERENCES, mode="reference")
        for name, most in zip(_REFERENCES, (9, 3, 3), strict=True):
            rules.count(self, name, 0, most, model_version=_SEEDANCE_20)
        if self.audio_urls:
            rules.need_one(self, "reference_urls", "video_urls", model_version=_SEEDANCE_20)
        rules.needs(self, "input_video_duration", "video_urls")
        longest = 15 * len(self.video_urls or ())
        rules.between(self, "input_video_duration", 2, longest, model_version=_SEEDANCE_20)
        rules.between(self, "input_video_duration", 2, 30, model_version="2.5")

    def _check_omni(self) -> None:
        rules.only(self, "omni_reference_task_type", model_version="2.5", mode="reference")
        rules.need(self, "duration", "aspect_ratio", omni_reference_task_type="edit")
        rules.within(self, "duration", (-1,), omni_reference_task_type="edit")
        adaptive = ("edit", "extend")
        rules.within(self, "aspect_ratio", ("adaptive",), omni_reference_task_type=adaptive)
        rules.count(self, "video_urls", 1, 1, omni_reference_task_type="edit")
