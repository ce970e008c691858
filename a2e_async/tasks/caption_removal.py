"""Caption removal: a video without its captions (documented as "Caption Removal")."""

from __future__ import annotations

from typing import ClassVar

import attrs

from a2e_async.http.operation import Operation
from a2e_async.tasks import checks
from a2e_async.tasks.checks import Media
from a2e_async.tasks.product import Product
from a2e_async.tasks.record import Record
from a2e_async.tasks.request import NamedRequest, NotifyingRequest
from a2e_async.tasks.routes import usual_routes

_PATH = "/api/v1/userCaptionRemoval"


@attrs.frozen(kw_only=True)
class CaptionRemovalRecord(Record):
    """A caption-removal task.

    Attributes:
        source_url: video it was started with.
        result_url: URL of the cleaned video, the same as the first of ``outputs``.
    """

    source_url: str | None = None
    result_url: str | None = None


@attrs.frozen(kw_only=True, repr=False)
class CaptionRemoval(NamedRequest[CaptionRemovalRecord], NotifyingRequest[CaptionRemovalRecord]):
    """Take the captions out of a video (``POST /api/v1/userCaptionRemoval/start``).

    Attributes:
        source_url: the video.

    Raises:
        TypeError: a field of the wrong type.
        ValueError: a field out of bounds.
    """

    product: ClassVar[Product[CaptionRemovalRecord]] = Product(
        kind="caption_removal",
        title="Caption Removal",
        record=CaptionRemovalRecord,
        **usual_routes(_PATH),
        retry=Operation("POST", f"{_PATH}/retry"),
        running=Operation("GET", f"{_PATH}/allProcessing"),
        result_fields=("result_url",),
        media="video",
        # The page sets no limit to the length of a video.
        deadline=2 * 60 * 60.0,
    )

    source_url: Media = attrs.field(validator=checks.MediaSource())
