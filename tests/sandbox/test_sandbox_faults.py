"""Faults: what goes wrong on the wire, and that the books stay right."""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import ClientPayloadError, ServerDisconnectedError

from a2e_async.sandbox import Effect, Fault, Faults

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Caller

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(20)]


async def test_a_lost_answer_leaves_a_paid_task(caller: Caller) -> None:
    caller.faults.next("start", Fault.lost_answer())
    with pytest.raises(ServerDisconnectedError):
        await caller.image(name="mine")
    assert [task.name for task in caller.sandbox.tasks] == ["mine"]
    assert caller.sandbox.coins == 99_990
    rows = (await caller.call("GET", "userText2Image/allRecords")).data["rows"]
    assert rows[0]["name"] == "mine"


async def test_a_lost_request_leaves_nothing(caller: Caller) -> None:
    caller.faults.next("start", Fault.lost_request())
    with pytest.raises(ServerDisconnectedError):
        await caller.image()
    assert caller.sandbox.tasks == ()
    assert caller.sandbox.coins == 100_000
    assert caller.sandbox.requests.count("POST", "*/start", status=0) == 1


async def test_a_lost_answer_to_a_bad_start_charges_nothing(caller: Caller) -> None:
    caller.faults.next("start", Fault.lost_answer())
    with pytest.raises(ServerDisconnectedError):
        await caller.call("POST", "userText2Image/start", json={})
    assert caller.sandbox.coins == 100_000


@pytest.mark.parametrize(("retry_after", "text"), [(2, "2"), (0.5, "0.5"), (None, None)])
async def test_too_many_requests(caller: Caller, retry_after: float, text: str | None) -> None:
    caller.faults.next("start", Fault.rate_limited(retry_after))
    answer = await _start(caller)
    assert (answer.status, answer.body["code"]) == (429, 429)
    assert answer.headers.get("Retry-After") == text
    assert caller.sandbox.tasks == ()


async def test_retry_after_as_a_date(caller: Caller) -> None:
    caller.faults.next("*", Fault.rate_limited(60, http_date=True))
    answer = await _start(caller)
    when = parsedate_to_datetime(answer.headers["Retry-After"]).timestamp()
    assert when - parsedate_to_datetime(answer.headers["Date"]).timestamp() == 60


@pytest.mark.parametrize("status", [500, 502, 503, 504, 418])
@pytest.mark.parametrize("carried_out", [False, True])
async def test_errors_with_and_without_effect(
    caller: Caller, status: int, *, carried_out: bool
) -> None:
    fault = Fault.status(status, retry_after=3, carried_out=carried_out)
    caller.faults.next("start", fault)
    answer = await _start(caller)
    assert (answer.status, answer.headers["Retry-After"]) == (status, "3")
    assert len(caller.sandbox.tasks) == carried_out
    assert caller.sandbox.coins == 100_000 - 10 * carried_out


@pytest.mark.parametrize(("fault", "start"), [(Fault.html(), b"<!DOC"), (Fault.empty(), b"")])
async def test_answers_that_are_no_envelope(caller: Caller, fault: Fault, start: bytes) -> None:
    caller.faults.next("start", fault)
    answer = await _start(caller)
    assert (answer.status, answer.body) == (200, None)
    assert answer.content[:5] == start
    assert caller.sandbox.tasks == ()


async def test_refusals_by_code(caller: Caller) -> None:
    caller.faults.next("other", Fault.refused(1001, "hosts occupied"))
    answer = await caller.call("GET", "user/remainingCoins")
    assert (answer.status, answer.body["code"]) == (200, 1001)
    assert answer.body["message"] == "hosts occupied"


async def test_a_slow_answer_is_right_but_late(caller: Caller) -> None:
    caller.faults.next("start", Fault.slow(0.2))
    before = time.monotonic()
    assert await caller.image()
    assert time.monotonic() - before >= 0.2


async def test_an_api_answer_can_be_cut(caller: Caller) -> None:
    caller.faults.next("start", Fault.cut())
    with pytest.raises(ClientPayloadError):
        await caller.image()
    assert len(caller.sandbox.tasks) == 1


async def test_an_early_404_hides_details_but_not_lists(caller: Caller) -> None:
    caller.faults.next("start", Fault.early_404(5))
    record = await caller.image()
    path = f"userText2Image/{record['_id']}"
    ids = {"ids": [record["_id"]]}
    assert (await caller.call("GET", path)).status == 404
    assert (await caller.call("POST", "userText2Image/batchDetail", json=ids)).data == []
    assert (await caller.call("GET", "userText2Image/allRecords")).data["count"] == 1
    caller.clock.advance(5)
    assert (await caller.call("GET", path)).status == 200
    assert (await caller.call("POST", "userText2Image/batchDetail", json=ids)).data


async def test_unknown_words_show_only_while_the_task_runs(caller: Caller) -> None:
    record = await caller.image()
    caller.faults.next("detail", Fault.unknown_status("warming"), times=2)
    assert (await caller.look(record))["current_status"] == "warming"
    caller.clock.advance(100)
    assert (await caller.look(record))["current_status"] == "completed"


async def test_a_script_counts_requests_one_by_one(caller: Caller) -> None:
    record = await caller.image()
    caller.faults.next("detail", Fault.none(), Fault.status(500))
    path = f"userText2Image/{record['_id']}"
    seen = [(await caller.call("GET", path)).status for _ in range(3)]
    assert seen == [200, 500, 200]
    assert caller.faults.waiting == 0


async def test_faults_by_rate_are_drawn_from_the_seed(serve: Callable[..., Any]) -> None:
    stories = []
    for _ in range(2):
        faults = Faults(rate={"start": {Fault.status(503): 0.3, Fault.failed_task(): 0.3}})
        caller = await serve(faults=faults, seed=3)
        answers = [(await _start(caller)).status for _ in range(40)]
        fails = [task.fails for task in caller.sandbox.tasks]
        stories.append((answers, fails))
        assert 4 <= answers.count(503) <= 22
        assert any(fails)
        assert caller.sandbox.coins == 100_000 - 10 * answers.count(200)
        assert caller.faults.applied[Effect.STATUS] == answers.count(503)
    assert stories[0] == stories[1]


async def test_faults_by_path(caller: Caller) -> None:
    caller.faults.set_rate("/api/v1/userText2?mage/start", Fault.status(500), 1.0)
    assert (await _start(caller)).status == 500
    assert (await caller.call("GET", "user/remainingCoins")).status == 200
    caller.faults.clear()
    assert (await _start(caller)).status == 200


async def test_a_wrong_path_can_meet_a_fault(caller: Caller) -> None:
    caller.faults.next("*", Fault.status(502))
    assert (await caller.call("GET", "nothing")).status == 502
    assert (await caller.call("GET", "nothing")).status == 404


async def _start(caller: Caller) -> Any:
    return await caller.call("POST", "userText2Image/start", json={"prompt": "x"})
