"""A service of which each request is known to the moment, on the clock of a virtual loop.

Tests on it are as fast as the machine and come out the same on any: no time passes but that which
is slept through. It answers for all products, and wrongly where a test says so.
"""

from __future__ import annotations

import asyncio
import json
import math
import random
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from typing import Any, TypeAlias

import attrs

from a2e_async import A2E, Job, Schedule
from benchmarks import virtual
from benchmarks.client_a2e import TOKEN, SimulatedA2E
from benchmarks.service import Network, Request, Service

URL = "https://assets.example/1.bin"
ROOT = "/api/v1/"
ABSENT = 404, b"<!DOCTYPE html><html><body>Not here</body></html>"
UNKNOWN = 404, b'{"code": 404, "message": "no such task"}'

Answer: TypeAlias = tuple[int, bytes]
Rows: TypeAlias = list[dict[str, Any]]


@attrs.frozen
class Asked:
    """One request as it came: when, for what, and about how many tasks."""

    at: float
    kind: str
    path: str
    tasks: int = 1


@attrs.frozen
class Task:
    family: str
    begun: float
    ends: float


def ok(data: Any) -> Answer:
    return 200, json.dumps({"code": 0, "data": data}).encode()


def lognormal(count: int, seed: int, median: float = 6.0, sigma: float = 0.5) -> list[float]:
    source = random.Random(seed)
    return [source.lognormvariate(math.log(median), sigma) for _ in range(count)]


class World:
    """Tasks that end on time, and all that was asked about them.

    A test changes what is answered by the attributes: `batch` and `listed` get the right rows of an
    answer and give the answer, `detail` gets a task's row. Without `queues`, a task is said to be
    processing from its start. Each task that is started takes the next of the `durations`.
    """

    def __init__(
        self, durations: Iterable[float], *, mean: float | None = None, queues: bool = True
    ) -> None:
        self.asked: list[Asked] = []
        self.tasks: dict[str, Task] = {}
        self.mean = mean
        self.queues = queues
        self.batch: Callable[[Rows], Answer] = ok
        self.listed: Callable[[Rows], Answer] = lambda rows: ok({"rows": rows})
        self.detail: Callable[[dict[str, Any]], Answer] = ok
        self.durations = iter(durations)

    @property
    def looks(self) -> list[Asked]:
        """All requests that start nothing."""
        return [asked for asked in self.asked if asked.kind != "start"]

    def count(self, kind: str) -> int:
        return sum(asked.kind == kind for asked in self.asked)

    def answer(self, service: Service, request: Request) -> Answer:
        family, _, rest = request.path.removeprefix(ROOT).partition("/")
        body, now = request.body or {}, asyncio.get_running_loop().time()
        if rest in ("start", "generate", "add", "startDubbing"):
            self._note("start", request)
            return ok(self._row(self._start(family, now), now))
        if rest == "batchDetail":
            self._note("batch", request, len(body["ids"]))
            return self.batch([self._row(key, now) for key in body["ids"] if key in self.tasks])
        if rest == "avgProcessingTime":
            self._note("mean", request)
            return ABSENT if self.mean is None else ok({"avgProcessingTime": self.mean})
        if rest in ("allRecords", "awsList", "records", "trainingRecord"):
            self._note("list", request)
            return self.listed(self._page(family, request, now))
        self._note("detail", request)
        key = body.get("_id") or request.query.get("_id") or rest
        return self.detail(self._row(key, now)) if key in self.tasks else UNKNOWN

    def _note(self, kind: str, request: Request, tasks: int = 1) -> None:
        now = asyncio.get_running_loop().time()
        self.asked.append(Asked(now, kind, request.path, tasks))

    def _start(self, family: str, now: float) -> str:
        key = f"{len(self.tasks):024x}"
        self.tasks[key] = Task(family, now, now + next(self.durations))
        return key

    def _page(self, family: str, request: Request, now: float) -> Rows:
        rows = [self._row(key, now) for key, task in self.tasks.items() if task.family == family]
        number = int(request.query.get("current") or request.query.get("pageNum") or 1)
        size = int(request.query.get("pageSize", 1000))
        return rows[::-1][(number - 1) * size : number * size]

    def _row(self, key: str, now: float) -> dict[str, Any]:
        ended = now >= self.tasks[key].ends
        results = {"image_urls": [URL], "result_url": URL, "result": URL} if ended else {}
        word = "completed" if ended else self._word(now - self.tasks[key].begun)
        return {"_id": key, "current_status": word, "status": word, **results}

    def _word(self, age: float) -> str:
        words = zip(("initialized", "sent", "pending"), (0.3, 0.6, 1.0), strict=True)
        return next((word for word, until in words if self.queues and age < until), "processing")


class Client(SimulatedA2E):
    """The client as it is, on a world."""

    def __init__(self, world: World, schedule: Schedule | None = None) -> None:
        clock = asyncio.get_running_loop().time
        self._network = Network(Service([], clock), world.answer, seed=1)
        A2E.__init__(self, TOKEN, base_url="https://simulated.example", schedule=schedule)


Start: TypeAlias = Callable[[A2E], Awaitable[Job[Any]]]


async def image(a2e: A2E) -> Job[Any]:
    return await a2e.text_to_image.start(prompt="x")


async def video(a2e: A2E) -> Job[Any]:
    return await a2e.avatar_video.start(anchor_id="65ee", anchor_type=0, audio_src=f"{URL}.mp3")


async def preview(a2e: A2E) -> Job[Any]:
    """Start a task of a product that is read one by one only."""
    return await a2e.face_swap_preview.start(video_url=f"{URL}.mp4", face_url=f"{URL}.png")


@attrs.define
class Run:
    """What came of the jobs of a run: by how many seconds each was late, by the task's id."""

    world: World
    late: dict[str, float] = attrs.field(factory=dict)

    async def job(self, job: Job[Any]) -> None:
        record = await job
        assert record.outputs
        self.late[job.id] = asyncio.get_running_loop().time() - self.world.tasks[job.id].ends


def run(
    world: World,
    starts: Sequence[Start],
    *,
    schedule: Schedule | None = None,
    gap: float = 0.0,
) -> Run:
    """Run jobs to their ends on virtual time, started at once or so many seconds apart."""

    async def main() -> Run:
        result = Run(world)

        async def one(number: int, start: Start) -> None:
            await asyncio.sleep(number * gap)
            await result.job(await start(a2e))

        async with Client(world, schedule) as a2e:
            await asyncio.gather(*(one(n, start) for n, start in enumerate(starts)))
        return result

    random.seed(1)
    return virtual.run(main())


def alone(durations: Iterable[float], start: Start = image) -> int:
    """Count the requests of the same jobs, each polled alone by a client that knows of no other."""
    return sum(len(_one(duration, start).looks) for duration in durations)


def _one(duration: float, start: Start) -> World:
    world = World([duration])
    run(world, [start])
    return world


def busiest(moments: Sequence[float], seconds: float) -> int:
    """Count the requests of the busiest window of so many seconds."""
    return max(_in_windows(sorted(moments), seconds), default=0)


def _in_windows(moments: Sequence[float], seconds: float) -> Iterator[int]:
    first = 0
    for last, moment in enumerate(moments):
        while moments[first] < moment - seconds:
            first += 1
        yield last - first + 1
