"""The rows of a manifest, and whether a journal can go on with them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import attrs

from a2e_async.cli.entry import BadRows
from a2e_async.cli.manifest import Entry
from a2e_async.journal import requests

_MOST = 5
"""Rows that are told: where one was put in between, all after it are others."""


def called(place: int, key: str | None) -> str:
    """Give what a row is called: its key, or else its index, as in the names of its files."""
    return f"#{place}" if key is None else f"key {key!r}"


@attrs.frozen
class Known:
    """A row, as a journal may know it.

    Attributes:
        line: where it stands in the manifest.
        key: its key, or None.
        fingerprint: of its request.
    """

    line: int
    key: str | None
    fingerprint: str

    @classmethod
    def of(cls, entry: Entry) -> Known:
        """Describe a row."""
        return cls(entry.line, entry.key, requests.dump(entry.request).fingerprint)


@attrs.define
class Register:
    """What a journal knows, to compare a manifest with.

    Attributes:
        by_key: fingerprints of the items that have a key.
        by_place: fingerprints of those that have none, by their places.
        keyed: places of items that have a key.
    """

    by_key: dict[str, str] = attrs.field(factory=dict)
    by_place: dict[int, str] = attrs.field(factory=dict)
    keyed: set[int] = attrs.field(factory=set)

    def add(self, place: int, key: str | None, fingerprint: str) -> None:
        """Take in an item."""
        if key is None:
            self.by_place[place] = fingerprint
        else:
            self.by_key[key] = fingerprint
            self.keyed.add(place)

    @property
    def count(self) -> int:
        """How many items it has."""
        return len(self.by_key) + len(self.by_place)

    def of(self, place: int, row: Known) -> str | None:
        """Give the fingerprint of the item that is a row's, None if there is none."""
        return self.by_place.get(place) if row.key is None else self.by_key.get(row.key)

    def wrong(self, place: int, row: Known) -> str | None:
        """Say why a row cannot go on with the journal; None if it can."""
        what = called(place, row.key)
        known = self.of(place, row)
        if known is not None and known != row.fingerprint:
            return f"{what}: the journal has another request for it"
        if row.key is None and known is None and place in self.keyed:
            return f"{what}: the journal has one with a key in its place"
        if row.key is not None and known is None and place in self.by_place:
            return f"{what}: the journal has one without a key in its place"
        return None

    def has_some_of(self, rows: Sequence[Known]) -> bool:
        """Tell whether some rows are known, wherever they stand."""
        known = {*self.by_key.values(), *self.by_place.values()}
        return any(row.fingerprint in known for row in rows)


def check_rows(rows: Sequence[Known], register: Register, root: Path, source: str) -> None:
    """Raise unless a manifest is the one that a journal has begun with, or more of it.

    Args:
        rows: the rows of the manifest.
        register: what the journal knows.
        root: the directory of the journal.
        source: the manifest's name.

    Raises:
        BadRows: some rows are others now.
        ValueError: the journal is another manifest's.
    """
    if not register.count:
        return
    wrong = [(row, register.wrong(place, row)) for place, row in enumerate(rows)]
    if not register.has_some_of(rows):
        raise ValueError(
            f"{root}: it has the run of another manifest: nothing of {source} is in its journal. "
            "Choose another directory"
        )
    errors = [ValueError(f"{source}:{row.line}: {what}") for row, what in wrong if what is not None]
    if errors:
        hint = "Rows may be added at the end, or anywhere where all have keys"
        other = f"for other changes choose another directory than {root}"
        errors[0] = ValueError(f"{errors[0]}. {hint}; {other}")
        raise BadRows(errors[:_MOST], len(errors[_MOST:]))
