"""Batches on a service that does what no sandbox does, and callers that leave at bad moments."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import attrs
import pytest

from a2e_async import (
    A2E,
    AvatarVideo,
    BudgetExceeded,
    ConfigurationError,
    HeadSwap,
    JobNotFound,
    JournalError,
    SubmitUncertain,
)
from a2e_async.journal.journal import Journal
from a2e_async.sandbox import Fault, Sandbox
from tests.batch.conftest import QUICK, SCHEDULE, fox, foxes, keyed
from tests.support.scripted import Reply, Scripted, Seen, html, ok, says

START = "/api/v1/userText2image/start"
QUOTE = "/api/v1/generation/quote"
Clients = Callable[[], A2E]


@attrs.define
class Priced:
    """A service whose tasks cost what it wants, and whose answers tell it or not."""

    scripted: Scripted
    price: int = 30
    at_start: bool = True
    quote: Reply = says({"code": 400, "message": "no quotes"}, 400)
    tasks: dict[str, dict[str, Any]] = attrs.field(factory=dict)

    def __attrs_post_init__(self) -> None:
        self.scripted.on("POST", "*/userText2*mage/start", self.start)
        self.scripted.on("POST", "*/batchDetail", self.details)
        self.scripted.on("GET", "*/userText2*mage/*", self.detail)
        self.scripted.on("POST", QUOTE, lambda _: self.quote)

    def start(self, seen: Seen) -> Reply:
        key = f"{len(self.tasks) + 1:024x}"
        told = {"coins": self.price} if self.at_start else {}
        self.tasks[key] = {
            "_id": key,
            "name": seen.json["name"],
            "prompt": seen.json["prompt"],
            "current_status": "completed",
            "image_urls": [f"{self.scripted.base_url}/x.png"],
            "coins": self.price,
        }
        return ok({"_id": key, "name": seen.json["name"], "current_status": "sent", **told})

    def details(self, seen: Seen) -> Reply:
        return ok([self.tasks[key] for key in seen.json["ids"]])

    def detail(self, seen: Seen) -> Reply:
        return ok(self.tasks[seen.path.rpartition("/")[2]])

    @property
    def charged(self) -> int:
        return self.price * len(self.tasks)


@pytest.fixture
async def scripted_client(scripted: Scripted) -> AsyncIterator[A2E]:
    async with A2E("sk_x", base_url=scripted.base_url, retry=QUICK, schedule=SCHEDULE) as a2e:
        yield a2e


# Money


@pytest.mark.parametrize(
    ("at_start", "quote"),
    [
        (True, says({"code": 400, "message": "no quotes"}, 400)),
        (False, says({"code": 400, "message": "no quotes"}, 400)),
        (True, ok({"coins": 0})),
        (False, ok({"coins": 0})),
        (True, ok({"coins": 10})),
        (False, ok({"coins": 10})),
    ],
)
async def test_a_price_that_was_told_too_low_passes_no_budget(
    scripted_client: A2E, scripted: Scripted, quote: Reply, *, at_start: bool
) -> None:
    service = Priced(scripted, at_start=at_start, quote=quote)
    batch = scripted_client.batch(foxes(40), budget=90, estimate=1)
    outcomes = await batch
    assert service.charged == 90 == batch.progress.coins_spent
    assert all(isinstance(o.error, BudgetExceeded) for o in outcomes if not o.ok)


async def test_a_refused_start_tells_nothing_of_the_price(
    scripted_client: A2E, scripted: Scripted
) -> None:
    service = Priced(scripted)
    refused = iter([says({"code": 1003, "message": "refused"})])
    answer = service.start
    scripted.on("POST", "*/userText2*mage/start", lambda seen: next(refused, None) or answer(seen))
    await scripted_client.batch(foxes(40), budget=90, estimate=1)
    assert service.charged == 90


# Leaving


async def _leave_by_break(a2e: A2E, requests: Any, journal: Path) -> None:
    async for _ in a2e.batch(requests, journal=journal, in_flight=8):
        break


async def _leave_by_cancel(a2e: A2E, requests: Any, journal: Path) -> None:
    task = asyncio.ensure_future(_leave_by_break(a2e, requests, journal))
    await asyncio.sleep(0.15)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await a2e.aclose()
        await task


@pytest.mark.parametrize("leave", [_leave_by_break, _leave_by_cancel])
async def test_whoever_leaves_has_the_ids_in_the_journal(
    client_of: Clients, sandbox: Sandbox, journal: Path, leave: Any
) -> None:
    """Also of tasks that have no names, and could never be found again."""
    requests = [*foxes(1), *(HeadSwap(**SWAP) for _ in range(20))]
    async with client_of() as a2e:
        await leave(a2e, requests, journal)
    known = await _items(journal)
    started = {item.task_id for item in known if item.task_id}
    assert {task.id for task in sandbox.tasks} == started
    assert not [item for item in known if item.state in ("starting", "uncertain")]


SWAP: dict[str, Any] = {
    "image_url": "https://example.com/head.png",
    "target_image_url": "https://example.com/me.png",
}


async def _items(journal: Path) -> list[Any]:
    view = await Journal.read(journal)
    async with view:
        return [item async for item in view.items()]


async def test_leaving_starts_nothing_more(
    client_of: Clients, sandbox: Sandbox, journal: Path
) -> None:
    before = 0
    async with client_of() as a2e:
        async for _ in a2e.batch(foxes(50), starts_per_second=10, journal=journal):
            before = len(sandbox.tasks)
            break
    assert len(sandbox.tasks) <= before + 1
    planned = [item for item in await _items(journal) if item.state == "planned"]
    assert len(planned) > 10


async def test_a_name_of_the_caller_s_is_in_the_journal_with_its_id(
    client_of: Clients, sandbox: Sandbox, journal: Path
) -> None:
    requests = [attrs.evolve(fox(n), name=f"mine {n}") for n in range(20)]
    async with client_of() as a2e:
        batch = a2e.batch(requests, journal=journal)
        async for _ in batch:
            await batch.aclose()
            break
    async with client_of() as a2e:
        outcomes = await a2e.batch(requests, journal=journal, retry="uncertain")
    assert all(outcome.ok for outcome in outcomes)
    assert len(sandbox.tasks) == 20


async def test_a_batch_that_another_task_closes_is_no_whole_one(a2e: A2E) -> None:
    batch = a2e.batch(foxes(30), in_flight=2)
    task = asyncio.ensure_future(_all(batch))
    await asyncio.sleep(0.2)
    await batch.aclose()
    with pytest.raises(ConfigurationError, match="closed before its end"):
        await task


async def _all(batch: Any) -> Any:
    return await batch


# Uncertain and missing ones


async def test_what_is_uncertain_is_looked_for_before_it_is_retried(
    client_of: Clients, sandbox: Sandbox, journal: Path
) -> None:
    sandbox.faults.next("start", Fault.lost_answer(), times=4)
    sandbox.faults.set_rate("list", Fault.status(500), 1.0)
    async with client_of() as a2e:
        batch = a2e.batch(foxes(4), journal=journal, patience=0)
        assert all(isinstance(o.error, SubmitUncertain) for o in await batch)
        sandbox.faults.clear()
        again = await a2e.batch(foxes(4), journal=journal, retry="uncertain")
    assert all(outcome.ok for outcome in again)
    assert len(sandbox.tasks) == 4


async def test_a_task_that_is_not_found_is_looked_at_again(
    client_of: Clients, sandbox: Sandbox, journal: Path
) -> None:
    hidden = [Fault.unknown_id(), "detail", "batch-detail", "list"]
    video = AvatarVideo(anchor_id="a" * 24, anchor_type=0, audio_src="https://example.com/a.mp3")
    async with client_of() as a2e:
        for where in ("detail", "batch-detail"):
            sandbox.faults.set_rate(where, Fault.status(404), 1.0)
        sandbox.faults.set_rate("list", Fault.status(404), 1.0)
        [first] = await a2e.batch([video], journal=journal)
        assert isinstance(first.error, JobNotFound), hidden
        sandbox.faults.clear()
        [second] = await a2e.batch([video], journal=journal, retry="failed")
    assert second.ok
    assert len(sandbox.tasks) == 1


async def test_an_id_that_cannot_be_written_is_told(
    a2e: A2E, sandbox: Sandbox, journal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = Journal.write
    full = False

    async def failing(self: Journal, item: Any) -> None:
        nonlocal full
        full = full or item.state == "started"
        if full:
            raise JournalError("the disk is full", path=journal)
        await write(self, item)

    monkeypatch.setattr(Journal, "write", failing)
    with pytest.raises(JournalError) as caught:
        await a2e.batch([HeadSwap(**SWAP) for _ in range(4)], journal=journal)
    told = "".join(caught.value.__notes__)
    assert all(f"head_swap:{task.id}" in told for task in sandbox.tasks[:1])


# Files


async def test_no_file_of_another_item_is_replaced(
    client_of: Clients, sandbox: Sandbox, tmp_path: Path
) -> None:
    async with client_of() as a2e:
        first = await a2e.batch([("a/b", fox(1))], download_to=tmp_path, journal=tmp_path / "j.db")
        second = await a2e.batch(
            [("a:b", fox(2)), ("a/b", fox(1))], download_to=tmp_path, journal=tmp_path / "j.db"
        )
        third = await a2e.batch([("a/b", fox(3))], download_to=tmp_path)
    files = [outcome.files[0] for outcome in (*first, *second, *third)]
    assert len({*files}) == 3
    assert all(path.is_file() for path in files)


# Refusals that are none


@pytest.mark.parametrize(
    "answer",
    [
        html(403),
        says({"code": 403, "message": "Your plan allows 4 concurrent tasks, upgrade"}, 403),
        says({"code": 402, "message": "too many concurrent tasks"}, 402),
        says({"code": 400, "message": "You can only run 4 tasks at the same time"}, 400),
    ],
)
async def test_what_only_says_not_now_fails_no_item(
    scripted_client: A2E, scripted: Scripted, answer: Reply
) -> None:
    service = Priced(scripted)
    refusals = iter([answer] * 6)
    scripted.on(
        "POST", "*/userText2*mage/start", lambda seen: next(refusals, None) or service.start(seen)
    )
    outcomes = await scripted_client.batch(foxes(10))
    assert [outcome.error for outcome in outcomes if not outcome.ok] == []
    assert len(service.tasks) == 10


async def test_a_key_that_no_file_can_have_stops_no_other(a2e: A2E, journal: Path) -> None:
    outcomes = await a2e.batch([("ok", fox(1)), ("\udcff", fox(2))], journal=journal)
    assert [outcome.ok for outcome in outcomes] == [True, False]
    assert "key: expected" in str(outcomes[1].error)


async def test_a_product_without_room_holds_up_no_other(a2e: A2E, sandbox: Sandbox) -> None:
    video = AvatarVideo(anchor_id="a" * 24, anchor_type=0, audio_src="https://example.com/a.mp3")
    kinds: list[str] = []
    batch = a2e.batch(
        [*itertools.repeat(video, 60), *foxes(10)],
        in_flight=4,
        in_flight_per_kind={"avatar_video": 1},
    )
    async for outcome in batch:
        assert outcome.job
        kinds.append(outcome.job.kind)
        if kinds.count("text_to_image") == 10:
            break
    assert kinds.count("avatar_video") < 10


@pytest.mark.slow
async def test_recovery_comes_soon_after_a_busy_time(
    scripted_client: A2E, scripted: Scripted
) -> None:
    service = Priced(scripted)
    busy = True

    def answer(seen: Seen) -> Reply:
        return says({"message": "slow down"}, 429) if busy else service.start(seen)

    scripted.on("POST", "*/userText2*mage/start", answer)
    task = asyncio.ensure_future(_all(scripted_client.batch(foxes(40))))
    await asyncio.sleep(2)
    busy = False
    outcomes = await asyncio.wait_for(task, 15)
    assert all(outcome.ok for outcome in outcomes)


def lines(path: Path) -> Iterator[dict[str, Any]]:
    return map(json.loads, path.read_text().splitlines())


async def test_keys_make_no_item_another_s(a2e: A2E, journal: Path) -> None:
    """Who ceases to give keys would pay for everything again."""
    await a2e.batch(keyed(3), journal=journal)
    outcomes = await a2e.batch(foxes(3), journal=journal)
    assert not any(outcome.ok for outcome in outcomes)
    assert "key" in str(outcomes[0].error)
