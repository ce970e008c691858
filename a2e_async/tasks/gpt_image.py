"""GPT Image: pictures from a prompt, or from other pictures (documented as "GPT Image")."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

import attrs

from a2e_async.tasks import checks, fields, rules
from a2e_async.tasks.checks import Media
from a2e_async.tasks.product import IMAGE_RESULTS, Pages, Product
from a2e_async.tasks.record import ImageRecord
from a2e_async.tasks.request import NamedRequest, NotifyingRequest
from a2e_async.tasks.routes import listed_routes

Model = Literal["gpt-image-1.5", "gpt-image-2"]
AspectRatio = Literal["auto", "1:1", "9:16", "21:9", "16:9", "4:3", "3:2", "3:4", "2:3"]
Quality = Literal["medium", "high"]
Resolution = Literal["1K", "2K", "4K"]

_PATH = "/api/v1/userGptImage"


@attrs.frozen(kw_only=True)
class GptImageRecord(ImageRecord):
    """A GPT Image task.

    Attributes:
        model: the model it was started with.
        aspect_ratio: the aspect ratio it was started with.
        quality: the quality it was started with.
        resolution: the resolution it was started with.
    """

    model: str | None = None
    aspect_ratio: str | None = None
    quality: str | None = None
    resolution: str | None = None


@attrs.frozen(kw_only=True, repr=False)
class GptImage(NamedRequest[GptImageRecord], NotifyingRequest[GptImageRecord]):
    """Make or edit pictures (``POST /api/v1/userGptImage/start``).

    The service keeps the results for 3 days.

    Attributes:
        prompt: what to show, or how to edit, at most 3000 characters.
        model: by default ``gpt-image-1.5``.
        input_images: at most 16 pictures to edit.
        aspect_ratio: by default ``1:1``. ``gpt-image-1.5`` takes ``1:1``, ``3:2`` and ``2:3``
            only.
        quality: by default ``medium``, the only one of ``gpt-image-2``.
        resolution: by default ``1K``; ``gpt-image-2`` only. ``2K`` and ``4K`` want an
            ``aspect_ratio`` that is not ``auto``, and there is no ``4K`` with ``1:1``.
        force_generate: True goes on although the service's own check finds something unsafe. No
            default is documented for it; so False is always sent.

    Raises:
        TypeError: a field of the wrong type.
        ValueError: a field out of bounds, one that the model does not take, or a resolution that
            there is not with the aspect ratio.
    """

    product: ClassVar[Product[GptImageRecord]] = Product(
        kind="gpt_image",
        title="GPT Image",
        record=GptImageRecord,
        **listed_routes(_PATH, Pages(f"{_PATH}/list", number="page", size="page_size")),
        result_fields=(*IMAGE_RESULTS, "image_url"),
        media="image",
        deadline=15 * 60.0,
    )

    prompt: str = attrs.field(validator=checks.Text(3000))
    model: Model | None = fields.choice(Model, default="gpt-image-1.5")
    input_images: Sequence[Media] | None = fields.media_list(16)
    aspect_ratio: AspectRatio | None = fields.choice(AspectRatio, default="1:1")
    quality: Quality | None = fields.choice(Quality, default="medium")
    resolution: Resolution | None = fields.choice(Resolution, default="1K")
    force_generate: bool = attrs.field(default=False, validator=checks.Flag())

    def __attrs_post_init__(self) -> None:
        """Check what one field says about another."""
        rules.within(self, "quality", ("medium",), model="gpt-image-2")
        rules.only(self, "resolution", model="gpt-image-2")
        # This model makes a square of any other ratio, and charges for it.
        rules.within(self, "aspect_ratio", ("1:1", "3:2", "2:3"), model="gpt-image-1.5")
        # Left out, one part of the page takes it for 1:1 and another for auto.
        rules.need(self, "aspect_ratio", resolution=("2K", "4K"))
        rules.within(self, "resolution", ("1K",), aspect_ratio="auto")
        rules.within(self, "resolution", ("1K", "2K"), aspect_ratio="1:1")
