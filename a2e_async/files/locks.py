"""One lock for each key, for as long as somebody needs it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager

import anyio
import attrs


@attrs.define(eq=False)
class _Entry:
    lock: anyio.Lock = attrs.field(factory=anyio.Lock)
    users: int = 0


class Locks:
    """Locks by key. A key that nobody holds or waits for takes no memory."""

    def __init__(self) -> None:
        """Begin without any."""
        self._entries: dict[Hashable, _Entry] = {}

    def __len__(self) -> int:
        """Count the keys that are held or waited for."""
        return len(self._entries)

    def __contains__(self, key: Hashable) -> bool:
        """Tell whether a key is held or waited for."""
        return key in self._entries

    @asynccontextmanager
    async def hold(self, key: Hashable) -> AsyncIterator[None]:
        """Hold the lock of a key; others with the same key wait."""
        entry = self._entries.setdefault(key, _Entry())
        entry.users += 1
        try:
            async with entry.lock:
                yield
        finally:
            entry.users -= 1
            if not entry.users:
                del self._entries[key]
