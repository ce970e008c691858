"""What the tests of the journal put into it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from a2e_async import TextToImage
from a2e_async.journal import state as steps
from a2e_async.journal.item import Item, Note, State
from a2e_async.journal.journal import Journal

RECORD: dict[str, Any] = {
    "_id": "6" * 24,
    "current_status": "completed",
    "image_urls": ["https://cdn.example.com/a.png?X-Signature=abc"],
    "coins": 10,
    "nested": {"list": [1, 2.5, None, True, "ä\ud800"]},
}
NOTE = Note(type="JobFailed", message="no", status=200, code=1003, trace_id="t")


def image(number: int) -> TextToImage:
    return TextToImage(prompt=f"picture {number}")


def begun(item: Item) -> Item:
    return steps.begin(item, name=f"a2e-{item.row}", reserved=10, at=1.5)


def started(item: Item) -> Item:
    return steps.accept(begun(item), task_id=f"{item.row:024x}", coins=None, at=2.5)


def completed(item: Item) -> Item:
    return steps.end(
        started(item), state=State.COMPLETED, record=RECORD, coins=10, error=None, at=3.5
    )


def failed(item: Item) -> Item:
    return steps.end(started(item), state=State.FAILED, record=None, coins=0, error=NOTE, at=3.5)


async def all_of(journal: Journal) -> list[Item]:
    return [item async for item in journal.items()]


def names_in(folder: Path) -> list[str]:
    return sorted(it.name for it in folder.iterdir())


def content_of(folder: Path) -> bytes:
    """Everything that is in the files of a folder."""
    return b"".join(it.read_bytes() for it in sorted(folder.iterdir()))
