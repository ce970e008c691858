"""Actor swap: another actor in a video (documented as "Actor Swap")."""

from __future__ import annotations

from typing import ClassVar

import attrs

from a2e_async.tasks import checks, fields
from a2e_async.tasks.checks import Media
from a2e_async.tasks.product import VIDEO_RESULTS, Product
from a2e_async.tasks.record import VideoRecord
from a2e_async.tasks.request import NamedRequest, NotifyingRequest
from a2e_async.tasks.routes import usual_routes

_PATH = "/api/v1/actorSwap"


@attrs.frozen(kw_only=True)
class ActorSwapRecord(VideoRecord):
    """An actor-swap task.

    Attributes:
        image_url: picture of the actor it was started with.
        video_url: video it was started with.
    """

    image_url: str | None = None
    video_url: str | None = None


@attrs.frozen(kw_only=True, repr=False)
class ActorSwap(NamedRequest[ActorSwapRecord], NotifyingRequest[ActorSwapRecord]):
    """Put a picture's actor into a video (``POST /api/v1/actorSwap/start``).

    Attributes:
        image_url: picture of the new actor.
        video_url: the video whose actor is replaced.
        prompt: what to show.
        negative_prompt: what to keep out.
        timeout: seconds that the service works on the task at the most, by default 300. How long
            a wait for the job lasts is told to ``job.wait``.

    Raises:
        TypeError: a field of the wrong type.
        ValueError: a field out of bounds.
    """

    product: ClassVar[Product[ActorSwapRecord]] = Product(
        kind="actor_swap",
        title="Actor Swap",
        record=ActorSwapRecord,
        **usual_routes(_PATH),
        # Records may show the given video as `video_url`.
        result_fields=VIDEO_RESULTS,
        media="video",
        deadline=60 * 60.0,
    )

    image_url: Media = attrs.field(validator=checks.MediaSource())
    video_url: Media = attrs.field(validator=checks.MediaSource())
    prompt: str | None = fields.text()
    negative_prompt: str | None = fields.text(blank=True)
    timeout: int | None = fields.whole(default=300)
