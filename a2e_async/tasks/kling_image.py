"""Kling Image: pictures from a prompt, or from other pictures (documented as "Kling Image")."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

import attrs

from a2e_async.tasks import checks, fields
from a2e_async.tasks.checks import Media
from a2e_async.tasks.product import IMAGE_RESULTS, WHOLE_LIST, Pages, Product
from a2e_async.tasks.record import ImageRecord
from a2e_async.tasks.request import NamedRequest, NotifyingRequest
from a2e_async.tasks.routes import listed_routes

AspectRatio = Literal["1:1", "16:9", "9:16", "4:3", "3:4", "2:3", "3:2", "21:9"]
Resolution = Literal["1k", "2k"]

_PATH = "/api/v1/userKlingImage"


@attrs.frozen(kw_only=True)
class KlingImageRecord(ImageRecord):
    """A Kling Image task.

    Attributes:
        aspect_ratio: the aspect ratio it was started with.
        resolution: the resolution it was started with.
    """

    aspect_ratio: str | None = None
    resolution: str | None = None


@attrs.frozen(kw_only=True, repr=False)
class KlingImage(NamedRequest[KlingImageRecord], NotifyingRequest[KlingImageRecord]):
    """Make or edit pictures with Kling 3.0 (``POST /api/v1/userKlingImage/start``).

    Attributes:
        prompt: what to show, or how to edit.
        input_images: pictures to edit.
        aspect_ratio: by default ``9:16``.
        resolution: by default ``1k``; in lower case, unlike the other image products.
        n: 1 to 9 pictures. Above 1 the service makes several tasks: use ``start_all``.

    Raises:
        TypeError: a field of the wrong type.
        ValueError: a field out of bounds.
    """

    product: ClassVar[Product[KlingImageRecord]] = Product(
        kind="kling_image",
        title="Kling Image",
        record=KlingImageRecord,
        **listed_routes(_PATH, Pages(f"{_PATH}/list", **WHOLE_LIST)),
        result_fields=(*IMAGE_RESULTS, "image_url"),
        media="image",
        deadline=15 * 60.0,
    )

    prompt: str = attrs.field(validator=checks.Text())
    input_images: Sequence[Media] | None = fields.media_list()
    aspect_ratio: AspectRatio | None = fields.choice(AspectRatio, default="9:16")
    resolution: Resolution | None = fields.choice(Resolution, default="1k")
    n: int | None = fields.whole(1, 9)

    @property
    def expected_tasks(self) -> int:
        """How many tasks the service makes of this request."""
        return self.n or 1
