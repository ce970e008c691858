"""Text to image: pictures from a prompt (documented as "Text to Image")."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal, get_args

import attrs

from a2e_async.tasks import checks, fields, rules
from a2e_async.tasks.checks import Media
from a2e_async.tasks.product import Product
from a2e_async.tasks.record import ImageRecord
from a2e_async.tasks.request import NamedRequest, NotifyingRequest
from a2e_async.tasks.routes import usual_routes

ReqKey = Literal["high_aes_general_v21_L", "high_aes"]
ModelType = Literal["a2e", "seedream"]
AspectRatio = Literal["1:1", "4:3", "3:4", "16:9", "9:16", "2:3", "3:2", "21:9"]

_PATH = "/api/v1/userText2Image"
_MOST_INPUTS = {"a2e": 2, "seedream": 10}


@attrs.frozen(kw_only=True)
class TextToImageRecord(ImageRecord):
    """A text-to-image task.

    Attributes:
        req_key: the style it was started with.
        width: width in pixels.
        height: height in pixels.
    """

    req_key: str | None = None
    width: int | None = None
    height: int | None = None


@attrs.frozen(kw_only=True, repr=False)
class TextToImage(NamedRequest[TextToImageRecord], NotifyingRequest[TextToImageRecord]):
    """Make pictures from a prompt (``POST /api/v1/userText2Image/start``).

    Attributes:
        prompt: what to show.
        req_key: style, ``high_aes_general_v21_L`` for general pictures, ``high_aes`` for manga.
        width: width in pixels, by default 1024.
        height: height in pixels, by default 1024.
        model_type: ``a2e`` (the service's default) or ``seedream``.
        input_images: reference pictures, at most 2 for ``a2e`` and 10 for ``seedream``.
        skip_face_enhance: True turns off the enhancement of face similarity; for editing
            ``input_images`` with ``a2e`` only.
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
        **usual_routes(_PATH),
        result_fields=("image_urls",),
        media="image",
        deadline=15 * 60.0,
    )

    prompt: str = attrs.field(validator=checks.Text())
    # The classic page requires these three, the catalogue does not: they are always sent.
    req_key: ReqKey = attrs.field(
        default="high_aes_general_v21_L",
        validator=checks.Choice(get_args(ReqKey)),
    )
    width: int = attrs.field(default=1024, validator=checks.Integer(1))
    height: int = attrs.field(default=1024, validator=checks.Integer(1))
    model_type: ModelType | None = fields.choice(ModelType, default="a2e")
    input_images: Sequence[Media] | None = fields.media_list(10)
    skip_face_enhance: bool | None = fields.flag(default=False)
    aspect_ratio: AspectRatio | None = fields.choice(AspectRatio)
    max_images: int | None = fields.whole(1, 8)

    def __attrs_post_init__(self) -> None:
        """Check what one field says about another."""
        for model, most in _MOST_INPUTS.items():
            rules.count(self, "input_images", 0, most, model_type=model)
        rules.only(self, "aspect_ratio", model_type="seedream")
        rules.only(self, "skip_face_enhance", model_type="a2e")

    @property
    def expected_tasks(self) -> int:
        """How many tasks the service makes of this request."""
        return self.max_images or 1
