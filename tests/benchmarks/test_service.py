from __future__ import annotations

import asyncio
import json
from itertools import islice
from typing import Any

import pytest

from a2e_async import JobStatus, tasks
from benchmarks import virtual, wire_a2e
from benchmarks.client_a2e import A2E_ASYNC, A2E_VIDEO
from benchmarks.measuring import at_once, simulate
from benchmarks.service import Network, Request, Service, id_of, lognormal

IMAGES = "/api/v1/userText2Image"
VIDEOS = "/api/v1/video"


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def service(clock: Clock) -> Service:
    """Five tasks, that end after 1, 2, … 5 seconds."""
    made = Service([1.0, 2.0, 3.0, 4.0, 5.0], clock)
    for _ in range(5):
        made.start()
    return made


def said(service: Service, method: str, path: str, body: Any = None, **query: str) -> Any:
    status, content = wire_a2e.answer(service, Request(method, path, query, body))
    assert status == 200, content
    return json.loads(content)["data"]


def test_tasks_end_when_they_are_meant_to(service: Service, clock: Clock) -> None:
    clock.now = 102.5
    assert [service.ended(number) for number in range(5)] == [True, True, False, False, False]
    assert service.age(0) == 2.5
    assert [*service.ends] == [101.0, 102.0, 103.0, 104.0, 105.0]


@pytest.mark.parametrize("task_id", ["", "zz", id_of(5), "-1"])
def test_what_is_no_task_has_no_number(service: Service, task_id: str) -> None:
    assert service.number(task_id) is None
    assert service.number(id_of(4)) == 4


def test_a_start_is_no_look_and_anything_else_is_one() -> None:
    service = Service([1.0, 1.0], lambda: 0.0)
    (image,) = said(service, "POST", f"{IMAGES}/start", {})
    video = said(service, "POST", f"{VIDEOS}/generate", {})
    assert service.looks == 0
    said(service, "GET", f"{IMAGES}/{image['_id']}")
    said(service, "POST", f"{VIDEOS}/awsResult", {"_id": video["_id"]})
    assert service.looks == 2


@pytest.mark.parametrize(
    ("age", "word"), [(0.0, "initialized"), (0.9, "pending"), (4.9, "processing")]
)
def test_a_word_tells_the_age_only(service: Service, clock: Clock, age: float, word: str) -> None:
    clock.now += age
    assert said(service, "GET", f"{IMAGES}/{id_of(4)}")["current_status"] == word


def test_many_are_read_at_once(service: Service, clock: Clock) -> None:
    clock.now = 102.5
    found = said(service, "POST", f"{IMAGES}/batchDetail", {"ids": [id_of(3), id_of(0), id_of(9)]})
    product = tasks.TextToImage.product
    records = [product.read(raw) for raw in found]
    assert [record.id for record in records] == [id_of(3), id_of(0)]
    assert [record.status for record in records] == [JobStatus.PROCESSING, JobStatus.COMPLETED]
    assert not records[0].outputs
    assert records[1].outputs


def test_lists_are_paged_with_the_newest_first(service: Service) -> None:
    first = said(service, "GET", f"{IMAGES}/allRecords", pageNum="1", pageSize="2")
    last = said(service, "GET", f"{IMAGES}/allRecords", pageNum="3", pageSize="2")
    beyond = said(service, "GET", f"{IMAGES}/allRecords", pageNum="4", pageSize="2")
    assert [row["_id"] for row in first["rows"]] == [id_of(4), id_of(3)]
    assert [row["_id"] for row in last["rows"]] == [id_of(0)]
    assert beyond["rows"] == []


def test_videos_are_read_by_the_product(service: Service, clock: Clock) -> None:
    clock.now = 101.5
    page = said(service, "GET", f"{VIDEOS}/awsList", current="1", pageSize="100")
    records = [tasks.AvatarVideo.product.read(raw) for raw in page["data"]]
    assert [record.status.terminal for record in records] == [False] * 4 + [True]
    assert records[-1].outputs
    assert said(service, "POST", f"{VIDEOS}/awsResult", {"_id": id_of(9)}) == []


def test_durations_are_the_same_for_a_seed_and_have_their_median() -> None:
    drawn = [*islice(lognormal(6.0, 0.5, 1), 2001)]
    assert drawn == [*islice(lognormal(6.0, 0.5, 1), 2001)]
    assert sorted(drawn)[1000] == pytest.approx(6.0, rel=0.05)


def test_the_way_there_and_back_takes_its_time() -> None:
    async def main() -> float:
        service = Service([1.0], lambda: 0.0)
        network = Network(service, lambda *_: (200, b"{}"))
        await network.exchange(Request("GET", "/", {}, None))
        return asyncio.get_running_loop().time() - virtual.BEGIN

    assert 0.04 <= virtual.run(main()) <= 0.06


def test_lost_jobs_are_counted_by_their_errors() -> None:
    async def run() -> str:
        raise TimeoutError

    timed = virtual.run(at_once(run, 3))
    assert timed.lost == {"TimeoutError": 3}
    assert not timed.seen


@pytest.mark.parametrize("client", [A2E_ASYNC, A2E_VIDEO], ids=lambda client: client.name)
def test_each_job_of_the_real_client_gets_its_result(client: Any) -> None:
    outcome = simulate(client, 50, lognormal(6.0, 0.5, 3), seed=3)
    assert not outcome.lost
    assert len(outcome.lags) == 50
    assert min(outcome.lags) > 0.0
    assert outcome.looks > 0
