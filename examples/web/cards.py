"""What the page shows of a job, and how it is kept when the job has ended."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, Literal

import attrs

from a2e_async import JobStatus, Snapshot, describe

State = Literal["waiting", "running", "done", "failed", "cancelled"]

_CARD = "card.json"
_UPLOAD = "upload"
_ORPHAN_AGE = 24 * 3600.0


@attrs.frozen(kw_only=True)
class Card:
    """What a visitor sees of one order. Nothing of the service's is in here.

    Attributes:
        id: made by the page, the same however often an order is sent.
        kind: ``picture`` or ``video``.
        title: the prompt.
        created: when it was ordered, in seconds since 1970.
        state: where it stands.
        text: the same in words.
        position: place in line, from 1; None when it does not wait for a free place.
        progress: percent done, if anything tells.
        files: names of the results.
    """

    id: str
    kind: str
    title: str
    created: float
    state: State = "waiting"
    text: str = ""
    position: int | None = None
    progress: int | None = None
    files: tuple[str, ...] = ()

    def following(self, seen: Snapshot[Any]) -> Card:
        """Show what was seen of the job."""
        return attrs.evolve(
            self,
            state="waiting" if seen.token is None else "running",
            text="Almost there." if seen.status is JobStatus.COMPLETED else describe(seen),
            position=seen.position,
            progress=seen.progress,
        )

    def ended(self, state: State, text: str, files: Collection[str] = ()) -> Card:
        """Show how it ended."""
        return attrs.evolve(
            self, state=state, text=text, files=tuple(files), position=None, progress=None
        )


@attrs.frozen
class Shelf:
    """The cards of what has ended, with their files. All of its methods are blocking.

    Each card has a folder: ``<visitor>/<card>/`` with the uploaded picture, the results and, once
    all of it is there, ``card.json``.
    """

    folder: Path

    def place(self, visitor: str, card: str) -> Path:
        """Give the folder of a card."""
        return self.folder / visitor / card

    def keep(self, visitor: str, card: Card) -> None:
        """Keep a card that has ended. Doing it again changes nothing."""
        place = self.place(visitor, card.id)
        place.mkdir(parents=True, exist_ok=True)
        half = place / f"{_CARD}.part"
        with half.open("w", encoding="utf-8") as file:
            json.dump(attrs.asdict(card), file)
            file.flush()
            # The store forgets the job next: the card has to be on the disk by then.
            os.fsync(file.fileno())
        half.replace(place / _CARD)

    def find(self, visitor: str, card: str) -> Card | None:
        """Read a card that has ended."""
        try:
            read: dict[str, Any] = json.loads(
                (self.place(visitor, card) / _CARD).read_text("utf-8")
            )
        except FileNotFoundError:
            return None
        return Card(**{**read, "files": tuple(read["files"])})

    def all_of(self, visitor: str) -> list[Card]:
        """Read all cards of a visitor that have ended."""
        found = (self.find(visitor, place.name) for place in _folders(self.folder / visitor))
        return [card for card in found if card is not None]

    def file(self, visitor: str, card: str, name: str) -> Path | None:
        """Find a result by its name."""
        kept = self.find(visitor, card)
        return self.place(visitor, card) / name if kept and name in kept.files else None

    def keep_upload(self, visitor: str, card: str, suffix: str, data: bytes) -> None:
        """Keep the picture of an order, in place of an earlier one."""
        place = self.place(visitor, card)
        place.mkdir(parents=True, exist_ok=True)
        for earlier in place.glob(f"{_UPLOAD}.*"):
            earlier.unlink()
        (place / f"{_UPLOAD}{suffix}").write_bytes(data)

    def upload(self, visitor: str, card: str) -> Path | None:
        """Find the picture of an order."""
        return next(self.place(visitor, card).glob(f"{_UPLOAD}.*"), None)

    def remove_orphans(self, open_cards: Collection[tuple[str, str]]) -> None:
        """Remove pictures that were uploaded for orders that never came."""
        oldest = time.time() - _ORPHAN_AGE
        for visitor in _folders(self.folder):
            for place in _folders(visitor):
                used = (visitor.name, place.name) in open_cards or (place / _CARD).exists()
                if not used and place.stat().st_mtime < oldest:
                    shutil.rmtree(place)


def _folders(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from (place for place in folder.iterdir() if place.is_dir())
