"""Avatar training: an avatar of one's own (documented as "Video Twin")."""

from __future__ import annotations

from typing import ClassVar, Literal, get_args

import attrs

from a2e_async.http.operation import Operation
from a2e_async.tasks import checks, fields, rules
from a2e_async.tasks.checks import Media
from a2e_async.tasks.product import Pages, Product
from a2e_async.tasks.record import Record
from a2e_async.tasks.request import NamedRequest

Gender = Literal["female", "male"]

PATH = "/api/v1/userVideoTwin"
"""Where all operations of the product are."""


@attrs.frozen(kw_only=True)
class AvatarTrainingRecord(Record):
    """An avatar's training. ``outputs`` holds its preview.

    Attributes:
        anchor_id: id of the avatar once it can be used: ``anchor_id`` of an avatar video, with the
            ``anchor_type`` 1.
        preview_result_url: URL of the preview video; there is none with ``skip_preview``.
        gender: ``female`` or ``male``.
        image_url: picture it was started with.
        video_url: video it was started with.
        model_version: the model that moves the picture.
    """

    anchor_id: str | None = None
    preview_result_url: str | None = None
    gender: str | None = None
    image_url: str | None = None
    video_url: str | None = None
    model_version: str | None = None


@attrs.frozen(kw_only=True, repr=False)
class AvatarTraining(NamedRequest[AvatarTrainingRecord]):
    """Make an avatar of a video or a picture (``POST /api/v1/userVideoTwin/startTraining``).

    A video is free of charge; a picture costs about 30 coins. A URL must be without spaces and
    redirects, and its answer must tell the right media type.

    Attributes:
        gender: ``female`` or ``male``. The service's older page requires it.
        image_url: a picture with one face. This or ``video_url`` is needed.
        video_url: at least 10 seconds of video, MP4 or MOV, with exactly one face. This or
            ``image_url`` is needed.
        video_background_image: picture of the background.
        video_background_color: colour of the background as ``rgba(r,g,b,a)``.
        skip_preview: True makes no preview video.
        model_version: the model that moves a picture, such as ``V2.1``; with ``image_url`` only.
        prompt: how a picture moves; with ``image_url`` only.
        negative_prompt: what to keep out; with ``image_url`` only.
        is_transcoding: True has the video transcoded.

    Raises:
        TypeError: a field of the wrong type.
        ValueError: a field out of bounds, neither video nor picture, or a field for pictures
            without one.
    """

    product: ClassVar[Product[AvatarTrainingRecord]] = Product(
        kind="avatar_training",
        title="Video Twin",
        record=AvatarTrainingRecord,
        start=f"{PATH}/startTraining",
        detail=Operation("GET", f"{PATH}/{{_id}}"),
        pages=Pages(f"{PATH}/records"),
        batch=f"{PATH}/batchDetail",
        delete=Operation("POST", f"{PATH}/remove", body="_id"),
        retry=Operation("POST", f"{PATH}/retry"),
        result_fields=("preview_result_url",),
        ready_field="anchor_id",
        media="video",
        # Half an hour, and about two hours where the training is continued.
        deadline=4 * 60 * 60.0,
    )

    gender: Gender = attrs.field(validator=checks.Choice(get_args(Gender)))
    image_url: Media | None = fields.media()
    video_url: Media | None = fields.media()
    video_background_image: Media | None = fields.media()
    video_background_color: str | None = fields.text()
    skip_preview: bool | None = fields.flag(wire="skipPreview")
    model_version: str | None = fields.text()
    prompt: str | None = fields.text()
    negative_prompt: str | None = fields.text(blank=True)
    is_transcoding: bool | None = fields.flag(wire="isTranscoding")

    def __attrs_post_init__(self) -> None:
        """Check what one field says about another."""
        rules.need_one(self, "image_url", "video_url")
        for field in ("model_version", "prompt", "negative_prompt"):
            rules.needs(self, field, "image_url")
