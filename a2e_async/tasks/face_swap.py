"""Face swap: another face in a video or a picture (documented as "Face Swap")."""

from __future__ import annotations

from typing import ClassVar, Literal

import attrs

from a2e_async.http.operation import Operation
from a2e_async.tasks import checks, fields, rules
from a2e_async.tasks.checks import Media
from a2e_async.tasks.product import Pages, Product
from a2e_async.tasks.record import Record
from a2e_async.tasks.request import NamedRequest, NotifyingRequest

ModelVersion = Literal["v1", "v2"]

_PATH = "/api/v1/userFaceSwapTask"


@attrs.frozen(kw_only=True)
class FaceSwapRecord(Record):
    """A face-swap task.

    Attributes:
        video_url: the video or picture it was started with.
        face_url: the face it was started with.
        duration: length of the video in seconds.
        result_url: URL of the result, the same as the first of ``outputs``.
    """

    video_url: str | None = None
    face_url: str | None = None
    duration: float | None = None
    result_url: str | None = None


@attrs.frozen(kw_only=True, repr=False)
class FaceSwap(NamedRequest[FaceSwapRecord], NotifyingRequest[FaceSwapRecord]):
    """Swap a face into a video or a picture (``POST /api/v1/userFaceSwapTask/add``).

    Attributes:
        video_url: the video, or with ``v2`` the picture, that gets the face.
        face_url: picture of the face.
        cover_url: a cover picture.
        model_version: by default ``v1``; ``v2`` works on pictures only.

    Raises:
        TypeError: a field of the wrong type.
        ValueError: a field out of bounds, or a video for ``v2``.
    """

    product: ClassVar[Product[FaceSwapRecord]] = Product(
        kind="face_swap",
        title="Face Swap",
        record=FaceSwapRecord,
        start=f"{_PATH}/add",
        detail=Operation("GET", f"{_PATH}/{{_id}}"),
        pages=Pages(f"{_PATH}/records"),
        batch=f"{_PATH}/batchDetail",
        delete=Operation("DELETE", f"{_PATH}/{{_id}}"),
        running=Operation("GET", f"{_PATH}/status"),
        result_fields=("result_url",),
        media="any",
        # The documented example takes six times as long as its video.
        deadline=2 * 60 * 60.0,
    )

    video_url: Media = attrs.field(validator=checks.MediaSource())
    face_url: Media = attrs.field(validator=checks.MediaSource())
    cover_url: Media | None = fields.media()
    model_version: ModelVersion | None = fields.choice(ModelVersion, default="v1")

    def __attrs_post_init__(self) -> None:
        """Check what one field says about another."""
        pictures = rules.holds(self, model_version="v2")
        if pictures and checks.is_other_media(self.video_url, checks.PICTURES):
            words = "a picture with model_version='v2'"
            checks.refuse(ValueError, "video_url", words, self.video_url)
