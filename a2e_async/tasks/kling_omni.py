"""Kling Omni: videos of one or several shots (documented as "Kling Omni")."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar, Literal, TypedDict

import attrs

from a2e_async.http.operation import Operation
from a2e_async.tasks import checks, fields, rules
from a2e_async.tasks.checks import Media
from a2e_async.tasks.kling_video import AspectRatio, Duration
from a2e_async.tasks.product import VIDEO_RESULTS, Product
from a2e_async.tasks.record import VideoRecord
from a2e_async.tasks.request import NamedRequest, NotifyingRequest
from a2e_async.tasks.routes import usual_routes

Mode = Literal["std", "pro"]
ShotType = Literal["intelligence", "customize"]

_PATH = "/api/v1/klingOmni"


class Shot(TypedDict):
    """One shot of a storyboard.

    Attributes:
        prompt: what it shows.
        duration: its seconds, as a number or a text of one; the type is not documented.
    """

    prompt: str
    duration: str | float


@attrs.frozen(eq=False)
class Seconds(checks.Check):
    """A number of seconds above 0, or a text of one."""

    @property
    def allowed(self) -> str:
        """What the field takes, in words."""
        return "a number of seconds above 0, or a text of one"

    def check(self, field: str, value: Any) -> None:
        """Raise unless the value is allowed."""
        if isinstance(value, bool) or not isinstance(value, (int, float, str)):
            self.wrong_type(field, value)
        if not 0 < _seconds(value) < math.inf:
            self.wrong_value(field, value)


@attrs.frozen(kw_only=True)
class KlingOmniRecord(VideoRecord):
    """A Kling Omni task.

    Attributes:
        mode: the mode it was started in.
        duration: length in seconds, as a text.
        multi_shot: whether it has several shots.
        shot_type: who directs them.
    """

    mode: str | None = None
    duration: str | None = None
    multi_shot: bool | None = None
    shot_type: str | None = None


@attrs.frozen(kw_only=True, repr=False)
class KlingOmni(NamedRequest[KlingOmniRecord], NotifyingRequest[KlingOmniRecord]):
    """Make a video with Kling Omni (``POST /api/v1/klingOmni/start``).

    Attributes:
        prompt: what to show; ``<<<image_N>>>`` stands for picture N of ``image_list``. Needed
            unless ``shot_type`` is ``customize``.
        image_list: at most 7 reference pictures, JPEG or PNG, of at most 10 MB.
        mode: ``std`` (the service's default) for 720p, ``pro`` for 1080p.
        duration: length in seconds, 3 to 15, as a text, by default ``5``.
        aspect_ratio: by default ``16:9``.
        sound: True makes sound.
        multi_shot: True makes several shots; it needs ``shot_type``.
        shot_type: ``intelligence`` lets the model direct, ``customize`` takes ``multi_prompt``;
            with ``multi_shot`` only.
        multi_prompt: storyboard of 1 to 6 shots, each an object with a ``prompt`` and a
            ``duration`` in seconds; needed for ``customize``, and for it only. The durations sum
            up to the ``duration`` of the video.

    Raises:
        TypeError: a field of the wrong type.
        ValueError: a field out of bounds, one missing that the kind of shots needs, or shots that
            are longer or shorter than the video.
    """

    product: ClassVar[Product[KlingOmniRecord]] = Product(
        kind="kling_omni",
        title="Kling Omni",
        record=KlingOmniRecord,
        **usual_routes(_PATH),
        rename=Operation("PUT", f"{_PATH}/{{_id}}"),
        result_fields=(*VIDEO_RESULTS, "video_url"),
        media="video",
        deadline=60 * 60.0,
    )

    prompt: str | None = fields.text()
    image_list: Sequence[Media] | None = fields.media_list(7, suffixes=(".jpg", ".jpeg", ".png"))
    mode: Mode | None = fields.choice(Mode, default="std")
    duration: Duration | None = fields.choice(Duration, default="5")
    aspect_ratio: AspectRatio | None = fields.choice(AspectRatio, default="16:9")
    sound: bool | None = fields.flag(default=False)
    multi_shot: bool | None = fields.flag(default=False)
    shot_type: ShotType | None = fields.choice(ShotType)
    multi_prompt: Sequence[Shot] | None = fields.optional(
        checks.ListOf(
            checks.ObjectOf(
                {"prompt": checks.Text(), "duration": Seconds()}, ("prompt", "duration")
            ),
            most=6,
            least=1,
        ),
        frozen=True,
    )

    def __attrs_post_init__(self) -> None:
        """Check what one field says about another."""
        rules.need(self, "prompt", multi_shot=False)
        rules.need(self, "prompt", shot_type="intelligence")
        rules.need(self, "shot_type", multi_shot=True)
        rules.only(self, "shot_type", multi_shot=True)
        rules.need(self, "multi_prompt", shot_type="customize")
        rules.only(self, "multi_prompt", shot_type="customize")
        self._check_lengths()

    def _check_lengths(self) -> None:
        whole = float(rules.in_effect(self, "duration"))
        lengths = [_seconds(shot["duration"]) for shot in self.multi_prompt or ()]
        if lengths and not math.isclose(math.fsum(lengths), whole):
            words = f"durations that sum up to the video's {whole:g} seconds"
            checks.refuse(ValueError, "multi_prompt", words, lengths)


def _seconds(value: str | float) -> float:
    try:
        return float(value)
    except (ValueError, OverflowError):
        return math.nan
