"""Waiting for many jobs of a family at once."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from a2e_async import A2E, Record

IDS = [f"{n:024x}" for n in range(150)]
FEW = IDS[:30]


async def wait_all(a2e: A2E, ids: Iterable[str], kind: str = "avatar_video") -> list[Record]:
    """Give the records of jobs of one family in the order of their ids."""
    async with asyncio.timeout(10):
        waits = [a2e.family(kind).job(key).wait() for key in ids]
        return [*await asyncio.gather(*waits)]
