"""The one clock of the package: the running event loop's, in monotonic seconds."""

from __future__ import annotations

import asyncio


def now() -> float:
    """Tell the present."""
    return asyncio.get_running_loop().time()
