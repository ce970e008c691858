"""Image edit: a clothing or product picture of given ones (documented as "Image Edit")."""

from __future__ import annotations

from typing import ClassVar, Literal, get_args

import attrs

from a2e_async.tasks import checks, fields
from a2e_async.tasks.checks import Media
from a2e_async.tasks.product import Product
from a2e_async.tasks.record import ComposedImageRecord
from a2e_async.tasks.request import NamedRequest, NotifyingRequest
from a2e_async.tasks.routes import usual_routes

EditType = Literal["clothing", "product"]

_PATH = "/api/v1/userImageEdit"


@attrs.frozen(kw_only=True)
class ImageEditRecord(ComposedImageRecord):
    """An image-edit task.

    Attributes:
        edit_type: what was edited.
    """

    edit_type: str | None = None


@attrs.frozen(kw_only=True, repr=False)
class ImageEdit(NamedRequest[ImageEditRecord], NotifyingRequest[ImageEditRecord]):
    """Put clothing or a product into a picture (``POST /api/v1/userImageEdit/start``).

    Attributes:
        edit_type: ``clothing`` or ``product``.
        image_urls: at least 2 pictures; in the documented example the product comes first and the
            model second.
        timeout: seconds that the service works on the task at the most, by default 120. How long
            a wait for the job lasts is told to ``job.wait``.

    Raises:
        TypeError: a field of the wrong type.
        ValueError: a field out of bounds.
    """

    product: ClassVar[Product[ImageEditRecord]] = Product(
        kind="image_edit",
        title="Image Edit",
        record=ImageEditRecord,
        **usual_routes(_PATH),
        # Here `image_urls` are the given pictures.
        result_fields=("result_image_url", "result_url", "result_urls"),
        media="image",
        deadline=15 * 60.0,
    )

    edit_type: EditType = attrs.field(validator=checks.Choice(get_args(EditType)))
    image_urls: tuple[Media, ...] = attrs.field(
        converter=checks.media_tuple, validator=checks.ListOf(checks.MediaSource(), None, 2)
    )
    timeout: float | None = fields.number(default=120)
