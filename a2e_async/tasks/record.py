"""What every record of a task has in common."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import attrs

from a2e_async.status import JobStatus


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
