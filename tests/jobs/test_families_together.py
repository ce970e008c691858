"""Families that cannot be read many at once, and all families at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from a2e_async import A2E, tasks
from tests.conftest import QUICK_SCHEDULE, TOKEN
from tests.jobs.together import FEW, IDS, wait_all
from tests.support.scripted import Reply, Scripted, Seen, html, ok

WITHOUT_BATCH = [kind for kind in A2E.kinds() if tasks.request_class(kind).product.batch is None]


@pytest.mark.parametrize("listed", [True, False])
@pytest.mark.parametrize("kind", WITHOUT_BATCH)
async def test_every_family_without_a_read_of_many(
    client: A2E, scripted: Scripted, kind: str, listed: bool
) -> None:
    product = tasks.request_class(kind).product
    shown = dict.fromkeys(FEW, 0)

    def row(key: str) -> dict[str, Any]:
        shown[key] += 1
        word = "completed" if shown[key] > 1 else "processing"
        field = (product.result_fields or ("other",))[0]
        return {"_id": key, product.status_field: word, field: "https://assets.example/1.mp4"}

    def answer(seen: Seen) -> Reply:
        if product.pages is not None and seen.path == product.pages.path:
            first_page = seen.query.get(product.pages.number or "", "1") == "1"
            rows = [row(key) for key in reversed(FEW)] if first_page else []
            return ok({"rows": rows}) if listed or product.detail is None else html(404)
        told = [*seen.query.values(), *(seen.json or {}).values(), seen.path.rpartition("/")[2]]
        return ok(row(next(key for key in told if key in shown)))

    scripted.on("*", "*", answer)
    records = await wait_all(client, FEW, kind)
    assert [record.id for record in records] == FEW
    assert len(scripted.seen) <= sum(shown.values()) + 3
    if listed and product.pages is not None:
        assert len(scripted.seen) <= 10


async def test_tasks_that_cannot_be_listed_are_read_a_few_at_a_time(
    client: A2E, scripted: Scripted
) -> None:
    now = most = 0

    async def answer(seen: Seen) -> Reply:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.01)
        now -= 1
        done = {"_id": seen.query["_id"], "current_status": "completed"}
        return ok({**done, "result_url": "https://assets.example/1.mp4"})

    scripted.on("GET", "/api/v1/userFaceSwapPreview/status", answer)
    await wait_all(client, IDS, "face_swap_preview")
    assert 1 < most <= 16
    assert len(scripted.seen) == len(IDS)


async def test_jobs_of_all_families_at_once(scripted: Scripted) -> None:
    """Each family's tasks are asked for by its own operations, and all end."""
    answers: dict[str, Callable[[str], dict[str, Any]]] = {}

    def answer(seen: Seen) -> Reply:
        told = [*seen.query.values(), seen.path.rpartition("/")[2]]
        told += [key for value in (seen.json or {}).values() for key in _texts(value)]
        rows = [answers[key](key) for key in told if key in answers]
        paged = int(seen.query.get("pageNum") or seen.query.get("current") or 1) > 1
        if not rows and not paged:
            rows = [answers[key](key) for key in lists.get(seen.path, ())]
        return ok(rows)

    lists: dict[str, list[str]] = {}
    async with A2E(TOKEN, base_url=scripted.base_url, schedule=QUICK_SCHEDULE) as a2e:
        scripted.on("*", "*", answer)
        jobs = []
        for n, kind in enumerate(a2e.kinds()):
            product = tasks.request_class(kind).product
            for k in range(5):
                key = f"{n:012x}{k:012x}"
                jobs.append(a2e.family(kind).job(key))
                answers[key] = _completed(product.status_field, product.result_fields)
                if product.pages is not None:
                    lists.setdefault(product.pages.path, []).append(key)
        async with asyncio.timeout(30):
            records = await asyncio.gather(*(job.wait() for job in jobs))
    assert [record.id for record in records] == [job.id for job in jobs]
    assert len(scripted.seen) <= 2.2 * len(a2e.kinds()) + 5


def _completed(word: str, results: tuple[str, ...]) -> Callable[[str], dict[str, Any]]:
    filled = dict.fromkeys(results[:1], "https://assets.example/1.mp4")
    return lambda key: {"_id": key, word: "completed", **filled}


def _texts(value: Any) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]
