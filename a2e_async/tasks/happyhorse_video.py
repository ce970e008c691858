"""HappyHorse: videos from text, a picture, references or a video ("HappyHorse Video")."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal, get_args

import attrs

from a2e_async.tasks import checks, fields, rules
from a2e_async.tasks.checks import Media
from a2e_async.tasks.product import VIDEO_RESULTS, Product
from a2e_async.tasks.record import VideoRecord
from a2e_async.tasks.request import AgeCheckedRequest, NamedRequest, NotifyingRequest
from a2e_async.tasks.routes import usual_routes

Mode = Literal["t2v", "i2v", "r2v", "video-edit"]
ModelVersion = Literal["1.0", "1.1"]
Duration = Literal["3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15"]
Resolution = Literal["480P", "720P", "1080P"]
Ratio = Literal["16:9", "9:16", "1:1", "4:3", "3:4", "4:5", "5:4", "9:21", "21:9"]
AudioSetting = Literal["auto", "origin"]

_PATH = "/api/v1/userHappyhorseVideo"


@attrs.frozen(kw_only=True)
class HappyhorseVideoRecord(VideoRecord):
    """A HappyHorse task.

    Attributes:
        mode: the mode it was started in.
        model_version: the version of the model.
        duration: length in seconds, as a text.
        resolution: the resolution it was started with.
    """

    mode: str | None = None
    model_version: str | None = None
    duration: str | None = None
    resolution: str | None = None


@attrs.frozen(kw_only=True, repr=False)
class HappyhorseVideo(
    AgeCheckedRequest[HappyhorseVideoRecord],
    NamedRequest[HappyhorseVideoRecord],
    NotifyingRequest[HappyhorseVideoRecord],
):
    """Make a video with HappyHorse (``POST /api/v1/userHappyhorseVideo/start``).

    Attributes:
        mode: ``t2v`` from text, ``i2v`` from a first frame, ``r2v`` from reference pictures, or
            ``video-edit``.
        prompt: what to show, or how to edit. It can be left out with ``i2v`` only.
        model_version: by default ``1.0``, the only one for ``video-edit``.
        image_url: first frame; needed for ``i2v``, and for it only.
        reference_image_urls: 1 to 9 reference pictures for ``r2v``, at most 5 for ``video-edit``.
        edit_video_url: video to edit; needed for ``video-edit``, and for it only.
        input_video_seconds: length of the video to edit in seconds, as the caller has measured it,
            from which its price is estimated.
        duration: length in seconds, as a text, by default ``5``. ``5``, ``10`` or ``15`` with
            version 1.0; not for ``video-edit``, which keeps the length of its video.
        resolution: by default ``720P``. ``480P`` with version 1.1 only.
        ratio: width to height, by default ``16:9``; ``t2v`` and ``r2v`` only. ``4:5``, ``5:4``,
            ``9:21`` and ``21:9`` with version 1.1 only.
        audio_setting: ``origin`` keeps the sound of the video to edit, ``auto`` (the service's
            default) leaves it to the model; ``video-edit`` only.
        seed: 0 to 2147483647.
        watermark: by default True: the video has the provider's watermark.

    Raises:
        TypeError: a field of the wrong type.
        ValueError: a field out of bounds, one that the mode or the version does not take, or one
            missing that the mode needs.
    """

    product: ClassVar[Product[HappyhorseVideoRecord]] = Product(
        kind="happyhorse_video",
        title="HappyHorse Video",
        record=HappyhorseVideoRecord,
        **usual_routes(_PATH),
        result_fields=VIDEO_RESULTS,
        media="video",
        deadline=60 * 60.0,
    )

    mode: Mode = attrs.field(validator=checks.Choice(get_args(Mode)))
    prompt: str | None = fields.text()
    model_version: ModelVersion | None = fields.choice(ModelVersion, default="1.0")
    image_url: Media | None = fields.media()
    reference_image_urls: Sequence[Media] | None = fields.media_list(9)
    edit_video_url: Media | None = fields.media()
    input_video_seconds: float | None = fields.number()
    duration: Duration | None = fields.choice(Duration, default="5")
    resolution: Resolution | None = fields.choice(Resolution, default="720P")
    ratio: Ratio | None = fields.choice(Ratio, default="16:9")
    audio_setting: AudioSetting | None = fields.choice(AudioSetting, default="auto")
    seed: int | None = fields.whole(0, 2**31 - 1)
    watermark: bool | None = fields.flag(default=True)

    def __attrs_post_init__(self) -> None:
        """Check what one field says about another."""
        self._check_mode()
        rules.within(self, "model_version", ("1.0",), mode="video-edit")
        rules.within(self, "duration", ("5", "10", "15"), model_version="1.0")
        rules.within(self, "resolution", ("720P", "1080P"), model_version="1.0")
        old = ("16:9", "9:16", "1:1", "4:3", "3:4")
        rules.within(self, "ratio", old, model_version="1.0")

    def _check_mode(self) -> None:
        rules.need(self, "prompt", mode=("t2v", "r2v", "video-edit"))
        rules.need(self, "image_url", mode="i2v")
        rules.need(self, "edit_video_url", mode="video-edit")
        rules.only(self, "image_url", mode="i2v")
        editing = ("edit_video_url", "input_video_seconds", "audio_setting")
        rules.only(self, *editing, mode="video-edit")
        rules.only(self, "reference_image_urls", mode=("r2v", "video-edit"))
        rules.count(self, "reference_image_urls", 1, 9, mode="r2v")
        rules.count(self, "reference_image_urls", 0, 5, mode="video-edit")
        rules.only(self, "duration", mode=("t2v", "i2v", "r2v"))
        rules.only(self, "ratio", mode=("t2v", "r2v"))
