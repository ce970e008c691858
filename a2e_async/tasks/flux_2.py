"""Flux 2: pictures from a prompt, or from other pictures (documented as "Flux 2")."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

import attrs

from a2e_async.tasks import checks, fields
from a2e_async.tasks.checks import Media
from a2e_async.tasks.product import IMAGE_RESULTS, Pages, Product
from a2e_async.tasks.record import ImageRecord
from a2e_async.tasks.request import NamedRequest, NotifyingRequest
from a2e_async.tasks.routes import listed_routes

AspectRatio = Literal[
    "1:1", "16:9", "9:16", "4:3", "3:4", "2:3", "3:2", "custom", "match_input_image"
]
Resolution = Literal["1K", "2K"]

_PATH = "/api/v1/userFlux2"


@attrs.frozen(kw_only=True)
class Flux2Record(ImageRecord):
    """A Flux 2 task.

    Attributes:
        aspect_ratio: the aspect ratio it was started with.
        resolution: the resolution it was started with.
    """

    aspect_ratio: str | None = None
    resolution: str | None = None


@attrs.frozen(kw_only=True, repr=False)
class Flux2(NamedRequest[Flux2Record], NotifyingRequest[Flux2Record]):
    """Make or edit pictures with Flux 2 Pro (``POST /api/v1/userFlux2/start``).

    It usually takes 20 to 60 seconds. The service keeps the results for 7 days.

    Attributes:
        prompt: what to show, or how to edit.
        input_images: at most 8 pictures to edit.
        aspect_ratio: by default ``9:16``. What ``custom`` stands for is not documented.
        resolution: by default ``1K``, about 1 megapixel; ``2K`` is about 2.
        force_generate: True goes on although the service's own check finds something unsafe. Left
            out, the service would take an API token's start as True; so False is always sent.

    Raises:
        TypeError: a field of the wrong type.
        ValueError: a field out of bounds.
    """

    product: ClassVar[Product[Flux2Record]] = Product(
        kind="flux_2",
        title="Flux 2",
        record=Flux2Record,
        **listed_routes(_PATH, Pages(f"{_PATH}/list", number="page", size="page_size")),
        result_fields=(*IMAGE_RESULTS, "image_url"),
        media="image",
        deadline=15 * 60.0,
    )

    prompt: str = attrs.field(validator=checks.Text())
    input_images: Sequence[Media] | None = fields.media_list(8)
    aspect_ratio: AspectRatio | None = fields.choice(AspectRatio, default="9:16")
    resolution: Resolution | None = fields.choice(Resolution, default="1K")
    force_generate: bool = attrs.field(default=False, validator=checks.Flag())
