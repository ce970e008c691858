"""Image to video: a picture brought to life (documented as "Image to Video")."""

from __future__ import annotations

from typing import ClassVar, Literal

import attrs

from a2e_async.http.operation import Operation
from a2e_async.tasks import checks, fields, rules
from a2e_async.tasks.checks import Media
from a2e_async.tasks.product import Product
from a2e_async.tasks.record import VideoRecord
from a2e_async.tasks.request import AgeCheckedRequest, NamedRequest, NotifyingRequest
from a2e_async.tasks.routes import usual_routes

ModelType = Literal["GENERAL", "FLF2V"]
ModelVersion = Literal["a2e", "a2e-v2", "a2e-v2-flash"]
VideoTime = Literal[5, 10, 15, 20]

_PATH = "/api/v1/userImage2Video"

AVERAGE = Operation("GET", f"{_PATH}/avgProcessingTime")


@attrs.frozen(kw_only=True)
class ImageToVideoRecord(VideoRecord):
    """An image-to-video task.

    Attributes:
        image_url: the picture it was started with.
        model_type: the kind of task it was started as.
        model_version: the model that makes it.
        video_time: length in seconds.
    """

    image_url: str | None = None
    model_type: str | None = None
    model_version: str | None = None
    video_time: int | None = None


@attrs.frozen(kw_only=True, repr=False)
class ImageToVideo(
    AgeCheckedRequest[ImageToVideoRecord],
    NamedRequest[ImageToVideoRecord],
    NotifyingRequest[ImageToVideoRecord],
):
    """Bring a picture to life (``POST /api/v1/userImage2Video/start``).

    Attributes:
        image_url: the picture; with ``FLF2V`` the first frame.
        prompt: what happens. It can be left out with ``lora`` only.
        negative_prompt: what to keep out. It is always sent, by default as the empty text.
        lora: id of a preset, which takes the place of ``prompt``.
        model_type: ``GENERAL`` (the service's default), or ``FLF2V`` for a video between two
            frames, which needs ``end_image_url``.
        model_version: left out, ``a2e-v2`` for Ultra accounts and ``a2e`` for all others.
            ``a2e-v2`` costs more for each second; ``a2e-v2-flash`` costs what ``a2e`` does. Both
            V2 versions make their own sound.
        end_image_url: the last frame.
        extend_prompt: by default True: the service writes more into the prompt by itself.
        number_of_images: 1 to 8 videos, by default 1. Above 1 the service makes a task for each:
            use ``start_all``.
        video_time: length, 5, 10, 15 or 20 seconds, by default 5.
        video_length: length, 1 to 1000 frames. Deprecated by the service: use ``video_time``.
        skip_face_enhance: True turns off the enhancement of face similarity.
        mask_face: True only once the user has agreed that a human face that was found is masked.

    Raises:
        TypeError: a field of the wrong type.
        ValueError: a field out of bounds, no prompt, or ``FLF2V`` without a last frame.
    """

    product: ClassVar[Product[ImageToVideoRecord]] = Product(
        kind="image_to_video",
        title="Image to Video",
        record=ImageToVideoRecord,
        **usual_routes(_PATH),
        average=AVERAGE,
        result_fields=("result_url",),
        media="video",
        # Five seconds take up to ten minutes, of up to twenty, after a queue of its own.
        deadline=120 * 60.0,
    )

    image_url: Media = attrs.field(validator=checks.MediaSource())
    prompt: str | None = fields.text()
    # The classic page requires it unless there is a lora, the catalogue does not.
    negative_prompt: str = attrs.field(default="", validator=checks.Text(blank=True))
    lora: str | None = fields.text()
    model_type: ModelType | None = fields.choice(ModelType, default="GENERAL")
    model_version: ModelVersion | None = fields.choice(ModelVersion)
    end_image_url: Media | None = fields.media()
    extend_prompt: bool | None = fields.flag(default=True)
    number_of_images: int | None = fields.whole(1, 8, default=1)
    video_time: VideoTime | None = fields.choice(VideoTime, default=5)
    video_length: int | None = fields.whole(1, 1000)
    skip_face_enhance: bool | None = fields.flag(default=False)
    mask_face: bool | None = fields.flag()

    def __attrs_post_init__(self) -> None:
        """Check what one field says about another."""
        rules.need_one(self, "prompt", "lora")
        rules.need(self, "end_image_url", model_type="FLF2V")

    @property
    def expected_tasks(self) -> int:
        """How many tasks the service makes of this request."""
        return self.number_of_images or 1
