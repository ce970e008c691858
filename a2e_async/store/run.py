"""What the starts of one client share that are kept, or wait in line."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, TypeAlias

from a2e_async.durable.run import FamilyOf, Run
from a2e_async.jobs.core import Core
from a2e_async.jobs.limits import Limits
from a2e_async.journal.store import StoreJournal
from a2e_async.store.unkept import UnkeptStore

Shelf: TypeAlias = StoreJournal | UnkeptStore

PATIENCE = 600.0
"""Seconds for which a start that waits in line is tried while the service has no place for it, or
cannot be reached, and nothing else goes well either."""
SHORT_PATIENCE = 60.0
"""The same for a start that somebody waits for."""


class KeptRun(Run):
    """The parts of a client that its kept starts work with."""

    advice = ". It is looked for once more by a2e.unfinished() after a restart"

    def __init__(
        self, core: Core, family: FamilyOf, shelf: Shelf, look_after: Callable[[Any], None]
    ) -> None:
        """Put them together.

        Args:
            core: the parts of the client.
            family: gives the family of a product by its name.
            shelf: what keeps the starts.
            look_after: is called with the life of a start that has made several tasks.
        """
        super().__init__(core, family, (core.limits,))
        self.journal = self.shelf = shelf
        self._look_after = look_after
        self._groups: dict[int, Hashable] = {}

    @property
    def afterwards(self) -> str:
        """What becomes of a start that this client makes no more, as the end of a sentence."""
        if isinstance(self.shelf, StoreJournal):
            return ". It is kept, and a2e.unfinished() goes on with it after a restart"
        return ""

    @property
    def why_stopped(self) -> str:
        """Why a start is made no more, as a sentence without its end."""
        return f"the client was closed or drained before this job was started{self.afterwards}"

    @property
    def seconds(self) -> float:
        """How long a start is tried while nothing else goes well either."""
        return PATIENCE

    @property
    def limits(self) -> Sequence[Limits]:
        """The limits that a start needs a place under: the client's."""
        return self._limits

    def has_siblings(self, life: Any) -> None:
        """Have the further tasks of a start looked after."""
        self._look_after(life)

    def belongs(self, row: int, group: Hashable) -> None:
        """Take in whose start the one of an item is."""
        self._groups[row] = group

    def forget(self, row: int) -> None:
        """Forget whose it is."""
        self._groups.pop(row, None)

    def group_of(self, row: int) -> Hashable:
        """Tell whose start the one of an item is."""
        return self._groups.get(row)
