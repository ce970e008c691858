"""Wan 2.5, 2.6 and 2.7: videos from text, pictures or videos (in "Wan Image to Video")."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

import attrs

from a2e_async.tasks import checks, fields, rules
from a2e_async.tasks.checks import Media
from a2e_async.tasks.product import VIDEO_RESULTS, Product
from a2e_async.tasks.record import VideoRecord
from a2e_async.tasks.request import NamedRequest, NotifyingRequest
from a2e_async.tasks.routes import usual_routes

Model = Literal["wan2.5-i2v-preview", "wan2.6-i2v", "wan2.6-i2v-flash", "wan2.7-i2v"]
TaskType = Literal[
    "text_to_video",
    "first_frame",
    "first_last_frame",
    "reference_image",
    "video_extend",
    "video_edit",
]
Duration = Literal["2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15"]
Resolution = Literal["480p", "720p", "1080p"]
Ratio = Literal["16:9", "9:16", "1:1", "4:3", "3:4"]

_PATH = "/api/v1/userWan25"
_WAN_27 = "wan2.7-i2v"
_FRAMES = ("first_frame", "first_last_frame")
# The kinds of task that each input is for.
_INPUTS: dict[str, str | tuple[str, ...]] = {
    "image_url": _FRAMES,
    "last_frame_url": ("first_last_frame", "video_extend"),
    "first_clip_url": "video_extend",
    "edit_video_url": "video_edit",
    "reference_image_urls": ("reference_image", "video_edit"),
    "reference_media": "reference_image",
    "audio_url": _FRAMES,
}


@attrs.frozen(kw_only=True)
class Wan25Record(VideoRecord):
    """A Wan 2.5, 2.6 or 2.7 task.

    Attributes:
        model: the model it was started with.
        task_type: the kind of task it was started as.
        duration: length in seconds, as a text.
        resolution: the resolution it was started with.
    """

    model: str | None = None
    task_type: str | None = None
    duration: str | None = None
    resolution: str | None = None


@attrs.frozen(kw_only=True, repr=False)
class Wan25(NamedRequest[Wan25Record], NotifyingRequest[Wan25Record]):
    """Make a video with Wan 2.5, 2.6 or 2.7 (``POST /api/v1/userWan25/start``).

    Attributes:
        prompt: what to show, or how to edit.
        negative_prompt: what to keep out.
        model: by default ``wan2.5-i2v-preview``. ``wan2.6-i2v`` and ``wan2.7-i2v`` need a VIP or
            Max account.
        task_type: by default ``first_frame``. All others with ``wan2.7-i2v`` only.
        image_url: first frame; needed for ``first_frame`` and ``first_last_frame``.
        last_frame_url: last frame; needed for ``first_last_frame``, optional for
            ``video_extend``.
        first_clip_url: video to go on with; needed for ``video_extend``.
        edit_video_url: video to edit; needed for ``video_edit``.
        reference_image_urls: reference pictures, for ``reference_image`` in place of
            ``reference_media``; at most 3 for ``video_edit``.
        reference_media: 1 to 5 reference pictures or videos, in order, for ``reference_image``.
            The members of these objects are not documented: they are sent as they are, and local
            media in them has to be uploaded before. Reference videos are charged too, up to 5
            seconds of input.
        duration: length in seconds, as a text, by default ``5``. ``5`` or ``10`` with Wan 2.5;
            with Wan 2.7 ``5``, ``10`` or ``15``, ``2`` to ``15`` for ``reference_image`` (to
            ``10`` with a reference video), ``5`` to ``10`` for ``video_edit``.
        resolution: by default ``720p``.
        ratio: width to height, by default ``16:9``; ``text_to_video`` and ``reference_image``
            only.
        enable_prompt_expansion: True lets a language model rewrite the prompt.
        multi_shots: True makes several shots; with ``enable_prompt_expansion`` only.
        seed: 0 to 2147483647. Left out, it is random.
        audio: by default True: the video has sound.
        audio_url: sound for ``first_frame`` and ``first_last_frame``, WAV or MP3, 3 to 30 seconds,
            at most 15 MB; it is cut to the length of the video.

    Raises:
        TypeError: a field of the wrong type.
        ValueError: a field out of bounds, one that the model or the kind of task does not take, or
            one missing that it needs.
    """

    product: ClassVar[Product[Wan25Record]] = Product(
        kind="wan_25",
        title="Wan Image to Video",
        record=Wan25Record,
        **usual_routes(_PATH),
        result_fields=VIDEO_RESULTS,
        media="video",
        deadline=60 * 60.0,
    )

    prompt: str = attrs.field(validator=checks.Text())
    negative_prompt: str | None = fields.text(blank=True)
    model: Model | None = fields.choice(Model, default="wan2.5-i2v-preview")
    task_type: TaskType | None = fields.choice(TaskType, default="first_frame")
    image_url: Media | None = fields.media()
    last_frame_url: Media | None = fields.media()
    first_clip_url: Media | None = fields.media()
    edit_video_url: Media | None = fields.media()
    reference_image_urls: Sequence[Media] | None = fields.media_list()
    reference_media: Sequence[Mapping[str, Any]] | None = fields.optional(
        checks.ListOf(checks.JsonObject(), 5, 1), frozen=True
    )
    duration: Duration | None = fields.choice(Duration, default="5")
    resolution: Resolution | None = fields.choice(Resolution, default="720p")
    ratio: Ratio | None = fields.choice(Ratio, default="16:9")
    enable_prompt_expansion: bool | None = fields.flag(default=False)
    multi_shots: bool | None = fields.flag(default=False)
    seed: int | None = fields.whole(0, 2**31 - 1)
    audio: bool | None = fields.flag(default=True)
    audio_url: Media | None = fields.media(suffixes=(".wav", ".mp3"))

    def __attrs_post_init__(self) -> None:
        """Check what one field says about another."""
        if self.task_type != "first_frame":
            rules.only(self, "task_type", model=_WAN_27)
        rules.only(self, "ratio", model=_WAN_27, task_type=("text_to_video", "reference_image"))
        rules.only(self, "multi_shots", enable_prompt_expansion=True)
        self._check_inputs()
        self._check_duration()

    def _check_inputs(self) -> None:
        for name, kinds in _INPUTS.items():
            rules.only(self, name, task_type=kinds)
        rules.need(self, "image_url", task_type=_FRAMES)
        rules.need(self, "last_frame_url", task_type="first_last_frame")
        rules.need(self, "first_clip_url", task_type="video_extend")
        rules.need(self, "edit_video_url", task_type="video_edit")
        reference = ("reference_media", "reference_image_urls")
        rules.need_one(self, *reference, task_type="reference_image")
        rules.count(self, "reference_image_urls", 0, 3, task_type="video_edit")

    def _check_duration(self) -> None:
        rules.within(self, "duration", ("5", "10"), model="wan2.5-i2v-preview")
        usual = ("text_to_video", "video_extend", *_FRAMES)
        rules.within(self, "duration", ("5", "10", "15"), model=_WAN_27, task_type=usual)
        rules.between(self, "duration", 5, 10, model=_WAN_27, task_type="video_edit")
