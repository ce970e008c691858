"""A local service that counts: what is under way at once, and when starts come."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from tests.jobs.service import (
    BATCH,
    DETAIL,
    LIST,
    START,
    VIDEO_DETAIL,
    VIDEO_LIST,
    VIDEO_START,
    image,
    many_at_once,
    video,
)
from tests.support.scripted import Reply, Scripted, Seen, ok, says

IMAGE, VIDEO = "text_to_image", "avatar_video"
WORDS = {IMAGE: ("processing", "completed"), VIDEO: ("process", "success")}


class Counted:
    """Images and avatar videos that take so many seconds each.

    Attributes:
        seconds: how long a task takes from now on; None for ever.
        delay: seconds until a start is answered, which the task has by then begun.
        capacity: how many tasks it takes at once; further starts are answered with `full`.
        full: the answer of a full house.
        faults: what happens to the next starts, in place of what is right: "refused", "lost" (made,
            and not answered), "busy" (429) or "fine".
        starts: when each start was sent that came, made or not.
        names: the names (prompts) of the tasks that were made, in order.
        peak: the most tasks under way at once; by kind too.
    """

    def __init__(self, scripted: Scripted, *, seconds: float | None = 0.1) -> None:
        self.seconds = seconds
        self.delay = 0.0
        self.capacity: int | None = None
        self.full = says({"message": "Too Many Requests"}, 429)
        self.faults: list[str] = []
        self.starts: list[float] = []
        self.names: list[str] = []
        self.peak: Counter[str] = Counter()
        self._tasks: dict[str, tuple[str, str, float]] = {}
        scripted.on("POST", START, self._start(IMAGE)).on("POST", VIDEO_START, self._start(VIDEO))
        scripted.on("GET", DETAIL, lambda seen: self._detail(seen.path.rpartition("/")[2]))
        scripted.on("POST", BATCH, many_at_once(self._record))
        scripted.on("POST", VIDEO_DETAIL, lambda seen: ok([self._record(seen.json["_id"])]))
        scripted.on("GET", LIST, lambda _: self._list(IMAGE))
        scripted.on("GET", VIDEO_LIST, lambda _: ok({"data": self._rows(VIDEO)}))

    def under_way(self, kind: str | None = None) -> int:
        now = time.monotonic()
        return sum(end > now and kind in (None, of) for of, _, end in self._tasks.values())

    def finish(self, name: str | None = None) -> None:
        """End a task, or all."""
        now = time.monotonic()
        for key, (kind, named, end) in self._tasks.items():
            if name in (None, named):
                self._tasks[key] = (kind, named, min(end, now))

    def most_in(self, seconds: float) -> int:
        """The most starts in any so many seconds."""
        return max(
            sum(first <= start < first + seconds for start in self.starts) for first in self.starts
        )

    def _start(self, kind: str) -> Callable[[Seen], Any]:
        async def answer(seen: Seen) -> Reply:
            self.starts.append(time.monotonic())
            fault = self.faults.pop(0) if self.faults else "fine"
            if fault == "refused":
                return says({"code": 1003, "message": "a minor under 10"})
            if fault == "busy" or (self.capacity is not None and self.under_way() >= self.capacity):
                return self.full
            records = [self.make(kind, seen.json) for _ in range(seen.json.get("max_images", 1))]
            self.peak[kind] = max(self.peak[kind], self.under_way(kind))
            self.peak["all"] = max(self.peak["all"], self.under_way())
            await asyncio.sleep(self.delay)
            return Reply(drop=True) if fault == "lost" else ok(records)

        return answer

    def make(self, kind: str, body: dict[str, Any]) -> dict[str, Any]:
        """Begin a task, and give its record."""
        key = f"{len(self._tasks):024x}"
        seconds = float("inf") if self.seconds is None else self.seconds
        name = str(body.get("name") or body.get("title"))
        self.names.append(str(body.get("prompt") or name))
        self._tasks[key] = (kind, name, time.monotonic() + seconds)
        return self._record(key)

    def _record(self, key: str) -> dict[str, Any]:
        kind, name, end = self._tasks[key]
        word = WORDS[kind][end <= time.monotonic()]
        if kind == IMAGE:
            return image(key, word, name=name)
        return video(key, word, title=name)

    def _detail(self, key: str) -> Reply:
        return ok(self._record(key))

    def _rows(self, kind: str) -> list[dict[str, Any]]:
        keys = [key for key, (of, _, _) in self._tasks.items() if of == kind]
        return [self._record(key) for key in reversed(keys)]

    def _list(self, kind: str) -> Reply:
        rows = self._rows(kind)
        return ok({"rows": rows[:50], "count": len(rows)})
