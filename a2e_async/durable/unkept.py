"""In place of a journal, for starts that nobody keeps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from a2e_async.journal.admission import JournalConflict
from a2e_async.journal.item import Item, State
from a2e_async.tasks.request import Request


class Unkept:
    """Knows which keys there were, and nothing else."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._keys: dict[str, int] = {}

    async def admit_all(
        self, wanted: Sequence[tuple[int, str | None, Request[Any]]]
    ) -> list[Item | JournalConflict]:
        """Make new items; a key that was there before is a conflict."""
        return [self._admit(*it) for it in wanted]

    def _admit(self, index: int, key: str | None, request: Request[Any]) -> Item | JournalConflict:
        if key is not None and self._keys.setdefault(key, index) != index:
            return JournalConflict(
                f"key {key!r}: it is given twice, first by item {self._keys[key]}. Each needs its "
                "own"
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
