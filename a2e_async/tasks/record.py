"""What every record of a task has in common."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import attrs

from a2e_async.status import JobStatus
from a2e_async.wire import named


@attrs.frozen(kw_only=True)
class Record:
    """A task as the service last described it.

    Attributes:
        id: the task's id.
        status: its state; a status word that nobody has documented reads as still processing.
        current_status: the status word as it came.
        name: the task's name, as it was started with or made up.
        outputs: URLs of the results, in whatever field they came. They are signed and die after
            about three days: download them, or read the record again for fresh ones.
        coins: what the task cost.
        progress: percent done, for the products that tell it.
        failed_code: the service's code of a failure.
        failed_message: the service's words on a failure.
        created_at: when the task was started.
        updated_at: when the record last changed.
        raw: the service's JSON object, untouched.
    """

    id: str
    status: JobStatus
    current_status: str | None = None
    name: str | None = None
    outputs: tuple[str, ...] = ()
    coins: int | float | None = None
    progress: int | None = None
    failed_code: str | None = None
    failed_message: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    raw: dict[str, Any] = attrs.field(factory=dict, repr=False, hash=False)


@attrs.frozen(kw_only=True)
class ImageRecord(Record):
    """A task that makes pictures from a prompt.

    Attributes:
        prompt: the prompt it was started with.
        image_urls: URLs of the pictures, the same as ``outputs``.
    """

    prompt: str | None = None
    image_urls: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class ComposedImageRecord(Record):
    """A task that makes a picture of several given ones.

    Attributes:
        image_urls: the pictures that it was started with; what it made is in ``outputs``.
        result_image_url: URL of the new picture, the same as the first of ``outputs``. Some
            records have it in ``result_url`` instead.
        result_url: URL of the new picture, where it is not in ``result_image_url``.
    """

    image_urls: tuple[str, ...] = ()
    result_image_url: str | None = None
    result_url: str | None = None


@attrs.frozen(kw_only=True)
class VideoRecord(Record):
    """A task that makes a video from a prompt.

    Attributes:
        prompt: the prompt it was started with.
        negative_prompt: what it was told to keep out.
        result_url: URL of the video, the same as the first of ``outputs``.
    """

    prompt: str | None = None
    negative_prompt: str | None = attrs.field(
        default=None, metadata=named("negative_prompt", "negative_prmpt")
    )
    result_url: str | None = None
