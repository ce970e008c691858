"""Product avatar: a person with a product (documented as "Product Avatar")."""

from __future__ import annotations

from typing import ClassVar, TypedDict

import attrs

from a2e_async.tasks import checks, fields
from a2e_async.tasks.checks import Media
from a2e_async.tasks.product import Product
from a2e_async.tasks.record import ComposedImageRecord
from a2e_async.tasks.request import NamedRequest, NotifyingRequest
from a2e_async.tasks.routes import usual_routes

_PATH = "/api/v1/productAvatar"


class ProductRect(TypedDict, total=False):
    """Where the product goes in the picture of the person, and how it is transformed.

    Units and bounds of the members are not documented.
    """

    x: float
    y: float
    width: float
    height: float
    rotation: float
    scale: float


_RECT = checks.ObjectOf(dict.fromkeys(ProductRect.__annotations__, checks.Number()))


def _copy(rect: ProductRect) -> ProductRect:
    copied: ProductRect = checks.frozen(rect)
    return copied


@attrs.frozen(kw_only=True)
class ProductAvatarRecord(ComposedImageRecord):
    """A product-avatar task.

    Attributes:
        prompt: the prompt it was started with.
    """

    prompt: str | None = None


@attrs.frozen(kw_only=True, repr=False)
class ProductAvatar(NamedRequest[ProductAvatarRecord], NotifyingRequest[ProductAvatarRecord]):
    """Put a product into the picture of a person (``POST /api/v1/productAvatar/start``).

    A task that is still open after 2 hours fails, and a failed one is paid back.

    Attributes:
        image_urls: 2 pictures, the product and then the person.
        product_rect: where the product goes: numbers under any of the keys ``x``, ``y``,
            ``width``, ``height``, ``rotation`` and ``scale``.
        prompt: what to show.
        timeout: seconds that the service works on the task at the most, by default 120. How long
            a wait for the job lasts is told to ``job.wait``.

    Raises:
        TypeError: a field of the wrong type.
        ValueError: a field out of bounds.
    """

    product: ClassVar[Product[ProductAvatarRecord]] = Product(
        kind="product_avatar",
        title="Product Avatar",
        record=ProductAvatarRecord,
        **usual_routes(_PATH),
        # The documented one, and the one that clients know.
        result_fields=("result_image_url", "result_url"),
        media="image",
        # The service itself gives up after 2 hours: a wait sees how that ends.
        deadline=130 * 60.0,
    )

    image_urls: tuple[Media, ...] = attrs.field(
        converter=checks.media_tuple, validator=checks.ListOf(checks.MediaSource(), 2, 2)
    )
    product_rect: ProductRect = attrs.field(converter=_copy, validator=_RECT, hash=False)
    prompt: str | None = fields.text()
    timeout: float | None = fields.number(default=120)
