"""In place of a journal, for a batch that has none."""

from __future__ import annotations

from typing import Any

from a2e_async.journal.admission import JournalConflict
from a2e_async.journal.item import Item, State
from a2e_async.tasks.request import Request


class Unkept:
    """Knows which keys there were, and nothing else."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._keys: dict[str, int] = {}

    async def admit(self, index: int, key: str | None, request: Request[Any]) -> Item:
        """Make a new item.

        Raises:
            JournalConflict: the key was there before.
        """
        if key is not None and self._keys.setdefault(key, index) != index:
            raise JournalConflict(
                f"key: expected each key once, got {key!r} for item {index}, which item "
                f"{self._keys[key]} has"
            )
        kind: str = request.product.kind
        return Item(row=index, index=index, key=key, kind=kind, fingerprint="", state=State.PLANNED)

    async def write(self, item: Item) -> None:
        """Forget it."""

    async def knows(self, kind: str, task_id: str) -> bool:
        """Know nothing."""
        del kind, task_id
        return False

    async def aclose(self) -> None:
        """Do nothing."""
