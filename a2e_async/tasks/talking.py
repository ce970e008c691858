"""What talking photos and talking videos have in common."""

from __future__ import annotations

from typing import TypeVar

import attrs

from a2e_async.tasks import checks, fields
from a2e_async.tasks.checks import Media
from a2e_async.tasks.record import Record, VideoRecord
from a2e_async.tasks.request import NamedRequest, NotifyingRequest

R_co = TypeVar("R_co", bound=Record, covariant=True)


@attrs.frozen(kw_only=True)
class TalkingRecord(VideoRecord):
    """A task that lets somebody talk.

    Attributes:
        audio_url: audio it was started with.
        duration: seconds it was asked for.
    """

    audio_url: str | None = None
    duration: int | None = None


@attrs.frozen(kw_only=True, repr=False)
class TalkingRequest(NamedRequest[R_co], NotifyingRequest[R_co]):
    """A request that lets somebody talk.

    Attributes:
        audio_url: what is said or sung. ``a2e.text_to_speech(…)`` makes it from text.
        duration: length, 1 to 20 seconds, by default 3.
        prompt: what to show. The service wants it to be there; it may be empty.
        negative_prompt: what to keep out. The service wants it to be there; it may be empty.
    """

    audio_url: Media | None = fields.media()
    duration: int | None = fields.whole(1, 20, default=3)
    prompt: str = attrs.field(validator=checks.Text(blank=True))
    negative_prompt: str = attrs.field(validator=checks.Text(blank=True))
