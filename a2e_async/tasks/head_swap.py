"""Head swap: another head on a picture or a video (documented as "Head Swap")."""

from __future__ import annotations

from typing import ClassVar

import attrs

from a2e_async.tasks import checks
from a2e_async.tasks.checks import Media
from a2e_async.tasks.product import ANY_RESULTS, Product
from a2e_async.tasks.record import Record
from a2e_async.tasks.request import AgeCheckedRequest, NotifyingRequest
from a2e_async.tasks.routes import usual_routes

_PATH = "/api/v1/headSwap"


@attrs.frozen(kw_only=True)
class HeadSwapRecord(Record):
    """A head-swap task.

    Attributes:
        image_url: the head it was started with.
        target_image_url: the picture or video it was started with.
    """

    image_url: str | None = None
    target_image_url: str | None = None


@attrs.frozen(kw_only=True, repr=False)
class HeadSwap(AgeCheckedRequest[HeadSwapRecord], NotifyingRequest[HeadSwapRecord]):
    """Put a head on a picture or a video (``POST /api/v1/headSwap/start``).

    A picture gives a picture, a video a video. These tasks have no names: one whose start was not
    answered cannot be found again for sure. A waiting task that is deleted is paid back, and one
    under way cannot be deleted.

    Attributes:
        image_url: picture of the head.
        target_image_url: picture that gets the head, or a video of at most 15 seconds.

    Raises:
        TypeError: a field of the wrong type.
        ValueError: a field out of bounds.
    """

    product: ClassVar[Product[HeadSwapRecord]] = Product(
        kind="head_swap",
        title="Head Swap",
        record=HeadSwapRecord,
        **usual_routes(_PATH),
        name_field=None,
        # Here `image_url` is the given head.
        result_fields=ANY_RESULTS,
        media="any",
        deadline=60 * 60.0,
    )

    image_url: Media = attrs.field(validator=checks.MediaSource())
    target_image_url: Media = attrs.field(validator=checks.MediaSource())
