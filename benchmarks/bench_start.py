"""CPU time of a start, and of a look at a task, beside the same request made with raw aiohttp.

Both take turns in one process and one run, against a server in another process; what counts is
the ratio. Run it with `nox -s bench -- start`.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import time
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
from local_server import TASK, serving

from a2e_async import A2E

ROUNDS = 60
REQUESTS = 320
AT_ONCE = 32
LIMIT = 1.6


async def cpu_of(request: Callable[[], Awaitable[Any]]) -> float:
    """Measure the CPU microseconds of one request, over many of them."""

    async def worker() -> None:
        for _ in range(REQUESTS // AT_ONCE):
            await request()

    begun = time.process_time()
    await asyncio.gather(*(worker() for _ in range(AT_ONCE)))
    return (time.process_time() - begun) / (REQUESTS // AT_ONCE * AT_ONCE) * 1e6


async def compare(name: str, ours: Callable[[], Awaitable[Any]], raw: Callable[[], Any]) -> float:
    """Measure both in turn, and print the figures."""
    await cpu_of(ours)
    await cpu_of(raw)
    pairs: list[tuple[float, float]] = []
    for turn in range(ROUNDS):
        # Who goes first takes turns too: the machine's speed drifts.
        first, second = (ours, raw) if turn % 2 else (raw, ours)
        costs = await cpu_of(first), await cpu_of(second)
        pairs.append(costs if turn % 2 else (costs[1], costs[0]))
    mine = statistics.median(cost for cost, _ in pairs)
    base = statistics.median(cost for _, cost in pairs)
    low, _, high = statistics.quantiles((mine / base for mine, base in pairs), n=4)
    print(
        f"{name:6} a2e_async {mine:6.0f} µs   raw aiohttp {base:6.0f} µs   "
        f"ratio {mine / base:.2f} (half of the rounds from {low:.2f} to {high:.2f})"
    )
    return mine / base


async def measure(base_url: str) -> float:
    """Compare starts, then looks; give the larger ratio."""
    headers = {"Authorization": "Bearer sk_bench"}
    body = {
        "name": "a fox",
        "prompt": "a red fox in snow",
        "req_key": "high_aes_general_v21_L",
        "width": 1024,
        "height": 1024,
    }
    async with A2E("sk_bench", base_url=base_url) as a2e, aiohttp.ClientSession() as session:

        async def start() -> None:
            await a2e.text_to_image.start(prompt="a red fox in snow", width=1024, height=1024)

        async def raw_start() -> str:
            url = f"{base_url}/api/v1/userText2Image/start"
            async with session.post(url, json=body, headers=headers) as response:
                answer = await response.json()
            return str(answer["data"]["_id"])

        async def look() -> None:
            await a2e.text_to_image.get(TASK["_id"])

        async def raw_look() -> str:
            url = f"{base_url}/api/v1/userText2Image/{TASK['_id']}"
            async with session.get(url, headers=headers) as response:
                answer = await response.json()
            return str(answer["data"]["current_status"])

        return max(await compare("start", start, raw_start), await compare("look", look, raw_look))


def main() -> None:
    """Measure, and fail over the limit."""
    with serving(TASK) as base_url:
        worst = asyncio.run(measure(base_url))
    print(json.dumps({"aiohttp": aiohttp.__version__, "limit": LIMIT, "worst": round(worst, 2)}))
    if worst > LIMIT:
        raise SystemExit(f"a request costs {worst:.2f} times raw aiohttp's, more than {LIMIT}")


if __name__ == "__main__":
    main()
