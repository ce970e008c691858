"""Head swap: another head on a picture or a video (documented as "Head Swap")."""

from __future__ import annotations

from typing import ClassVar

import attrs

from a2e_async.http.operation import Operation
from a2e_async.tasks import checks, fields
from a2e_async.tasks.checks import Media
from a2e_async.tasks.product import ANY_RESULTS, Pages, Product
from a2e_async.tasks.record import Record
from a2e_async.tasks.request import NotifyingRequest

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


@attrs.frozen(kw_only=True)
class HeadSwap(NotifyingRequest[HeadSwapRecord]):
    """Put a head on a picture or a video (``POST /api/v1/headSwap/start``).

    A picture gives a picture, a video a video. These tasks have no names: one whose start was not
    answered cannot be found again for sure. A waiting task that is deleted is paid back, and one
    under way cannot be deleted.

    Attributes:
        image_url: picture of the head.
        target_image_url: picture that gets the head, or a video of at most 15 seconds.
        minor_suspected_skip: True goes on although the person may be 10 to 14 years old, which the
            service refuses with code 1004. Under 10 it always refuses, with code 1003.

    Raises:
        TypeError: a field of the wrong type.
        ValueError: a field out of bounds.
    """

    product: ClassVar[Product[HeadSwapRecord]] = Product(
        kind="head_swap",
        title="Head Swap",
        record=HeadSwapRecord,
        start=f"{_PATH}/start",
        detail=Operation("GET", f"{_PATH}/{{_id}}"),
        pages=Pages(f"{_PATH}/allRecords"),
        batch=f"{_PATH}/batchDetail",
        delete=Operation("DELETE", f"{_PATH}/{{_id}}"),
        name_field=None,
        # Here `image_url` is the given head.
        result_fields=ANY_RESULTS,
        media="any",
        deadline=60 * 60.0,
    )

    image_url: Media = attrs.field(validator=checks.MediaSource())
    target_image_url: Media = attrs.field(validator=checks.MediaSource())
    minor_suspected_skip: bool | None = fields.flag(default=False)
