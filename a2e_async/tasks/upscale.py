"""Upscale: a larger picture or video (documented as "Upscale")."""

from __future__ import annotations

from typing import ClassVar

import attrs

from a2e_async.tasks import checks
from a2e_async.tasks.checks import Media
from a2e_async.tasks.product import ANY_RESULTS, Product
from a2e_async.tasks.record import Record
from a2e_async.tasks.request import NamedRequest, NotifyingRequest
from a2e_async.tasks.routes import usual_routes

_PATH = "/api/v1/userUpscale"


@attrs.frozen(kw_only=True)
class UpscaleRecord(Record):
    """An upscale task.

    Attributes:
        source_url: the picture or video it was started with.
    """

    source_url: str | None = None


@attrs.frozen(kw_only=True, repr=False)
class Upscale(NamedRequest[UpscaleRecord], NotifyingRequest[UpscaleRecord]):
    """Make a picture or a video larger (``POST /api/v1/userUpscale/start``).

    The service documents no field for the scale or the size.

    Attributes:
        source_url: the picture or the video.

    Raises:
        TypeError: a field of the wrong type.
        ValueError: a field out of bounds.
    """

    product: ClassVar[Product[UpscaleRecord]] = Product(
        kind="upscale",
        title="Upscale",
        record=UpscaleRecord,
        **usual_routes(_PATH),
        result_fields=ANY_RESULTS,
        media="any",
        # The page sets no limit to the length of a video.
        deadline=2 * 60 * 60.0,
    )

    source_url: Media = attrs.field(validator=checks.MediaSource())
