"""Runs made up for the page: rows as in results.jsonl, and the files that they name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from a2e_async.batch.report import write_report
from a2e_async.sandbox.media import videos
from a2e_async.sandbox.media.specs import VideoSpec

BEGIN = datetime(2026, 11, 21, 21, 0, tzinfo=UTC)
NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)


def at(seconds: float) -> str:
    return (BEGIN + timedelta(seconds=seconds)).isoformat()


def row(index: int, status: str = "completed", **fields: Any) -> dict[str, Any]:
    ended = at(index + 10) if status in {"completed", "failed"} else None
    prompt = fields.pop("prompt", f"prompt number {index}")
    return {
        "index": index,
        "key": f"key-{index}",
        "kind": "text_to_image",
        "status": status,
        "prompt": prompt,
        "request": {"prompt": prompt, "width": 1024},
        "name": f"name-{index}",
        "token": f"text_to_image:{index:024x}",
        "coins": 10 if status == "completed" else None,
        "files": [],
        "error": None,
        "planned_at": at(0),
        "started_at": at(index) if status != "planned" else None,
        "ended_at": ended,
        "record": {"_id": f"{index:024x}"},
        **fields,
    }


def failed(index: int, message: str, **fields: Any) -> dict[str, Any]:
    error = {"type": "JobFailed", "message": message, "status": None, "code": None}
    return row(index, "failed", error=error, **fields)


def write(directory: Path, *rows: Any, title: str = "A run") -> Path:
    return write_report(directory, iter(rows), title=title, now=NOW)


def picture(path: Path, size: tuple[int, int] = (640, 480), colour: str = "teal") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Not by the path's extension: a name may be anything.
    buffer = BytesIO()
    Image.new("RGB", size, colour).save(buffer, "PNG")
    path.write_bytes(buffer.getvalue())
    return path


@cache
def film_bytes() -> bytes:
    return videos.render(VideoSpec(text="A film", width=320, height=180, seed="film"))


def film(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(film_bytes())
    return path
