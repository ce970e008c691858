"""Motion transfer: a video's motion on a picture (documented as "Motion Transfer")."""

from __future__ import annotations

from typing import ClassVar

import attrs

from a2e_async.tasks import checks, fields
from a2e_async.tasks.checks import Media
from a2e_async.tasks.product import Product
from a2e_async.tasks.record import Record
from a2e_async.tasks.request import NamedRequest, NotifyingRequest
from a2e_async.tasks.routes import usual_routes

_PATH = "/api/v1/motionTransfer"


@attrs.frozen(kw_only=True)
class MotionTransferRecord(Record):
    """A motion-transfer task.

    Attributes:
        image_url: picture it was started with.
        video_url: video it was started with.
        positive_prompt: what it was told to show.
        negative_prompt: what it was told to keep out.
        result_url: URL of the video, the same as the first of ``outputs``. Some records have it in
            ``result_video_url`` instead.
        result_video_url: URL of the video, where it is not in ``result_url``.
    """

    image_url: str | None = None
    video_url: str | None = None
    positive_prompt: str | None = None
    negative_prompt: str | None = None
    result_url: str | None = None
    result_video_url: str | None = None


@attrs.frozen(kw_only=True, repr=False)
class MotionTransfer(NamedRequest[MotionTransferRecord], NotifyingRequest[MotionTransferRecord]):
    """Move a picture as in a video (``POST /api/v1/motionTransfer/start``).

    Attributes:
        image_url: the picture that gets animated.
        video_url: the video that the motion comes from.
        positive_prompt: what to show.
        negative_prompt: what to keep out.
        timeout: seconds that the service works on the task at the most, by default 300. How long
            a wait for the job lasts is told to ``job.wait``.

    Raises:
        TypeError: a field of the wrong type.
        ValueError: a field out of bounds.
    """

    product: ClassVar[Product[MotionTransferRecord]] = Product(
        kind="motion_transfer",
        title="Motion Transfer",
        record=MotionTransferRecord,
        **usual_routes(_PATH),
        result_fields=("result_url", "result_video_url"),
        media="video",
        deadline=60 * 60.0,
    )

    image_url: Media = attrs.field(validator=checks.MediaSource())
    video_url: Media = attrs.field(validator=checks.MediaSource())
    positive_prompt: str | None = fields.text()
    negative_prompt: str | None = fields.text(blank=True)
    timeout: float | None = fields.number(default=300)
