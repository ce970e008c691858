"""Avatar video: an avatar that speaks a given audio (documented as "Generate Avatar Videos")."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import attrs

from a2e_async.http.operation import Operation
from a2e_async.tasks import checks, fields, rules
from a2e_async.tasks.checks import Media
from a2e_async.tasks.product import Pages, Product
from a2e_async.tasks.record import Record
from a2e_async.tasks.request import NotifyingRequest

_CANVAS = ("web_bg_width", "web_bg_height", "web_people_width", "web_people_height")
_NEEDS_CANVAS = ("back_id", "custom_back_id", "color")


@attrs.frozen(kw_only=True)
class AvatarVideoRecord(Record):
    """An avatar-video task.

    Attributes:
        result: URL of the video, the same as the first of ``outputs``.
        msg: what the service notes about the task.
        anchor_id: id of the avatar.
        anchor_type: ``"0"`` for a system avatar, ``"1"`` for a custom one.
        result_people_url: video of the person only.
        result_bg_url: the background's file.
        diff_s: seconds that the task has taken.
    """

    result: str | None = None
    msg: str | None = None
    anchor_id: str | None = None
    anchor_type: str | None = None
    result_people_url: str | None = None
    result_bg_url: str | None = None
    diff_s: float | None = None


def _size(default: int, *, negative: bool = False) -> Any:
    least = -1 if negative else 0
    return attrs.field(default=default, validator=checks.Number(least))


@attrs.frozen(kw_only=True, repr=False)
class AvatarVideo(NotifyingRequest[AvatarVideoRecord]):
    """Let an avatar speak an audio (``POST /api/v1/video/generate``).

    Attributes:
        anchor_id: id of the avatar (``a2e.avatars.list()``).
        anchor_type: 0 for a system avatar, 1 for a custom one.
        audio_src: the audio to speak. This or ``custom_voice`` is needed.
        custom_voice: audio of an own voice. This or ``audio_src`` is needed.
        title: at most 40 characters. It should be unique: a task whose start was not answered is
            found again under it. Left out, a unique one is made.
        anchor_background_img: the avatar's original background as a picture.
        anchor_background_color: the avatar's original background as ``rgba(r,g,b,a)``.
        back_id: id of a system background. Excludes ``custom_back_id``.
        custom_back_id: id of an own background. Excludes ``back_id``.
        color: background as ``rgba(r,g,b,a)``.
        face_swap_id: id of a face to swap in.
        web_bg_width: canvas width in pixels. The four sizes are needed with ``back_id``,
            ``custom_back_id`` or ``color``.
        web_bg_height: canvas height in pixels.
        web_people_width: the avatar's width on the canvas in pixels.
        web_people_height: the avatar's height on the canvas in pixels.
        web_people_x: the avatar's horizontal place in pixels.
        web_people_y: the avatar's vertical place in pixels.
        web_dist_bg_width: width of the background's cut in pixels, -1 for all.
        web_dist_bg_height: height of the background's cut in pixels, -1 for all.
        web_dist_bg_x: horizontal place of the cut in pixels.
        web_dist_bg_y: vertical place of the cut in pixels.
        resolution: frame height in pixels, by default 1080.
        is_skip_rs: True leaves out the scaling of the resolution.
        is_skip_gp: True leaves out the green-screen processing.
        gp_model: green-screen settings.
        erode_factor: how much of the cut-out's edge is taken away.
        is_caption_enabled: True writes captions.
        caption_align: the captions' place and style.
        is_to_public_pool: True uses the public pool, for accounts with dedicated lines.
        is_allow_reverse: what the classic page has without a word about it, typed as a text.
        lip_model: the lip-sync model.
        wl_model: watermark or logo setting.
        msg: a free note.

    Raises:
        TypeError: a field of the wrong type.
        ValueError: a field out of bounds, no audio, two backgrounds, or a background without the
            four sizes.
    """

    product: ClassVar[Product[AvatarVideoRecord]] = Product(
        kind="avatar_video",
        title="Generate Avatar Videos",
        record=AvatarVideoRecord,
        start="/api/v1/video/generate",
        detail=Operation("POST", "/api/v1/video/awsResult", body="_id"),
        other_detail=Operation("GET", "/api/v1/video/detail", query="video_id"),
        pages=Pages("/api/v1/video/awsList", number="current"),
        delete=Operation("DELETE", "/api/v1/video/{_id}"),
        name_field="title",
        status_field="status",
        result_fields=("result",),
        failure_fields=("error", "msg"),
        media="video",
        # The page sets no limit to the length of an audio.
        deadline=2 * 60 * 60.0,
    )

    anchor_id: str = attrs.field(validator=checks.Text())
    anchor_type: int = attrs.field(validator=checks.Integer(0, 1))
    audio_src: Media | None = fields.media(wire="audioSrc")
    custom_voice: Media | None = fields.media()
    title: str | None = fields.text(40)
    anchor_background_img: Media | None = fields.media()
    anchor_background_color: str | None = fields.text()
    back_id: str | None = fields.text()
    custom_back_id: str | None = fields.text()
    color: str | None = fields.text()
    face_swap_id: str | None = fields.text()
    # The classic page requires the sizes and the resolution, the catalogue does not: they are sent.
    web_bg_width: float = _size(0)
    web_bg_height: float = _size(0)
    web_people_width: float = _size(0)
    web_people_height: float = _size(0)
    web_people_x: float = attrs.field(default=0, validator=checks.Number())
    web_people_y: float = attrs.field(default=0, validator=checks.Number())
    web_dist_bg_width: float = _size(-1, negative=True)
    web_dist_bg_height: float = _size(-1, negative=True)
    web_dist_bg_x: float = attrs.field(default=0, validator=checks.Number())
    web_dist_bg_y: float = attrs.field(default=0, validator=checks.Number())
    resolution: int = attrs.field(default=1080, validator=checks.Integer(1))
    is_skip_rs: bool | None = fields.flag(wire="isSkipRs")
    is_skip_gp: bool | None = fields.flag(wire="isSkipGp")
    gp_model: Mapping[str, Any] | None = fields.any_object()
    erode_factor: float | None = fields.number()
    is_caption_enabled: bool | None = fields.flag(wire="isCaptionEnabled")
    caption_align: Mapping[str, Any] | None = fields.any_object(wire="captionAlign")
    is_to_public_pool: bool | None = fields.flag(wire="isToPublicPool")
    is_allow_reverse: str | None = fields.text(wire="isAllowReverse")
    lip_model: str | None = fields.text()
    wl_model: str | None = fields.text()
    msg: str | None = fields.text()

    def __attrs_post_init__(self) -> None:
        """Check what one field says about another."""
        hint = "a2e.text_to_speech(…) makes one from text"
        rules.need_one(self, "audio_src", "custom_voice", hint=hint)
        rules.exclude(self, "back_id", "custom_back_id")
        self._check_canvas()

    def _check_canvas(self) -> None:
        background = [name for name in _NEEDS_CANVAS if getattr(self, name) is not None]
        missing = [name for name in _CANVAS if not getattr(self, name)]
        if background and missing:
            raise ValueError(
                f"{missing[0]}: expected a size in pixels above 0 together with {background[0]}, "
                f"got {getattr(self, missing[0])!r}; needed are {', '.join(_CANVAS)}"
            )
