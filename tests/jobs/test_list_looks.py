"""Looking at many tasks by their product's list, whatever the list is like."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from a2e_async import A2E, JobFailed, Record
from tests.jobs.service import (
    BATCH,
    DETAIL,
    LIST,
    VIDEO_DETAIL,
    VIDEO_LIST,
    image,
    many_at_once,
    video,
)
from tests.jobs.together import FEW, IDS, wait_all
from tests.support.scripted import DROP, Reply, Scripted, Seen, html, ok, says

Rows = list[dict[str, Any]]
SUCCESS = "https://assets.example/1.mp4"


def strangers(count: int) -> Rows:
    return [video(f"{n:024x}", "success") for n in range(10**6, 10**6 + count)]


class Videos:
    """Avatar videos on a scripted server: each ends once it was shown a few times."""

    def __init__(self, scripted: Scripted, ids: Sequence[str] = IDS) -> None:
        self.rows: list[str] = [*reversed(ids)]
        self.before: Rows = []
        self.shown = dict.fromkeys(ids, 0)
        self.scripted = scripted
        scripted.on("POST", VIDEO_DETAIL, lambda seen: ok([self.show(seen.json["_id"])]))
        scripted.on("GET", VIDEO_LIST, self.page)

    def show(self, key: str) -> dict[str, Any]:
        self.shown[key] += 1
        return video(key, "success" if self.shown[key] > int(key, 16) % 4 else "process")

    def page(self, seen: Seen, *, paged: bool = True) -> Reply:
        number, size = int(seen.query["current"]), int(seen.query["pageSize"])
        first = (number - 1) * size if paged else 0
        rows = [*self.before, *self.rows][first : first + size]
        shown = [self.show(row) if isinstance(row, str) else row for row in rows]
        return ok({"data": shown, "total": len(self.rows)})

    @property
    def pages(self) -> int:
        return self.scripted.count("GET", VIDEO_LIST)

    @property
    def singles(self) -> list[str]:
        return [seen.json["_id"] for seen in self.scripted.requests("POST", VIDEO_DETAIL)]


async def test_many_jobs_take_few_requests(client: A2E, scripted: Scripted) -> None:
    videos = Videos(scripted)
    records = await wait_all(client, IDS)
    assert [record.id for record in records] == IDS
    assert all(record.outputs == (SUCCESS,) for record in records)
    # Four rounds of two pages each, and a few looks at the last ones.
    assert len(scripted.seen) <= 20
    assert len(videos.singles) <= 4
    first = scripted.requests("GET", VIDEO_LIST)[0]
    assert first.query == {"current": "1", "pageSize": "100"}


async def test_a_job_alone_is_read_by_its_detail(client: A2E, scripted: Scripted) -> None:
    videos = Videos(scripted)
    await wait_all(client, IDS[3:4])
    assert (videos.pages, videos.singles) == (0, IDS[3:4] * 4)


async def test_a_task_that_the_list_lacks_is_read_by_its_detail(
    client: A2E, scripted: Scripted
) -> None:
    videos = Videos(scripted, FEW)
    holes = FEW[::5]
    videos.rows = [key for key in videos.rows if key not in holes]
    records = await wait_all(client, FEW)
    assert [record.id for record in records] == FEW
    assert {*holes} <= {*videos.singles}
    # One by one they would have been looked at as often as each was shown.
    assert len(scripted.seen) <= sum(videos.shown.values())


@pytest.mark.parametrize(
    "answer",
    [
        html(),
        html(404),
        html(502),
        Reply(b""),
        says({"message": "oops"}, 500),
        says({"code": 9999, "message": "no"}),
        says({"message": "no"}, 403),
        says({"code": 404, "message": "no"}, 404),
        DROP,
        ok([]),
        ok(None),
        ok("fine"),
        ok({}),
        ok({"odd": [1, 2]}),
        ok({"data": [None, 5, "x", {}, {"_id": None}, [[]]]}),
        ok({"data": strangers(60), "total": 60}),
        ok({"data": [{"_id": key} for key in FEW]}),
    ],
)
async def test_a_list_of_no_use(client: A2E, scripted: Scripted, answer: Reply) -> None:
    videos = Videos(scripted, FEW)
    scripted.on("GET", VIDEO_LIST, answer)
    records = await wait_all(client, FEW)
    assert [record.id for record in records] == FEW
    # Three looks try two pages each, a few more where the machine is busy, and aiohttp itself
    # asks again where a connection was dropped.
    assert videos.pages <= (24 if answer.drop else 12)
    assert len(videos.singles) <= sum(videos.shown.values())


@pytest.mark.parametrize("word", [7, "fertig"])
async def test_a_list_with_words_of_its_own_is_no_reason_to_wait_for_ever(
    client: A2E, scripted: Scripted, word: object
) -> None:
    """The detail, whose words are documented, says that all have ended."""
    Videos(scripted, FEW)
    scripted.on("GET", VIDEO_LIST, ok({"data": [{"_id": key, "status": word} for key in FEW]}))
    assert [record.id for record in await wait_all(client, FEW)] == FEW


async def test_a_batch_with_words_of_its_own_is_no_reason_to_wait_for_ever(
    client: A2E, scripted: Scripted
) -> None:
    scripted.on("POST", BATCH, many_at_once(lambda key: {"_id": key, "current_status": "fertig"}))
    scripted.on("GET", DETAIL, lambda seen: ok(image(seen.path[-24:], "completed")))
    scripted.on("GET", LIST, html(404))
    assert [record.id for record in await wait_all(client, FEW, "text_to_image")] == FEW


async def test_a_list_that_fails_now_and_then(client: A2E, scripted: Scripted) -> None:
    videos = Videos(scripted, FEW)
    broken = [html(), says({}, 500), ok([]), DROP]
    scripted.on("GET", VIDEO_LIST, broken[0], videos.page, *broken[1:], videos.page)
    assert len(await wait_all(client, FEW)) == len(FEW)


async def test_too_many_requests_is_no_reason_for_more(client: A2E, scripted: Scripted) -> None:
    videos = Videos(scripted, FEW)
    scripted.on("GET", VIDEO_LIST, *[says({}, 429)] * 5, videos.page)
    await wait_all(client, FEW)
    assert len(videos.singles) <= 2
    assert videos.pages <= 5 + 8


async def test_a_list_that_ignores_the_number_of_the_page(client: A2E, scripted: Scripted) -> None:
    videos = Videos(scripted)
    scripted.on("GET", VIDEO_LIST, lambda seen: videos.page(seen, paged=False))
    records = await wait_all(client, IDS)
    assert [record.id for record in records] == IDS
    assert {*videos.singles} >= {*IDS[:50]}
    assert len(scripted.seen) <= sum(videos.shown.values())


async def test_tasks_of_strangers_between_ours(client: A2E, scripted: Scripted) -> None:
    """Other people's tasks, and other families', of which one even says that it has ended."""
    videos = Videos(scripted, FEW)
    odd: Rows = [{"_id": "f" * 24, "current_status": "completed", "image_urls": ["https://x/1"]}]
    videos.before = [*odd, *strangers(20)]
    records = await wait_all(client, FEW)
    assert [record.id for record in records] == FEW
    assert len(videos.singles) <= 12


async def test_300_strangers_before_ours(client: A2E, scripted: Scripted) -> None:
    videos = Videos(scripted, FEW)
    videos.before = strangers(300)
    records = await wait_all(client, FEW)
    assert [record.id for record in records] == FEW
    # Three looks, a few more where the machine is busy. All pages there are would be 4 for each.
    assert videos.pages <= 12


@pytest.mark.parametrize("capped", [10, 25])
async def test_a_service_that_caps_its_pages(client: A2E, scripted: Scripted, capped: int) -> None:
    videos = Videos(scripted, FEW)

    def answer(seen: Seen) -> Reply:
        query = {**seen.query, "pageSize": str(capped)}
        return videos.page(Seen(seen.method, seen.path, query, seen.headers, seen.json))

    scripted.on("GET", VIDEO_LIST, answer)
    assert [record.id for record in await wait_all(client, FEW)] == FEW
    assert len(videos.singles) <= 12


async def test_an_end_without_a_result_is_asked_for_once_more(
    client: A2E, scripted: Scripted
) -> None:
    videos = Videos(scripted, FEW)
    bare = [{"_id": key, "status": "success"} for key in FEW]
    scripted.on("GET", VIDEO_LIST, ok({"data": bare}))
    scripted.on("POST", VIDEO_DETAIL, lambda seen: ok([video(seen.json["_id"], "success")]))
    records = await wait_all(client, FEW)
    assert all(record.outputs == (SUCCESS,) for record in records)
    assert sorted(videos.singles) == FEW


async def outcomes_of(a2e: A2E, ids: Sequence[str]) -> list[Record | BaseException]:
    async with asyncio.timeout(20):
        waits = (a2e.avatar_video.job(key).wait() for key in ids)
        return await asyncio.gather(*waits, return_exceptions=True)


async def test_a_failure_without_a_reason_gets_it_from_the_detail(
    client: A2E, scripted: Scripted
) -> None:
    def row(key: str) -> dict[str, Any]:
        return video(key, "fail" if key == IDS[1] else "success")

    videos = Videos(scripted, FEW)
    scripted.on("GET", VIDEO_LIST, ok({"data": [row(key) for key in FEW]}))
    scripted.on("POST", VIDEO_DETAIL, ok([video(IDS[1], "fail", msg="no face was found")]))
    outcomes = await outcomes_of(client, FEW)
    assert [type(outcome) for outcome in outcomes].count(JobFailed) == 1
    assert "no face was found" in str(outcomes[1])
    assert (videos.pages, videos.singles) == (1, IDS[1:2])


async def test_a_failure_of_which_the_detail_knows_nothing_is_one(
    client: A2E, scripted: Scripted
) -> None:
    Videos(scripted, FEW)
    scripted.on("GET", VIDEO_LIST, ok({"data": [video(key, "fail") for key in FEW]}))
    scripted.on("POST", VIDEO_DETAIL, says({}, 500))
    outcomes = await outcomes_of(client, FEW)
    assert {type(outcome) for outcome in outcomes} == {JobFailed}


async def test_a_failure_with_a_reason_costs_nothing_more(client: A2E, scripted: Scripted) -> None:
    videos = Videos(scripted, FEW)
    scripted.on("GET", VIDEO_LIST, ok({"data": [video(k, "fail", msg="no face") for k in FEW]}))
    outcomes = await outcomes_of(client, FEW)
    assert all("no face" in str(outcome) for outcome in outcomes)
    assert (videos.pages, videos.singles) == (1, [])


async def test_a_list_that_is_slow_is_waited_for_no_longer_than_a_look_may_take(
    client: A2E, scripted: Scripted
) -> None:
    """The family's line goes on, and other families' lines anyway."""
    Videos(scripted, FEW)
    hanging = asyncio.Event()

    async def hang(_: Seen) -> Reply:
        hanging.set()
        await asyncio.sleep(30)
        return html()

    scripted.on("GET", VIDEO_LIST, hang)
    waits = [asyncio.create_task(client.avatar_video.job(key).wait()) for key in FEW]
    async with asyncio.timeout(5):
        await hanging.wait()
    scripted.on("GET", "/api/v1/userText2Image/*", ok({"_id": "a", "current_status": "failed"}))
    async with asyncio.timeout(5):
        with pytest.raises(JobFailed):
            await client.text_to_image.job("a")
    for wait in waits:
        wait.cancel()
    await asyncio.gather(*waits, return_exceptions=True)
