"""A process that works on a journal until it is killed: ``python -m tests.journal.child``.

For each item it sends its starts to a "service", which is a file that only grows, as a batch would
send them over the network: the intent is written first, and the task's id after the answer.
"""

from __future__ import annotations

import asyncio
import os
import random
import sys
import time
from pathlib import Path

from a2e_async.journal import state as steps
from a2e_async.journal.item import Item, State
from a2e_async.journal.journal import Journal
from tests.journal.samples import RECORD, image


def send(service: int, *words: object) -> None:
    # One write each, so that none is torn by the kill.
    os.write(service, f"{' '.join(map(str, words))}\n".encode())


async def work(journal: Journal, item: Item, service: int, seen: dict[str, str]) -> None:
    """Bring an item as far as it goes, as a batch does."""
    if item.state is State.UNCERTAIN:
        found = seen.get(str(item.name))
        item = (
            steps.accept(item, task_id=found, coins=10, at=time.time())
            if found
            else steps.absent(item)
        )
        await journal.write(item)
    if item.state is State.PLANNED:
        name = f"a2e-{item.row}-{item.attempts}"
        item = steps.begin(item, name=name, reserved=10, at=time.time())
        await journal.write(item)
        send(service, "start", item.index, name, f"task-{name}")
        await asyncio.sleep(random.random() / 500)
        item = steps.accept(item, task_id=f"task-{name}", coins=10, at=time.time())
        await journal.write(item)
        send(service, "told", item.index, item.task_id)
    if item.state is State.STARTED:
        await asyncio.sleep(random.random() / 500)
        item = steps.end(
            item, state=State.COMPLETED, record=RECORD, coins=10, error=None, at=time.time()
        )
        await journal.write(item)
        send(service, "ended", item.index, item.task_id)


def tasks_of(service: Path) -> dict[str, str]:
    lines = [line.split() for line in service.read_text().splitlines()]
    return {line[2]: line[3] for line in lines if line[0] == "start"}


async def main(path: Path, service_path: Path, items: int) -> None:
    seen = tasks_of(service_path)
    service = os.open(service_path, os.O_WRONLY | os.O_APPEND)
    async with await Journal.open(path) as journal:
        sys.stdout.write("open\n")
        sys.stdout.flush()
        given = [(number, f"key {number}", image(number)) for number in range(items)]
        found = [it for it in await journal.admit_all(given) if isinstance(it, Item)]
        gate = asyncio.Semaphore(16)

        async def one(item: Item) -> None:
            async with gate:
                await work(journal, item, service, seen)

        await asyncio.gather(*map(one, found))
        sys.stdout.write("done\n")
        sys.stdout.flush()
        if sys.argv[4:] == ["stay"]:
            await asyncio.sleep(60)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])))
