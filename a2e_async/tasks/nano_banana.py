"""Nano Banana: pictures from a prompt, or from other pictures (documented as "Nano Banana")."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

import attrs

from a2e_async.http.operation import Operation
from a2e_async.tasks import checks, fields, rules
from a2e_async.tasks.checks import Media
from a2e_async.tasks.product import IMAGE_RESULTS, Pages, Product
from a2e_async.tasks.record import ImageRecord
from a2e_async.tasks.request import NamedRequest, NotifyingRequest

Model = Literal["nano-banana", "nano-banana-pro", "nano-banana-2", "nano-banana-2-lite"]
AspectRatio = Literal[
    "auto", "16:9", "1:1", "9:16", "4:3", "3:4", "2:3", "3:2", "4:5", "5:4", "21:9"
]
ImageSize = Literal["1K", "2K", "4K"]

_PATH = "/api/v1/userNanoBanana"
_SIZED = ("nano-banana-pro", "nano-banana-2")


@attrs.frozen(kw_only=True)
class NanoBananaRecord(ImageRecord):
    """A Nano Banana task.

    Attributes:
        model: the model it was started with.
    """

    model: str | None = None


@attrs.frozen(kw_only=True, repr=False)
class NanoBanana(NamedRequest[NanoBananaRecord], NotifyingRequest[NanoBananaRecord]):
    """Make or edit pictures (``POST /api/v1/userNanoBanana/start``).

    Attributes:
        prompt: what to show, or how to edit.
        model: by default ``nano-banana-pro``.
        input_images: pictures to edit or put together.
        aspect_ratio: by default ``auto``.
        image_size: by default ``1K``; others with ``nano-banana-pro`` and ``nano-banana-2`` only.
        google_search: True lets the model search the web; ``nano-banana-2`` only.
        force_generate: True goes on although the service's own check finds something unsafe. Left
            out, the service would take an API token's start as True; so False is always sent.

    Raises:
        TypeError: a field of the wrong type.
        ValueError: a field out of bounds, or one that the model does not take.
    """

    product: ClassVar[Product[NanoBananaRecord]] = Product(
        kind="nano_banana",
        title="Nano Banana",
        record=NanoBananaRecord,
        start=f"{_PATH}/start",
        detail=Operation("GET", f"{_PATH}/detail/{{id}}"),
        other_detail=Operation("GET", f"{_PATH}/{{_id}}"),
        pages=Pages(f"{_PATH}/allRecords"),
        batch=f"{_PATH}/batchDetail",
        delete=Operation("DELETE", f"{_PATH}/delete/{{id}}"),
        result_fields=IMAGE_RESULTS,
        media="image",
        deadline=15 * 60.0,
    )

    prompt: str = attrs.field(validator=checks.Text())
    model: Model | None = fields.choice(Model, default="nano-banana-pro")
    input_images: Sequence[Media] | None = fields.media_list()
    aspect_ratio: AspectRatio | None = fields.choice(AspectRatio, default="auto")
    image_size: ImageSize | None = fields.choice(ImageSize, default="1K")
    google_search: bool | None = fields.flag(default=False)
    force_generate: bool = attrs.field(default=False, validator=checks.Flag())

    def __attrs_post_init__(self) -> None:
        """Check what one field says about another."""
        rules.only(self, "image_size", model=_SIZED)
        rules.only(self, "google_search", model="nano-banana-2")
