"""The journal's database, as its thread uses it: everything here blocks."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import Any, ClassVar, Self

from a2e_async.errors import JournalError, redact
from a2e_async.journal import faults, opening, requests, rows, schema, state
from a2e_async.journal.admission import Admission, JournalConflict, check_again
from a2e_async.journal.item import Item, State
from a2e_async.journal.known import Known
from a2e_async.journal.requests import Packed
from a2e_async.journal.rows import Damaged
from a2e_async.journal.summary import Summary
from a2e_async.tasks.request import Request

_LARGEST_STATEMENT = 32
"""Items that one statement stores. A statement for each would wait for the interpreter's lock as
often, and the loop would have to wait for it in turn."""
_MOST_IDS = 200


class Database:
    """A journal's file, open.

    Attributes:
        form: what files it opens.
        path: the file.
        furthest: the largest index of an item, -1 if there is none.
    """

    form: ClassVar[schema.Form] = schema.JOURNAL

    def __init__(self, path: Path, db: sqlite3.Connection, opened: str | None) -> None:
        """Use a connection; the name of the opening is None for one that only reads."""
        self.path = path
        self._db = db
        self._opening = opened
        self._admitted = bytearray()
        self._last = opening.one(db, "SELECT coalesce(max(row), 0) FROM plan")
        self.furthest = opening.one(db, "SELECT coalesce(max(position), -1) FROM plan")

    @classmethod
    def for_writing(cls, path: Path, *, create: bool) -> Self:
        """Open a journal as the only one that writes it; what a crash left open is recovered.

        Raises:
            JournalError: it cannot be used.
        """
        try:
            db, opened = opening.for_writing(path, cls.form, create=create)
        except (sqlite3.Error, Damaged, OSError, UnicodeDecodeError) as error:
            raise faults.explain(path, error) from error
        found = cls(path, db, opened)
        try:
            found._recover()
            found.commit()
            found.begin()
        except (sqlite3.Error, Damaged, UnicodeDecodeError) as error:
            db.close()
            raise faults.explain(path, error) from error
        return found

    @classmethod
    def for_reading(cls, path: Path) -> Self:
        """Open a journal to look at it.

        Raises:
            JournalError: it cannot be used.
        """
        try:
            return cls(path, opening.for_reading(path, cls.form), None)
        except (sqlite3.Error, Damaged, OSError, UnicodeDecodeError) as error:
            raise faults.explain(path, error) from error

    def begin(self) -> None:
        """Begin the next transaction."""
        if self._opening is not None:
            opening.begin(self._db, self._opening, self.path)

    def commit(self) -> None:
        """Put on the disk for good what was written."""
        self._db.execute("COMMIT")

    def close(self, *, broken: bool) -> None:
        """Close the file, and give it free for others.

        Args:
            broken: whether writing failed before, so that no more of it can be expected.
        """
        try:
            if self._opening is not None and not broken:
                self._db.execute("DELETE FROM owner")
                self.commit()
        finally:
            with suppress(sqlite3.Error):
                self._db.close()

    def roll_back(self) -> None:
        """Forget what was not committed."""
        with suppress(sqlite3.Error):
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")

    # Writing

    def admit(self, wanted: Sequence[Admission], at: float) -> list[Item | JournalConflict]:
        """Insert requests that are not there yet, and give the items of all.

        Args:
            wanted: the requests.
            at: the present, in seconds since 1970.

        Returns:
            For each its item, or why it has none.
        """
        return [self._admit(it, requests.dump(it.request), at) for it in wanted]

    def forget_admission(self, row: int) -> None:
        """Let an item be admitted once more."""
        _Bits(self._admitted).discard(row)

    def write(self, fates: Sequence[rows.Fate]) -> None:
        """Store what became of items, in this order."""
        for start in range(0, len(fates), _LARGEST_STATEMENT):
            some = fates[start : start + _LARGEST_STATEMENT]
            while some:
                # So few lengths that all statements stay prepared.
                count = 1 << (len(some).bit_length() - 1)
                values = chain.from_iterable(values for _, values in some[:count])
                self._db.execute(schema.fates(count), tuple(values))
                some = some[count:]
        found = [(it.kind, it.task_id, it.row) for it, _ in fates if it.task_id is not None]
        if found:
            self._db.executemany(schema.TASK, found)

    def note(self, field: str, value: Any) -> None:
        """Store a fact about the run, a JSON value."""
        text = json.dumps(redact(value))
        self._db.execute("REPLACE INTO meta VALUES (?, ?)", (field, text))

    # Reading

    def request(self, item: Item) -> Request[Any]:
        """Make the request of an item again.

        Raises:
            JournalError: this version does not have the product, or it takes other fields.
            Damaged: it is not what was written.
        """
        text = self._text(item)
        try:
            return requests.load(item.kind, text, self._content)
        except (KeyError, TypeError, ValueError) as error:
            raise JournalError(
                f"journal {self.path}: this version of a2e_async cannot make item {item.row} "
                f"({item.kind}) again: {error}. Use the version that wrote it",
                path=self.path,
            ) from error

    def page(self, after: tuple[int, int], states: tuple[State, ...], size: int) -> list[Item]:
        """Read the next items in order of their index.

        Args:
            after: index and row of the last one before them.
            states: only items in these; all if there are none.
            size: how many at most.
        """
        found = self._db.execute(schema.page(len(states)), (*after, *states, size))
        return [rows.read_item(row) for row in found.fetchall()]

    def summary(self) -> Summary:
        """Count the items and their coins."""
        return Summary.of(self._db.execute(schema.SUMMARY).fetchall())

    def knows(self, kind: str, task_id: str) -> bool:
        """Tell whether some item has this task, or had it before it was retried."""
        statement = "SELECT 1 FROM task WHERE kind = ? AND task_id = ?"
        return self._db.execute(statement, (kind, task_id)).fetchone() is not None

    def known(self, kind: str, task_ids: Sequence[str]) -> dict[str, Known]:
        """Read when tasks were started, those of them that items have now."""
        found: dict[str, Known] = {}
        for start in range(0, len(task_ids), _MOST_IDS):
            some = task_ids[start : start + _MOST_IDS]
            for task_id, name, *times in self._db.execute(schema.known(len(some)), (kind, *some)):
                begun, answered, ended = times
                found[task_id] = Known(name=name, begun=begun, answered=answered, ended=ended)
        return found

    def answered(self, kind: str, since: float) -> list[float]:
        """Read when the tasks of a kind were known, from a moment on, in order."""
        return [moment for (moment,) in self._db.execute(schema.ANSWERED, (kind, since))]

    def meta(self) -> dict[str, Any]:
        """Read the facts about the run."""
        found = self._db.execute("SELECT field, value FROM meta").fetchall()
        try:
            return {field: json.loads(value) for field, value in found}
        except ValueError as error:
            raise Damaged("a fact about the run") from error

    # Admission

    def _admit(self, wanted: Admission, packed: Packed, at: float) -> Item | JournalConflict:
        found = next(self._found(wanted), None)
        if found is None:
            item = self._insert(wanted, packed, at)
        else:
            item = rows.read_item(found)
            different = item.kind != packed.kind or item.fingerprint != packed.fingerprint
            fields = self._differing(item, packed) if different else None
            conflict = check_again(wanted, item, fields, twice=item.row in _Bits(self._admitted))
            if conflict is not None:
                return conflict
        _Bits(self._admitted).add(item.row)
        return item

    def _found(self, wanted: Admission) -> Iterator[Sequence[Any]]:
        """Find what is there for a request: by its key, or without one by its place.

        A place that was given with a key is not the same as one without: that the caller began or
        ceased to give keys is for `check_again` to refuse.
        """
        if wanted.key is not None:
            yield from self._db.execute(schema.BY_KEY, (wanted.key,)).fetchall()
        if wanted.index > self.furthest:
            return
        if wanted.key is not None:
            found = self._db.execute(schema.BY_POSITION, (wanted.index,)).fetchall()
            yield from (row for row in found if row[2] is None)
        else:
            found = self._db.execute(schema.BY_POSITION, (wanted.index,)).fetchall()
            yield from sorted(found, key=lambda row: row[2] is not None)

    def _insert(self, wanted: Admission, packed: Packed, at: float) -> Item:
        row = self._last + 1
        values = rows.plan_values(row, wanted.index, wanted.key, packed, at)
        if packed.contents:
            contents = packed.contents.items()
            self._db.executemany("INSERT OR IGNORE INTO content VALUES (?, ?)", contents)
        self._db.execute(schema.PLAN, (*values, packed.text))
        self._last, self.furthest = row, max(self.furthest, wanted.index)
        return Item(
            row=row,
            index=wanted.index,
            key=wanted.key,
            kind=packed.kind,
            fingerprint=packed.fingerprint,
            planned_at=at,
        )

    def _differing(self, item: Item, packed: Packed) -> list[str]:
        if item.kind != packed.kind:
            return ["kind"]
        return requests.differing(self._text(item), packed.text)

    def _text(self, item: Item) -> str:
        found = self._db.execute("SELECT request FROM plan WHERE row = ?", (item.row,)).fetchone()
        if found is None or requests.fingerprint(item.kind, found[0]) != item.fingerprint:
            raise Damaged(f"the request of item {item.row}")
        text: str = found[0]
        return text

    def _content(self, digest: str) -> bytes:
        statement = "SELECT content FROM content WHERE digest = ?"
        found = self._db.execute(statement, (digest,)).fetchone()
        if found is None or requests.digest(found[0]) != digest:
            raise Damaged("media of a request")
        content: bytes = found[0]
        return content

    def _recover(self) -> None:
        found = self._db.execute(schema.BY_STATE, (State.STARTING,)).fetchall()
        items = [state.recovered(rows.read_item(row)) for row in found]
        self.write([(item, rows.fate_values(item)) for item in items])


class _Bits:
    """A set of small numbers, in an eighth of a byte each."""

    def __init__(self, held: bytearray) -> None:
        self._held = held

    def __contains__(self, number: int) -> bool:
        at, bit = divmod(number, 8)
        return at < len(self._held) and bool(self._held[at] >> bit & 1)

    def discard(self, number: int) -> None:
        at, bit = divmod(number, 8)
        if at < len(self._held):
            self._held[at] &= ~(1 << bit) & 0xFF

    def add(self, number: int) -> None:
        at, bit = divmod(number, 8)
        self._held.extend(bytes(max(0, at + 1 - len(self._held))))
        self._held[at] |= 1 << bit
