"""Many jobs of one look leave others the event loop in between."""

from __future__ import annotations

import asyncio
from collections import Counter

from a2e_async import A2E
from tests.jobs.service import VIDEO_LIST, video
from tests.support.scripted import Reply, Scripted, Seen, ok

IDS = [f"{number:024x}" for number in range(800)]


async def test_the_news_of_many_jobs_does_not_come_in_one_turn(
    client: A2E, scripted: Scripted
) -> None:
    def page(seen: Seen) -> Reply:
        number, size = int(seen.query["current"]), int(seen.query["pageSize"])
        rows = IDS[(number - 1) * size : number * size]
        return ok({"data": [video(key, "success") for key in rows], "total": len(IDS)})

    scripted.on("GET", VIDEO_LIST, page)
    turn, told = 0, Counter[int]()

    async def wait(key: str) -> None:
        await client.avatar_video.job(key).wait()
        told[turn] += 1

    waits = asyncio.gather(*map(wait, IDS))
    while not waits.done():
        await asyncio.sleep(0)
        turn += 1
    await waits
    assert scripted.count("GET", VIDEO_LIST) == len(scripted.seen) <= 10
    assert max(told.values()) <= len(IDS) / 4
