"""Records and scripts of the two products, as the service would answer them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from tests.support.scripted import Reply, Scripted, Seen, html, ok

IMAGES = "/api/v1/userText2Image"
START = f"{IMAGES}/start"
DETAIL = f"{IMAGES}/*"
BATCH = f"{IMAGES}/batchDetail"
LIST = f"{IMAGES}/allRecords"

VIDEO_START = "/api/v1/video/generate"
VIDEO_DETAIL = "/api/v1/video/awsResult"
VIDEO_LIST = "/api/v1/video/awsList"

URL = "https://assets.example/1.png?signature=1"
NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)


def image(task_id: str = "a", word: str = "processing", **more: Any) -> dict[str, Any]:
    urls = {"image_urls": [URL]} if word == "completed" else {}
    return {"_id": task_id, "current_status": word, **urls, **more}


def video(task_id: str = "v", word: str = "process", **more: Any) -> dict[str, Any]:
    result = {"result": "https://assets.example/1.mp4"} if word == "success" else {}
    return {"_id": task_id, "status": word, **result, **more}


def dated(data: Any, moment: datetime = NOON) -> Reply:
    """An answer that tells the service's time."""
    return Reply(ok(data).body, 200, {"Date": format_datetime(moment, usegmt=True)})


def iso(seconds: float, moment: datetime = NOON) -> str:
    return (moment + timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")


def started(scripted: Scripted) -> list[dict[str, Any]]:
    """The bodies of the image starts so far."""
    return [seen.json for seen in scripted.requests("POST", START)]


def listing(scripted: Scripted, **more: Any) -> Callable[[Seen], Reply]:
    """A list that holds the tasks started so far, newest first, on every page."""

    def answer(_: Seen) -> Reply:
        names = [body["name"] for body in started(scripted)]
        rows = [image(f"id-{n}", name=name, **more) for n, name in enumerate(names)]
        return dated({"rows": rows[::-1], "count": len(rows)})

    return answer


def many_at_once(answer: Callable[[str], dict[str, Any] | None]) -> Callable[[Seen], Reply]:
    """A batchDetail that knows the tasks for which `answer` gives a record."""
    return lambda seen: ok([found for key in seen.json["ids"] if (found := answer(key))])


NO_BATCH = html(404)


async def until(condition: Callable[[], object], seconds: float = 5.0) -> None:
    """Let the loop run until something has come true."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110  (anything may make it true)
            await asyncio.sleep(0.005)
