"""Wan Spicy: a picture brought to life (in "Wan Image to Video")."""

from __future__ import annotations

from typing import ClassVar, Literal, get_args

import attrs

from a2e_async.tasks import checks, fields, rules
from a2e_async.tasks.checks import Media
from a2e_async.tasks.product import VIDEO_RESULTS, Product
from a2e_async.tasks.record import VideoRecord
from a2e_async.tasks.request import AgeCheckedRequest, NamedRequest, NotifyingRequest
from a2e_async.tasks.routes import usual_routes

Model = Literal["wan2.7-i2v-spicy", "wan2.2-i2v-spicy"]
Resolution = Literal["480p", "720p", "1080p"]

_PATH = "/api/v1/userWanSpicy"
_WAN_27 = "wan2.7-i2v-spicy"
_WAN_22 = "wan2.2-i2v-spicy"


@attrs.frozen(kw_only=True)
class WanSpicyRecord(VideoRecord):
    """A Wan Spicy task.

    Attributes:
        model: the model it was started with.
        image_url: the picture it was started with.
        duration: length in seconds.
        resolution: the resolution it was started with.
    """

    model: str | None = None
    image_url: str | None = None
    duration: float | None = None
    resolution: str | None = None


@attrs.frozen(kw_only=True, repr=False)
class WanSpicy(
    AgeCheckedRequest[WanSpicyRecord],
    NamedRequest[WanSpicyRecord],
    NotifyingRequest[WanSpicyRecord],
):
    """Bring a picture to life with Wan Spicy (``POST /api/v1/userWanSpicy/start``).

    Attributes:
        prompt: what happens.
        image_url: the picture.
        resolution: ``720p`` or ``1080p`` with Wan 2.7, ``480p`` or ``720p`` with Wan 2.2.
        duration: length in seconds, 2 to 15 with Wan 2.7, 5 or 8 with Wan 2.2.
        model: by default ``wan2.7-i2v-spicy``, which makes sound; ``wan2.2-i2v-spicy`` makes none.
        negative_prompt: what to keep out; ``wan2.7-i2v-spicy`` only.
        audio_url: sound, WAV or MP3; ``wan2.7-i2v-spicy`` only.
        prompt_extend: by default True: the service writes more into the prompt by itself.
        seed: a whole number.

    Raises:
        TypeError: a field of the wrong type.
        ValueError: a field out of bounds, or one that the model does not take.
    """

    product: ClassVar[Product[WanSpicyRecord]] = Product(
        kind="wan_spicy",
        title="Wan Image to Video",
        record=WanSpicyRecord,
        **usual_routes(_PATH),
        result_fields=(*VIDEO_RESULTS, "video_url"),
        media="video",
        deadline=60 * 60.0,
    )

    prompt: str = attrs.field(validator=checks.Text())
    image_url: Media = attrs.field(validator=checks.MediaSource())
    resolution: Resolution = attrs.field(validator=checks.Choice(get_args(Resolution)))
    duration: float = attrs.field(validator=checks.Number())
    model: Model | None = fields.choice(Model, default="wan2.7-i2v-spicy")
    negative_prompt: str | None = fields.text(blank=True)
    audio_url: Media | None = fields.media(suffixes=(".wav", ".mp3"))
    prompt_extend: bool | None = fields.flag(default=True)
    seed: int | None = fields.whole()

    def __attrs_post_init__(self) -> None:
        """Check what one field says about another."""
        rules.within(self, "resolution", ("720p", "1080p"), model=_WAN_27)
        rules.within(self, "resolution", ("480p", "720p"), model=_WAN_22)
        rules.between(self, "duration", 2, 15, model=_WAN_27)
        rules.within(self, "duration", (5, 8), model=_WAN_22)
        rules.only(self, "negative_prompt", "audio_url", model=_WAN_27)
