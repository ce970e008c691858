"""A bot without a platform, as a process: ``python -m tests.store.killed URL DIR COUNT``.

It takes requests, some of them twice, and hands each result over by a line in a file.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

from a2e_async import A2E, A2EError, QueuedJob, TextToImage
from tests.batch.conftest import QUICK, SCHEDULE

IN_FLIGHT = 6


async def deliver(job: QueuedJob[Any], log: Path) -> None:
    try:
        record = await job
        line = {"tag": job.tag, "token": job.token, "outputs": len(record.outputs)}
    except A2EError as error:
        line = {"tag": job.tag, "error": type(error).__name__, "words": str(error)}
    with log.open("a") as file:
        file.write(json.dumps(line) + "\n")
        file.flush()
        os.fsync(file.fileno())
    await job.acknowledge()


async def main(url: str, directory: Path, count: int) -> None:
    store, log = directory / "jobs.db", directory / "log.jsonl"
    async with (
        A2E(base_url=url, store=store, in_flight=IN_FLIGHT, retry=QUICK, schedule=SCHEDULE) as a2e,
        asyncio.TaskGroup() as group,
    ):
        for number in range(count):
            request = TextToImage(prompt=f"a red fox, number {number}")
            await a2e.enqueue(request, key=f"request {number}", tag=number, group=f"{number % 3}")
        async for job in a2e.unfinished():
            group.create_task(deliver(job, log))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])))
