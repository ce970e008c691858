"""What a journal knows for sure of a task."""

from __future__ import annotations

import attrs


@attrs.frozen(kw_only=True)
class Known:
    """A task whose start was answered.

    Attributes:
        name: the name that it was started with, or None where that is not known.
        begun: when its start was sent, in seconds since 1970.
        answered: when the task was known.
        ended: when its end was known; None before.
    """

    name: str | None
    begun: float
    answered: float
    ended: float | None = None
