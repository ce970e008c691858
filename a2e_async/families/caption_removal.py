"""What caption removal has besides the common verbs."""

from __future__ import annotations

from typing import ParamSpec

from a2e_async.families.verbs import RetryingFamily, RunningFamily
from a2e_async.tasks.caption_removal import CaptionRemovalRecord

P = ParamSpec("P")


class CaptionRemovals(
    RetryingFamily[P, CaptionRemovalRecord], RunningFamily[P, CaptionRemovalRecord]
):
    """The verbs of caption removal. Reached from the client: ``a2e.caption_removal``."""
