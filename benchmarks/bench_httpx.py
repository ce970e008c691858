"""CPU time of a start, and of a look at a task, beside the same request made with httpx.

Both take turns in one process and one run, as beside raw aiohttp (`bench_start`). Run it with
`nox -s bench -- httpx`.
"""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Awaitable, Callable
from typing import Any

from a2e_async import A2E
from benchmarks.bench_start import cpu_of
from benchmarks.client_a2e import TOKEN, start_image
from benchmarks.client_by_hand import BODY, PATH
from benchmarks.ending import finish
from benchmarks.local_server import TASK, serving
from benchmarks.measuring import spread
from benchmarks.peers import load

ROUNDS = 8


async def ratios(ours: Callable[[], Awaitable[Any]], theirs: Callable[[], Any]) -> list[float]:
    """Measure both in turn; give how many times the CPU of ours theirs takes, in each round."""
    return [await cpu_of(theirs) / await cpu_of(ours) for _ in range(ROUNDS)]


async def measure(base_url: str) -> dict[str, list[float]]:
    """Compare starts, then looks."""
    httpx = load("httpx")
    headers = {"Authorization": f"Bearer {TOKEN}"}
    detail = f"{PATH}/{TASK['_id']}"
    async with (
        A2E(TOKEN, base_url=base_url) as a2e,
        httpx.AsyncClient(base_url=base_url, headers=headers) as http,
    ):

        async def start() -> str:
            answer = await http.post(f"{PATH}/start", json=BODY)
            return str(answer.json()["data"]["_id"])

        async def look() -> str:
            return str((await http.get(detail)).json()["data"]["current_status"])

        async def our_look() -> None:
            await a2e.text_to_image.get(TASK["_id"])

        return {
            "start": spread(await ratios(lambda: start_image(a2e), start)),
            "look": spread(await ratios(our_look, look)),
        }


def main() -> None:
    """Measure and print."""
    with serving(TASK) as base_url:
        found = asyncio.run(measure(base_url))
    for what, (median, low, high) in found.items():
        print(f"{what:6} httpx takes {median:.1f} times the CPU of a2e_async ({low} to {high})")
    finish({**found, "httpx": statistics.median(row[0] for row in found.values())})


if __name__ == "__main__":
    main()
