"""Virtual try-on: a person in given clothing (documented as "Virtual Try-On")."""

from __future__ import annotations

from typing import ClassVar

import attrs

from a2e_async.tasks import checks, fields
from a2e_async.tasks.checks import Media
from a2e_async.tasks.product import Product
from a2e_async.tasks.record import ComposedImageRecord
from a2e_async.tasks.request import NamedRequest, NotifyingRequest
from a2e_async.tasks.routes import usual_routes

_PATH = "/api/v1/virtualTryOn"


@attrs.frozen(kw_only=True)
class VirtualTryOnRecord(ComposedImageRecord):
    """A virtual try-on task."""


@attrs.frozen(kw_only=True, repr=False)
class VirtualTryOn(NamedRequest[VirtualTryOnRecord], NotifyingRequest[VirtualTryOnRecord]):
    """Dress a person in clothing (``POST /api/v1/virtualTryOn/start``).

    Attributes:
        image_urls: the picture of the person, then that of the clothing. The service takes 4 at
            the most; what the third and the fourth are is not documented.
        timeout: seconds that the service works on the task at the most, by default 120. How long
            a wait for the job lasts is told to ``job.wait``.

    Raises:
        TypeError: a field of the wrong type.
        ValueError: a field out of bounds.
    """

    product: ClassVar[Product[VirtualTryOnRecord]] = Product(
        kind="virtual_try_on",
        title="Virtual Try-On",
        record=VirtualTryOnRecord,
        **usual_routes(_PATH),
        # Clients disagree about which of them it is.
        result_fields=("result_image_url", "result_url"),
        media="image",
        deadline=15 * 60.0,
    )

    image_urls: tuple[Media, ...] = attrs.field(
        converter=checks.media_tuple, validator=checks.ListOf(checks.MediaSource(), 4, 2)
    )
    timeout: float | None = fields.number(default=120)
