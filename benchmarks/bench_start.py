"""CPU time of a start, a read and a poll of a task, beside the same request with raw aiohttp.

Both take turns in one process and one run, against a server in another process; what counts is
the ratio. The raw side reads its answers as people write it, with `response.json()`; ours is
measured with orjson, which the extra ``fast`` brings, and without. Run it with
`nox -s bench -- start`.
"""

from __future__ import annotations

import asyncio
import importlib.util
import statistics
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias
from unittest import mock

import aiohttp

from a2e_async import A2E, wire
from benchmarks.client_by_hand import PATH
from benchmarks.ending import finish, over
from benchmarks.local_server import TASK, serving
from benchmarks.measuring import share

# Many short rounds: a neighbour on the machine disturbs few of them.
ROUNDS = 150
ROUND = 96
REQUESTS = 320
AT_ONCE = 32
# Without orjson, whose place the standard library takes, nothing is promised.
LIMITS = {"orjson": 1.4, "json": 1.6}

TOKEN = "sk_bench"
BODY = {
    "name": "a fox",
    "prompt": "a red fox in snow",
    "req_key": "high_aes_general_v21_L",
    "width": 1024,
    "height": 1024,
}
LOOK_TIMEOUT = 20.0

Request: TypeAlias = Callable[[], Awaitable[Any]]


async def cpu_of(request: Request, *, requests: int = REQUESTS) -> float:
    """Measure the CPU microseconds of one request, over many of them."""

    async def worker() -> None:
        for _ in range(requests // AT_ONCE):
            await request()

    begun = time.process_time()
    await asyncio.gather(*(worker() for _ in range(AT_ONCE)))
    return (time.process_time() - begun) / (requests // AT_ONCE * AT_ONCE) * 1e6


async def compare(ours: Request, raw: Request) -> list[tuple[float, float]]:
    """Measure both in turn; give the microseconds of ours and of the raw one in each round."""
    await cpu_of(ours)
    await cpu_of(raw)
    pairs: list[tuple[float, float]] = []
    for turn in range(ROUNDS):
        # Who goes first takes turns too: the machine's speed drifts.
        first, second = (ours, raw) if turn % 2 else (raw, ours)
        costs = await cpu_of(first, requests=ROUND), await cpu_of(second, requests=ROUND)
        pairs.append(costs if turn % 2 else (costs[1], costs[0]))
    return pairs


def told(name: str, pairs: list[tuple[float, float]]) -> dict[str, Any]:
    """Print what was measured, and give it."""
    mine, base = (statistics.median(column) for column in zip(*pairs, strict=True))
    low, ratio, high = (share([a / b for a, b in pairs], percent) for percent in (25, 50, 75))
    print(
        f"{name:12} a2e_async {mine:6.0f} µs   raw aiohttp {base:6.0f} µs   "
        f"ratio {ratio:.2f} (half of the rounds from {low:.2f} to {high:.2f})"
    )
    half = [round(low, 2), round(high, 2)]
    return {"ratio": round(ratio, 2), "half": half, "us": [round(mine), round(base)]}


def ours_on(a2e: A2E) -> dict[str, Request]:
    """Give the requests that are measured."""
    reader, product = a2e._core.reader, a2e.text_to_image.product  # noqa: SLF001  (no wait in it)
    return {
        "start": lambda: a2e.text_to_image.start(
            prompt="a red fox in snow", width=1024, height=1024
        ),
        "get": lambda: a2e.text_to_image.get(TASK["_id"]),
        "poll": lambda: reader.alone(product, TASK["_id"], None, read_timeout=LOOK_TIMEOUT),
    }


def raw_on(session: aiohttp.ClientSession, base_url: str) -> dict[str, Request]:
    """Give the same requests as people write them."""
    headers = {"Authorization": f"Bearer {TOKEN}"}

    async def start() -> str:
        url = f"{base_url}{PATH}/start"
        async with session.post(url, json=BODY, headers=headers) as response:
            return str((await response.json())["data"]["_id"])

    async def look() -> str:
        url = f"{base_url}{PATH}/{TASK['_id']}"
        async with session.get(url, headers=headers) as response:
            return str((await response.json())["data"]["current_status"])

    return {"start": start, "get": look, "poll": look}


async def measure(base_url: str, codec: str) -> dict[str, dict[str, Any]]:
    """Compare all requests."""
    async with A2E(TOKEN, base_url=base_url) as a2e, aiohttp.ClientSession() as session:
        raw = raw_on(session, base_url)
        return {
            name: told(f"{name} {codec}", await compare(request, raw[name]))
            for name, request in ours_on(a2e).items()
        }


def main() -> None:
    """Measure, and fail over a limit."""
    found = {}
    with serving(TASK) as base_url:
        if importlib.util.find_spec("orjson") is not None:
            found["orjson"] = asyncio.run(measure(base_url, "orjson"))
        with mock.patch.object(wire, "_orjson", None):
            found["json"] = asyncio.run(measure(base_url, "json"))
    missed = [
        words
        for codec, rows in found.items()
        for name, row in rows.items()
        for words in over(f"{name} with {codec}, times raw aiohttp", row["ratio"], LIMITS[codec])
    ]
    finish({"limits": LIMITS, **found}, missed)


if __name__ == "__main__":
    main()
