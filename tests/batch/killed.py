"""A bulk run as a process of its own: ``python -m tests.batch.killed URL DIR COUNT``."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from a2e_async import A2E
from tests.batch.conftest import QUICK, SCHEDULE, keyed

IN_FLIGHT = 8


async def main(url: str, directory: Path, count: int) -> int:
    async with A2E(base_url=url, retry=QUICK, schedule=SCHEDULE, read_timeout=10) as a2e:
        batch = a2e.batch(
            keyed(count),
            in_flight=IN_FLIGHT,
            journal=directory / "journal.db",
            download_to=directory / "files",
            results=directory / "results.jsonl",
        )
        wrong = [outcome async for outcome in batch if not outcome.ok]
    for outcome in wrong:
        sys.stderr.write(f"{outcome.key}: {outcome.error!r}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))))
