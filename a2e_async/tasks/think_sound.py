"""ThinkSound: sound for a video (documented as "ThinkSound")."""

from __future__ import annotations

from typing import ClassVar

import attrs

from a2e_async.tasks import checks, fields
from a2e_async.tasks.checks import Media
from a2e_async.tasks.product import VIDEO_RESULTS, Product
from a2e_async.tasks.record import Record
from a2e_async.tasks.request import NamedRequest, NotifyingRequest
from a2e_async.tasks.routes import usual_routes

_PATH = "/api/v1/thinkSound"
_SUFFIXES = (".mp4", ".avi", ".mov", ".mkv")
_AUDIO_RESULTS = ("result_audio_url", "audio_output", "audio_url")


@attrs.frozen(kw_only=True)
class ThinkSoundRecord(Record):
    """A ThinkSound task. Its results are an audio, or a video with its sound.

    Attributes:
        video_url: video it was started with.
        caption: what it was told of the video.
        cot_description: the chain of thought it was started with.
        seed: number from which the same sound comes again.
    """

    video_url: str | None = None
    caption: str | None = None
    cot_description: str | None = None
    seed: float | None = None


@attrs.frozen(kw_only=True, repr=False)
class ThinkSound(NamedRequest[ThinkSoundRecord], NotifyingRequest[ThinkSoundRecord]):
    """Make sound for a video (``POST /api/v1/thinkSound/start``).

    Attributes:
        video_url: the video, of type ``.mp4``, ``.avi``, ``.mov`` or ``.mkv``.
        caption: what is to be heard.
        cot_description: the same as a chain of thought, step by step.
        seed: any number; the same one makes the same sound again.

    Raises:
        TypeError: a field of the wrong type.
        ValueError: a field out of bounds, or a video whose name ends as another type's.
    """

    product: ClassVar[Product[ThinkSoundRecord]] = Product(
        kind="think_sound",
        title="ThinkSound",
        record=ThinkSoundRecord,
        **usual_routes(_PATH),
        # No page tells whether the result is an audio or a video. Records may show the given
        # video as `video_url`.
        result_fields=VIDEO_RESULTS + _AUDIO_RESULTS,
        media="any",
        deadline=60 * 60.0,
    )

    video_url: Media = attrs.field(validator=checks.MediaSource(suffixes=_SUFFIXES))
    caption: str | None = fields.text(default="", blank=True)
    cot_description: str | None = fields.text(default="", blank=True)
    seed: float | None = fields.number()
