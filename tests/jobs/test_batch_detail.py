"""Many jobs in one request, whatever the service makes of it: every job ends."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from a2e_async import A2E, AuthenticationFailed, JobFailed, Record
from tests.conftest import QUICK_SCHEDULE, TOKEN
from tests.jobs.service import BATCH, DETAIL, LIST, NO_BATCH, URL, image, many_at_once
from tests.support.scripted import DROP, Answer, Reply, Scripted, Seen, html, ok, says

IDS = [f"{n:024x}" for n in range(30)]


def finished(key: str) -> dict[str, Any]:
    return image(key, "completed")


def single(seen: Seen) -> Reply:
    if seen.path == LIST:
        return html(404)
    return ok(finished(seen.path.rpartition("/")[2]))


def singles(scripted: Scripted) -> int:
    """How many tasks were read by their detail."""
    return scripted.count("GET", DETAIL) - scripted.count("GET", LIST)


async def wait_all(a2e: A2E, ids: Iterable[str] = IDS) -> list[Record]:
    async with asyncio.timeout(20):
        return await asyncio.gather(*(a2e.text_to_image.job(key).wait() for key in ids))


def batch(make: Callable[[list[str]], Any]) -> Callable[[Seen], Reply]:
    return lambda seen: ok(make(seen.json["ids"]))


def shuffled(ids: list[str]) -> list[dict[str, Any]]:
    return random.sample([finished(key) for key in ids], len(ids))


@pytest.mark.parametrize(
    "wrap",
    [
        lambda rows: rows,
        lambda rows: {"rows": rows, "count": len(rows)},
        lambda rows: {"list": rows},
        lambda rows: {"data": {"data": rows}},
        lambda rows: rows + rows,
        lambda rows: [*rows, finished("f" * 24), None, 5, "x"],
    ],
)
async def test_one_request_for_all(client: A2E, scripted: Scripted, wrap: Any) -> None:
    scripted.on("POST", BATCH, batch(lambda ids: wrap(shuffled(ids))))
    records = await wait_all(client)
    assert [record.id for record in records] == IDS
    assert all(record.outputs == (URL,) for record in records)
    assert len(scripted.seen) == 1
    assert scripted.seen[0].json == {"ids": IDS}


async def test_a_failed_one_stops_no_other(client: A2E, scripted: Scripted) -> None:
    def rows(ids: list[str]) -> list[dict[str, Any]]:
        return [image(key, "failed" if key == IDS[3] else "completed") for key in ids]

    scripted.on("POST", BATCH, batch(rows))
    waits = (client.text_to_image.job(key).wait() for key in IDS)
    outcomes = await asyncio.gather(*waits, return_exceptions=True)
    assert [type(o) for o in outcomes].count(JobFailed) == 1
    assert isinstance(outcomes[3], JobFailed)


async def test_missing_ids_are_read_one_by_one(client: A2E, scripted: Scripted) -> None:
    scripted.on("GET", DETAIL, single)
    scripted.on("POST", BATCH, batch(lambda ids: shuffled(ids[: len(ids) // 2])))
    await wait_all(client)
    assert singles(scripted) == 15


async def test_a_route_that_is_missing_is_asked_for_once(client: A2E, scripted: Scripted) -> None:
    scripted.on("POST", BATCH, NO_BATCH).on("GET", DETAIL, single)
    await wait_all(client, IDS[:15])
    await wait_all(client, IDS[15:])
    assert scripted.count("POST", BATCH) == 1
    assert singles(scripted) == 30
    assert scripted.count("GET", LIST) == 1


async def test_a_task_that_is_missing_is_not_a_missing_route(
    client: A2E, scripted: Scripted
) -> None:
    scripted.on("POST", BATCH, says({"code": 404, "message": "no task"}, 404), batch(shuffled))
    scripted.on("GET", DETAIL, single)
    await wait_all(client, IDS[:15])
    await wait_all(client, IDS[15:])
    assert (scripted.count("POST", BATCH), singles(scripted)) == (2, 15)


@pytest.mark.parametrize(
    "answer",
    [
        ok([]),
        ok(None),
        ok({}),
        ok({"odd": [1, 2]}),
        ok("fine"),
        ok([{"id": key} for key in IDS]),
        ok([{"_id": key, "current_status": "completed"} for key in IDS]),
        DROP,
        html(),
        html(502),
        Reply(b""),
        says({"message": "oops"}, 500),
        says({"message": "no"}, 403),
        says({"code": 9999, "message": "no"}),
    ],
)
async def test_an_answer_of_no_use(client: A2E, scripted: Scripted, answer: Reply) -> None:
    scripted.on("POST", BATCH, answer).on("GET", DETAIL, single)
    await wait_all(client)
    assert scripted.count("POST", BATCH) <= 3


async def test_a_failure_now_and_then(client: A2E, scripted: Scripted) -> None:
    answers: list[Answer] = [says({}, 500), ok([]), html(), batch(shuffled), DROP]
    going = many_at_once(image)
    scripted.on("POST", BATCH, going, *answers, going).on("GET", DETAIL, single)
    await wait_all(client)


async def test_an_end_without_a_result_is_asked_for_once_more(
    client: A2E, scripted: Scripted
) -> None:
    bare = many_at_once(lambda key: {"_id": key, "current_status": "completed"})
    scripted.on("POST", BATCH, bare).on("GET", DETAIL, single)
    assert all(record.outputs for record in await wait_all(client))


async def test_too_many_requests_is_no_reason_for_more(client: A2E, scripted: Scripted) -> None:
    """Reading one by one would be the worst answer to a rate limit."""
    scripted.on("POST", BATCH, *[says({}, 429)] * 6, batch(shuffled)).on("GET", DETAIL, single)
    await wait_all(client)
    assert scripted.count("GET", DETAIL) == 0
    assert scripted.count("POST", BATCH) == 7


async def test_a_wrong_token_is_not_tried_for_each(client: A2E, scripted: Scripted) -> None:
    scripted.on("*", "*", says({"code": 401, "msg": "expired"}))
    jobs = [client.text_to_image.job(key) for key in IDS]
    outcomes = await asyncio.gather(*(job.wait() for job in jobs), return_exceptions=True)
    for job, outcome in zip(jobs, outcomes, strict=True):
        assert isinstance(outcome, AuthenticationFailed)
        assert outcome.job is not None
        assert outcome.job.token == job.token
        assert outcome.code == 401
    assert len(scripted.seen) == 1


async def test_more_than_one_request_takes(client: A2E, scripted: Scripted) -> None:
    ids = [f"{n:024x}" for n in range(450)]
    scripted.on("POST", BATCH, batch(shuffled))
    assert len(await wait_all(client, ids)) == 450
    sizes = sorted(len(seen.json["ids"]) for seen in scripted.requests("POST", BATCH))
    assert sizes == [50, 200, 200]


async def test_one_job_alone_is_read_by_its_detail(client: A2E, scripted: Scripted) -> None:
    scripted.on("GET", DETAIL, single)
    await wait_all(client, IDS[:1])
    assert scripted.count("POST", BATCH) == 0


async def test_jobs_go_along_with_a_request_that_is_made_anyway(scripted: Scripted) -> None:
    """Jobs that were not begun together are soon looked at together."""
    calls = 0

    def look(key: str) -> dict[str, Any]:
        return image(key, "completed" if calls > 30 else "pending")

    def answer(seen: Seen) -> Reply:
        nonlocal calls
        calls += 1
        return ok([look(key) for key in seen.json["ids"]])

    scripted.on("POST", BATCH, answer).on("GET", DETAIL, lambda seen: ok(look(seen.path[-24:])))
    async with A2E(TOKEN, base_url=scripted.base_url, schedule=QUICK_SCHEDULE) as a2e:
        waits = []
        for key in IDS:
            waits.append(asyncio.create_task(a2e.text_to_image.job(key).wait()))
            await asyncio.sleep(0.002)
        await asyncio.gather(*waits)
    assert max(len(seen.json["ids"]) for seen in scripted.requests("POST", BATCH)) >= 10


async def test_get_many(client: A2E, scripted: Scripted) -> None:
    scripted.on("POST", BATCH, batch(lambda ids: shuffled([key for key in ids if key != IDS[1]])))
    scripted.on("GET", DETAIL, says({"code": 404, "message": "no"}, 404))
    found = await client.text_to_image.get_many([*IDS[:5], IDS[0]])
    assert list(found) == [IDS[0], *IDS[2:5]]
    assert await client.text_to_image.get_many([]) == {}


@pytest.mark.parametrize(
    "answer", [html(), Reply(), says({}, 500), says({}, 501), DROP], ids=lambda reply: reply.status
)
async def test_get_many_does_without_a_broken_route(
    client: A2E, scripted: Scripted, answer: Reply
) -> None:
    scripted.on("GET", DETAIL, single).on("POST", BATCH, answer)
    assert [*await client.text_to_image.get_many(IDS)] == IDS


async def test_an_odd_answer_costs_no_round(client: A2E, scripted: Scripted) -> None:
    scripted.on("GET", DETAIL, single).on("POST", BATCH, html())
    await wait_all(client)
    assert scripted.count("POST", BATCH) == 1
    assert singles(scripted) == len(IDS)


async def test_a_slow_product_does_not_hold_up_another(client: A2E, scripted: Scripted) -> None:
    scripted.on("POST", "/api/v1/video/awsResult", Reply(delay=30.0))
    scripted.on("GET", DETAIL, single)
    slow = [asyncio.create_task(client.avatar_video.job(key).wait()) for key in IDS * 2]
    await asyncio.sleep(0.2)
    async with asyncio.timeout(10):
        assert (await client.text_to_image.job(IDS[0])).outputs == (URL,)
    for task in slow:
        task.cancel()
