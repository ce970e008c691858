"""Text to image: pictures from a prompt (documented as "Text to Image")."""

from __future__ import annotations

from typing import ClassVar, Literal, get_args

import attrs

from a2e_async.tasks import checks
from a2e_async.tasks.checks import Media
from a2e_async.tasks.product import Pages, Product, Route
from a2e_async.tasks.record import Record
from a2e_async.tasks.request import Request

ReqKey = Literal["high_aes_general_v21_L", "high_aes"]
ModelType = Literal["a2e", "seedream"]
AspectRatio = Literal["1:1", "4:3", "3:4", "16:9", "9:16", "2:3", "3:2", "21:9"]

_PATH = "/api/v1/userText2Image"
_MOST_INPUTS = {"a2e": 2, "seedream": 10}


@attrs.frozen(kw_only=True)
class TextToImageRecord(Record):
    """A text-to-image task.

    Attributes:
        prompt: the prompt it was started with.
        req_key: the style it was started with.
        width: width in pixels.
        height: height in pixels.
        image_urls: URLs of the pictures, the same as ``outputs``.
    """

    prompt: str | None = None
    req_key: str | None = None
    width: int | None = None
    height: int | None = None
    image_urls: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class TextToImage(Request[TextToImageRecord]):
    """Make pictures from a prompt (``POST /api/v1/userText2Image/start``).

    Attributes:
        prompt: what to show.
        name: name of the task. It should be unique: a task whose start was not answered is found
            again under it. Left out, a unique one is made.
        req_key: style, ``high_aes_general_v21_L`` for general pictures, ``high_aes`` for manga.
        width: width in pixels, by default 1024.
        height: height in pixels, by default 1024.
        model_type: ``a2e`` (the service's default) or ``seedream``.
        input_images: reference pictures, at most 2 for ``a2e`` and 10 for ``seedream``.
        skip_face_enhance: True turns off the enhancement of face similarity; ``a2e`` only.
        aspect_ratio: ``seedream`` only.
        max_images: 1 to 8 pictures. Above 1 the service makes a task for each: use ``start_all``.

    Raises:
        TypeError: a field of the wrong type.
        ValueError: a field out of bounds, or one that the model does not take.
    """

    product: ClassVar[Product[TextToImageRecord]] = Product(
        kind="text_to_image",
        title="Text to Image",
        record=TextToImageRecord,
        start=f"{_PATH}/start",
        detail=Route("GET", f"{_PATH}/{{id}}"),
        pages=Pages(f"{_PATH}/allRecords"),
        batch=f"{_PATH}/batchDetail",
        delete=Route("DELETE", f"{_PATH}/{{id}}"),
        result_fields=("image_urls",),
        media="image",
        deadline=15 * 60.0,
    )

    prompt: str = attrs.field(validator=checks.Text())
    name: str | None = attrs.field(default=None, validator=checks.Text())
    # The classic page requires these three, the catalogue does not: they are always sent.
    req_key: ReqKey = attrs.field(
        default="high_aes_general_v21_L",
        validator=checks.Choice(get_args(ReqKey)),
    )
    width: int = attrs.field(default=1024, validator=checks.Integer(1))
    height: int = attrs.field(default=1024, validator=checks.Integer(1))
    model_type: ModelType | None = attrs.field(
        default=None, validator=checks.Choice(get_args(ModelType))
    )
    input_images: tuple[Media, ...] | None = attrs.field(
        default=None,
        converter=checks.media_tuple,
        validator=checks.ListOf(checks.MediaSource(), most=10),
    )
    skip_face_enhance: bool | None = attrs.field(default=None, validator=checks.Flag())
    aspect_ratio: AspectRatio | None = attrs.field(
        default=None,
        validator=checks.Choice(get_args(AspectRatio)),
    )
    max_images: int | None = attrs.field(default=None, validator=checks.Integer(1, 8))

    def __attrs_post_init__(self) -> None:
        """Check what one field says about another."""
        model = self.model_type or "a2e"
        checks.ListOf(checks.MediaSource(), most=_MOST_INPUTS[model]).check(
            "input_images", self.input_images or ()
        )
        if self.aspect_ratio is not None and model != "seedream":
            raise ValueError(
                f"aspect_ratio: only model_type='seedream' takes it, got {self.aspect_ratio!r} "
                f"with model_type={self.model_type!r}; use width and height"
            )
        if self.skip_face_enhance and model != "a2e":
            raise ValueError(
                "skip_face_enhance: only model_type='a2e' takes it, got True with "
                f"model_type={self.model_type!r}"
            )

    @property
    def expected_tasks(self) -> int:
        """How many tasks the service makes of this request."""
        return self.max_images or 1
