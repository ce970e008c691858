"""Talking photo: a portrait that speaks (documented as "Talking Photo").

The service once called it "AI image singing".
"""

from __future__ import annotations

from typing import ClassVar

import attrs

from a2e_async.tasks import checks
from a2e_async.tasks.checks import Media
from a2e_async.tasks.product import Product
from a2e_async.tasks.routes import usual_routes
from a2e_async.tasks.talking import TalkingRecord, TalkingRequest

_PATH = "/api/v1/talkingPhoto"


@attrs.frozen(kw_only=True)
class TalkingPhotoRecord(TalkingRecord):
    """A talking-photo task.

    Attributes:
        image_url: portrait it was started with.
    """

    image_url: str | None = None


@attrs.frozen(kw_only=True, repr=False)
class TalkingPhoto(TalkingRequest[TalkingPhotoRecord]):
    """Let a portrait speak or sing (``POST /api/v1/talkingPhoto/start``).

    Attributes:
        image_url: the portrait.

    Raises:
        TypeError: a field of the wrong type.
        ValueError: a field out of bounds.
    """

    product: ClassVar[Product[TalkingPhotoRecord]] = Product(
        kind="talking_photo",
        title="Talking Photo",
        record=TalkingPhotoRecord,
        **usual_routes(_PATH),
        result_fields=("result_url",),
        media="video",
        deadline=60 * 60.0,
    )

    image_url: Media = attrs.field(validator=checks.MediaSource())
