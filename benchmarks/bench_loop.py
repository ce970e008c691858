"""How long the event loop is held while many jobs wait, end and start, and results download.

The server is in another process. What counts is the CPU time of each callback, the client's own and
that of the few lines here that use it; its time by the clock also holds what the machine does for
others. A full collection of garbage is Python's, goes through whatever the process has loaded, and
is told apart. Run it with `nox -s bench -- loop`.
"""

from __future__ import annotations

import asyncio
import random
import tempfile
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator
from functools import partial
from itertools import islice
from typing import Any, TypeAlias

from a2e_async import A2E, Job
from benchmarks import wire_a2e
from benchmarks.client import Target
from benchmarks.client_a2e import client_on, start_image, start_video
from benchmarks.ending import finish, over
from benchmarks.holding import watching
from benchmarks.local_server import simulating
from benchmarks.measuring import table
from benchmarks.service import Request, Service

Start: TypeAlias = Callable[[A2E], Awaitable[Job[Any]]]

WAITING = 1_000
DOWNLOADS = 50
SECONDS = 20.0
LIMIT_MS = 20.0

_STARTING_AT_ONCE = 50
# Seconds that tasks take: some end all the time that is measured.
_SHORTEST, _LONGEST = 2.0, 60.0
_FILES = {b".png": b"\x89PNG\r\n\x1a\n", b".mp4": b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom"}
_FILE_SIZE = 4 * 2**20
_ASSETS = b"https://assets.example.com"

WAYS: dict[str, Start] = {"batchDetail": start_image, "list": start_video}
"""How the waiting jobs are looked at, and what is started for that."""


def answer(service: Service, request: Request) -> tuple[int, bytes]:
    """Answer as the service does, and as the host of the results."""
    head = _FILES.get(request.path[-4:].encode())
    if head is not None:
        return 200, head.ljust(_FILE_SIZE, b"\0")
    status, body = wire_a2e.answer(service, request)
    return status, body.replace(_ASSETS, request.origin.encode())


def _durations() -> Iterator[float]:
    source = random.Random(0)
    while True:
        yield source.uniform(_SHORTEST, _LONGEST)


async def _wait_for_ever(
    start: Callable[[], Awaitable[Job[Any]]],
    places: asyncio.Semaphore,
    done: asyncio.Queue[Job[Any]],
) -> None:
    while True:
        async with places:
            job = await start()
        await job
        done.put_nowait(job)


async def _download_for_ever(done: asyncio.Queue[Job[Any]], folder: str, stem: str) -> None:
    while True:
        job = await done.get()
        await job.download(folder, stem=stem)
        # There are always some that download, however few end.
        done.put_nowait(job)


async def _begin(works: Iterable[Coroutine[Any, Any, None]]) -> list[asyncio.Task[None]]:
    tasks = []
    for work in works:
        tasks.append(asyncio.create_task(work))
        # That all begin in one turn would be the fault of whoever lets them.
        await asyncio.sleep(0)
    return tasks


async def _end(tasks: Iterable[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def first_uses(base_url: str) -> dict[str, float]:
    """Use a client for the first time in this process; give the longest callback of each use."""
    found = {}

    async def note(use: str, work: Awaitable[Any]) -> Any:
        with watching() as held:
            result = await work
            await asyncio.sleep(0)
        found[use] = held.row()["cpu_max"]
        return result

    async with client_on(Target(base_url)) as a2e:
        job = await note("start", asyncio.ensure_future(start_image(a2e)))
        await note("wait", asyncio.ensure_future(job.wait()))
        with tempfile.TemporaryDirectory() as folder:
            await note("download", asyncio.ensure_future(job.download(folder)))
    return found


async def measure(base_url: str, start: Start) -> dict[str, Any]:
    """Let jobs wait and results download for a while; give how long the loop was held."""
    places, done = asyncio.Semaphore(_STARTING_AT_ONCE), asyncio.Queue[Job[Any]]()
    with tempfile.TemporaryDirectory() as folder:
        async with client_on(Target(base_url)) as a2e:
            works = [_wait_for_ever(partial(start, a2e), places, done) for _ in range(WAITING)]
            works += [_download_for_ever(done, folder, str(n)) for n in range(DOWNLOADS)]
            with watching() as held:
                tasks = await _begin(works)
                await asyncio.sleep(SECONDS)
            await a2e.drain(timeout=0)
            await _end(tasks)
    return held.row()


def missed(results: dict[str, Any]) -> list[str]:
    """Tell in words which limits the results miss."""
    found = []
    for use, longest in results["first"].items():
        found += over(f"the first {use}, CPU ms of one callback", longest, LIMIT_MS)
    for row in results["rows"]:
        what = f"jobs looked at by {row['way']}, CPU ms of one"
        found += over(f"{what} callback ({row['longest']})", row["cpu_max"], LIMIT_MS)
        found += over(f"{what} turn of the loop", row["turn_max"], LIMIT_MS)
    return found


def main() -> None:
    """Measure, print, and fail over a limit."""
    with simulating(answer, [1.0]) as base_url:
        first = asyncio.run(first_uses(base_url))
    rows = []
    for way, start in WAYS.items():
        with simulating(answer, [*islice(_durations(), 20 * WAITING)]) as base_url:
            rows.append({"way": way, **asyncio.run(measure(base_url, start))})
    print("first uses, ms:", ", ".join(f"{use} {longest:.1f}" for use, longest in first.items()))
    print(table([[*rows[0]], *([*row.values()] for row in rows)]))
    results = {"waiting": WAITING, "downloads": DOWNLOADS, "first": first, "rows": rows}
    finish(results, missed(results))


if __name__ == "__main__":
    main()
