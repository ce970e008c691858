"""The database of a client's store, as its thread uses it: everything here blocks."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import Any

from a2e_async.errors import JournalError
from a2e_async.journal import kept, requests, rows, schema, state
from a2e_async.journal.admission import Admission, JournalConflict
from a2e_async.journal.database import Database
from a2e_async.journal.item import Item
from a2e_async.journal.kept import Kept


class KeptDatabase(Database):
    """A journal's database that also knows whose each item is, and what was handed over."""

    form = schema.STORE

    def keep(self, wanted: Admission, tag: str, group: Hashable, at: float) -> Kept:
        """Find the start of a key, or insert it as planned.

        Raises:
            JournalConflict: there is another request under the key.
        """
        found = self._of_key(wanted.key)
        [item] = self.admit([wanted.after(self.furthest)], at)
        if isinstance(item, JournalConflict):
            raise item
        if found is None:
            self._db.execute(schema.HANDOVER, kept.values(item.row, tag, group, None))
        return self.get(item)

    def begin_start(self, before: Item, after: rows.Fate) -> None:
        """Store that a start begins, unless somebody else has begun it meanwhile.

        Raises:
            JournalError: somebody has.
        """
        now = self.get(before).item
        if (now.state, now.attempts) != (before.state, before.attempts):
            words = f"item {before.row} is {now.state.value} by now; its start was not sent"
            raise JournalError(f"store {self.path}: {words}", path=self.path)
        self.write([after])

    def accept_all(
        self, first: Kept, accepted: rows.Fate, others: Sequence[tuple[Admission, str, Any]]
    ) -> list[Kept]:
        """Store all tasks of a start that has made several.

        Args:
            first: the start.
            accepted: its item, accepted.
            others: of each further task, what admits it, its id and its coins.
        """
        self.write([accepted])
        tag, at = kept.pack_tag(first.tag), first.item.planned_at or 0.0
        found: list[Kept] = []
        for wanted, task_id, coins in others:
            made = self.keep(wanted, tag, first.group, at)
            item = state.sibling(made.item, first.item, task_id, coins)
            self.write([(item, rows.fate_values(item))])
            found.append(self.get(item))
        return found

    def _of_key(self, key: str | None) -> Any:
        if key is None:
            return None
        found = self._db.execute(schema.BY_KEY, (key,)).fetchone()
        if found is not None:
            # The same key may be given again and again here.
            self.forget_admission(found[0])
        return found

    def get(self, item: Item) -> Kept:
        """Read what is kept of an item."""
        [found] = self._read(schema.KEPT_BY_ROW, (item.row,))
        return found

    def find(self, kind: str, task_id: str) -> Kept | None:
        """Read what is kept of the start of a task; None if it was not made by this store."""
        return next(iter(self._read(schema.KEPT_BY_TASK, (kind, task_id))), None)

    def open_rows(self, after: int, group: Hashable, size: int) -> list[int]:
        """Read the rows of what was not handed over yet.

        Args:
            after: the last one before them.
            group: only those of this group; None for all.
            size: how many at most.
        """
        found = self._db.execute(schema.KEPT_OPEN, (after, group, group, size))
        return [row for (row,) in found.fetchall()]

    def under_way(self, after: int, size: int) -> list[Kept]:
        """Read what has a task, or may have one, and was not handed over."""
        return self._read(schema.KEPT_UNDER_WAY, (after, size))

    def at(self, row: int) -> Kept | None:
        """Read what is kept under a row; None if nothing is any more."""
        return next(iter(self._read(schema.KEPT_BY_ROW, (row,))), None)

    def hand_over(self, row: int, *, tag: str | None, at: float | None) -> None:
        """Note another tag, or that it was handed over; None leaves what there is."""
        for it in self._read(schema.KEPT_BY_ROW, (row,)):
            text = kept.pack_tag(it.tag) if tag is None else tag
            when = it.acknowledged_at if at is None else at
            self._db.execute(schema.HANDOVER, kept.values(row, text, it.group, when))

    def spent(self, group: Hashable, since: float) -> float:
        """Add up the coins of the starts of a group, or of all, from a moment on."""
        return float(self._db.execute(schema.KEPT_SPENT, (since, group, group)).fetchone()[0])

    def prune(self, acknowledged: float, ended: float, most: int) -> int:
        """Forget what was handed over before one moment, or has ended before another.

        Args:
            acknowledged: the first moment, in seconds since 1970.
            ended: the second one.
            most: how many at the most.

        Returns:
            How many were forgotten.
        """
        found = self._db.execute(schema.KEPT_OLD, (acknowledged, ended, most)).fetchall()
        for table in ("plan", "fate", "task", "handover"):
            self._db.executemany(f"DELETE FROM {table} WHERE row = ?", found)  # noqa: S608
        return len(found)

    def prune_media(self) -> None:
        """Forget media that no request names any more."""
        kept_ones = {digest for (digest,) in self._db.execute("SELECT digest FROM content")}
        if not kept_ones:
            return
        for (text,) in self._db.execute(schema.WITH_MEDIA):
            kept_ones.difference_update(requests.digests(text))
        gone = [(digest,) for digest in kept_ones]
        self._db.executemany("DELETE FROM content WHERE digest = ?", gone)

    def _read(self, statement: str, values: Sequence[Any]) -> list[Kept]:
        found: Iterable[Sequence[Any]] = self._db.execute(statement, tuple(values)).fetchall()
        return [kept.read(row) for row in found]
