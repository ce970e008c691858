"""The page of a bulk run: one self-contained ``index.html`` beside the run's files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from a2e_async.batch.report.disk import replace_file
from a2e_async.batch.report.entries import entry_of
from a2e_async.batch.report.gallery import Gallery
from a2e_async.batch.report.page import assemble

PAGE = "index.html"


def write_report(
    directory: Path, rows: Iterable[Mapping[str, Any]], *, title: str, now: datetime
) -> Path:
    """Write the page of a run. It blocks: call it in a thread.

    Pictures and videos get a thumbnail in ``files/.thumbnails`` where Pillow (and PyAV for videos)
    can be imported, which the extra ``report`` brings; without them the page shows the files
    themselves. A thumbnail is made once, and again only when its file has changed. A damaged or
    missing file never stops the page.

    Args:
        directory: the run's directory, in which the page is written. The rows' files are relative
            to it; what lies outside is named on the page, but not shown.
        rows: one object per item, as in ``results.jsonl``. They are untrusted: whatever they hold
            is shown as text, and a field of a wrong type as if it were not there.
        title: the page's title, such as the name of the run.
        now: when the page is written, with a time zone.

    Returns:
        The path of the page, which is replaced in one step.

    Raises:
        ValueError: ``now`` has no time zone.
        OSError: the page cannot be written.
    """
    if now.tzinfo is None:
        raise ValueError(f"now: {now!r} has no time zone, use datetime.now(UTC)")
    entries = tuple(map(entry_of, rows))
    media = Gallery(directory).describe(name for entry in entries for name in entry.files)
    text = assemble(entries, media, title=title, now=now.timestamp())
    target = directory / PAGE
    # Half of a surrogate pair in a row is no character, and no reason to have no page.
    replace_file(target, text.encode("utf-8", "replace"))
    return target
