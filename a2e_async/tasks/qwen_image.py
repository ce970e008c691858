"""Qwen Image: pictures from a prompt, or from other pictures (documented as "Qwen Image")."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal, get_args

import attrs

from a2e_async.tasks import checks, fields, rules
from a2e_async.tasks.checks import Media
from a2e_async.tasks.product import IMAGE_RESULTS, WHOLE_LIST, Pages, Product
from a2e_async.tasks.record import ImageRecord
from a2e_async.tasks.request import NamedRequest, NotifyingRequest
from a2e_async.tasks.routes import listed_routes

Model = Literal["qwen-image-2.0", "qwen-image-2.0-pro", "qwen-image-3.0", "qwen-image-3.0-pro"]
Size1K = Literal[
    "1024*1024",
    "1328*880",
    "880*1328",
    "1152*864",
    "864*1152",
    "1280*720",
    "720*1280",
    "1512*648",
]
Size2K = Literal[
    "2048*2048",
    "2048*1365",
    "1365*2048",
    "2048*1536",
    "1536*2048",
    "2048*1152",
    "1152*2048",
]
Size = Literal[Size1K, Size2K]

_PATH = "/api/v1/userQwen2Image"


@attrs.frozen(kw_only=True)
class QwenImageRecord(ImageRecord):
    """A Qwen Image task.

    Attributes:
        model: the model it was started with.
        size: the size it was started with.
    """

    model: str | None = None
    size: str | None = None


@attrs.frozen(kw_only=True, repr=False)
class QwenImage(NamedRequest[QwenImageRecord], NotifyingRequest[QwenImageRecord]):
    """Make or edit pictures (``POST /api/v1/userQwen2Image/start``).

    Attributes:
        prompt: what to show, or how to edit.
        model: by default ``qwen-image-2.0``.
        input_images: pictures to edit.
        size: width and height in pixels, by default ``1024*1024``. Those with a side of 2048 need
            ``qwen-image-3.0-pro``.

    Raises:
        TypeError: a field of the wrong type.
        ValueError: a field out of bounds, or a size that the model does not take.
    """

    product: ClassVar[Product[QwenImageRecord]] = Product(
        kind="qwen_image",
        title="Qwen Image",
        record=QwenImageRecord,
        **listed_routes(_PATH, Pages(f"{_PATH}/list", **WHOLE_LIST)),
        result_fields=(*IMAGE_RESULTS, "image_url"),
        media="image",
        deadline=15 * 60.0,
    )

    prompt: str = attrs.field(validator=checks.Text())
    model: Model | None = fields.choice(Model, default="qwen-image-2.0")
    input_images: Sequence[Media] | None = fields.media_list()
    size: Size | None = fields.choice(Size, default="1024*1024")

    def __attrs_post_init__(self) -> None:
        """Check what one field says about another."""
        if self.size in get_args(Size2K):
            rules.only(self, "size", model="qwen-image-3.0-pro")
