"""What is kept of an order, on the disk."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from a2e_async import JobStatus, Snapshot
from examples.web.cards import Card, Shelf

CARD = Card(id="0123456789abcdef", kind="picture", title="a lake", created=7.0)
LONG_AGO = 1_000_000_000


def test_a_card_comes_back_as_it_was_kept(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    assert shelf.find("ann", CARD.id) is None
    done = CARD.ended("done", "Ready.", ["result.png"])
    for _ in range(2):
        shelf.keep("ann", done)
    assert shelf.find("ann", CARD.id) == done
    assert shelf.all_of("ann") == [done]
    assert shelf.all_of("bob") == []
    assert shelf.file("ann", CARD.id, "result.png") == tmp_path / "ann" / CARD.id / "result.png"
    assert shelf.file("ann", CARD.id, "card.json") is None


def test_pictures_of_orders_that_never_came_are_removed(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.remove_orphans([])
    for name in ("orphan", "fresh", "open", "ended"):
        shelf.keep_upload("ann", name, ".jpg", b"first")
        shelf.keep_upload("ann", name, ".png", b"second")
        if name != "fresh":
            os.utime(shelf.place("ann", name), (LONG_AGO, LONG_AGO))
    shelf.place("ann", "ended").joinpath("card.json").write_text("{}")
    shelf.remove_orphans([("ann", "open")])
    left = {place.name for place in (tmp_path / "ann").iterdir()}
    assert left == {"fresh", "open", "ended"}
    upload = shelf.upload("ann", "open")
    assert upload is not None
    assert (upload.name, upload.read_bytes()) == ("upload.png", b"second")


def test_a_result_that_is_not_fetched_yet_is_not_said_to_be_ready() -> None:
    seen: Snapshot[Any] = Snapshot(
        kind="text_to_image", token="text_to_image:1", status=JobStatus.COMPLETED
    )
    card = CARD.following(seen)
    assert (card.state, card.text) == ("running", "Almost there.")
