"""Face-swap preview: what a face swap would look like (documented as "Face Swap")."""

from __future__ import annotations

from typing import ClassVar

import attrs

from a2e_async.http.operation import Operation
from a2e_async.tasks import checks
from a2e_async.tasks.checks import Media
from a2e_async.tasks.product import Product
from a2e_async.tasks.record import Record
from a2e_async.tasks.request import Request

_PATH = "/api/v1/userFaceSwapPreview"


@attrs.frozen(kw_only=True)
class FaceSwapPreviewRecord(Record):
    """A face-swap preview.

    Attributes:
        video_url: the video or picture it was started with.
        face_url: the face it was started with.
        result_url: URL of the preview, the same as the first of ``outputs``.
    """

    video_url: str | None = None
    face_url: str | None = None
    result_url: str | None = None


@attrs.frozen(kw_only=True, repr=False)
class FaceSwapPreview(Request[FaceSwapPreviewRecord]):
    """Preview a face swap (``POST /api/v1/userFaceSwapPreview/add``).

    The service neither names, lists nor deletes previews: keep the job's token.

    Attributes:
        video_url: the video or the picture that gets the face.
        face_url: picture of the face.

    Raises:
        TypeError: a field of the wrong type.
        ValueError: a field out of bounds.
    """

    product: ClassVar[Product[FaceSwapPreviewRecord]] = Product(
        kind="face_swap_preview",
        title="Face Swap",
        record=FaceSwapPreviewRecord,
        start=f"{_PATH}/add",
        detail=Operation("GET", f"{_PATH}/status", query="_id"),
        pages=None,
        delete=None,
        name_field=None,
        result_fields=("result_url",),
        media="any",
        deadline=60 * 60.0,
    )

    video_url: Media = attrs.field(validator=checks.MediaSource())
    face_url: Media = attrs.field(validator=checks.MediaSource())
