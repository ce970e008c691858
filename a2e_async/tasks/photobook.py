"""Photobook: a series of photos with one face (documented as "Photobook")."""

from __future__ import annotations

from typing import ClassVar, Literal

import attrs

from a2e_async.tasks import checks, fields
from a2e_async.tasks.checks import Media
from a2e_async.tasks.product import IMAGE_RESULTS, Product
from a2e_async.tasks.record import Record
from a2e_async.tasks.request import NamedRequest
from a2e_async.tasks.routes import usual_routes

TotalCount = Literal[4, 8, 12, 16]

_PATH = "/api/v1/userPhotobook"


@attrs.frozen(kw_only=True)
class PhotobookRecord(Record):
    """A photobook task.

    Attributes:
        face_image_url: the face it was started with.
        location: the place it was started with.
        clothing: the clothing it was started with.
        total_count: how many photos it makes.
        image_urls: URLs of the photos, the same as ``outputs``.
    """

    face_image_url: str | None = None
    location: str | None = None
    clothing: str | None = None
    total_count: int | None = None
    image_urls: tuple[str, ...] = ()


@attrs.frozen(kw_only=True, repr=False)
class Photobook(NamedRequest[PhotobookRecord]):
    """Make a series of photos with one face (``POST /api/v1/userPhotobook/start``).

    One task makes all the photos. It cannot be deleted while it is in process.

    Attributes:
        face_image_url: picture of the face that is in every photo.
        location: prompt for the place or the scene.
        clothing: prompt for the clothing.
        total_count: 4, 8, 12 or 16 photos, by default 4.

    Raises:
        TypeError: a field of the wrong type.
        ValueError: a field out of bounds.
    """

    product: ClassVar[Product[PhotobookRecord]] = Product(
        kind="photobook",
        title="Photobook",
        record=PhotobookRecord,
        **usual_routes(_PATH, id_name="id"),
        result_fields=IMAGE_RESULTS,
        media="image",
        deadline=60 * 60.0,
    )

    face_image_url: Media = attrs.field(validator=checks.MediaSource())
    location: str | None = fields.text()
    clothing: str | None = fields.text()
    total_count: TotalCount | None = fields.choice(TotalCount, default=4)
