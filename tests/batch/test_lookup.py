"""Starts whose answer was lost, on services whose lists prove nothing: none is paid for twice."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest

from a2e_async import A2E, KlingImage, RetryPolicy, Schedule, SubmitUncertain, TextToImage
from a2e_async.journal import state as steps
from a2e_async.journal.item import Item, State
from a2e_async.journal.journal import Journal
from a2e_async.sandbox import Fault, Sandbox
from tests.batch.conftest import fox
from tests.support.scripted import DROP, Reply, Scripted, Seen, ok

POLICY = RetryPolicy(
    first_delay=0.01, longest_delay=0.05, attempts=2, searches=(0.01,), settle=0.25
)
SCHEDULE = Schedule(shortest=0.02, longest=0.1, missing_for=0.3)
LOST = 4


@attrs.define(kw_only=True)
class Service:
    """A service that keeps the tasks whose starts it does not answer, and lists as it is told.

    Attributes:
        seconds: how long a task takes.
        most: tasks on a page.
        ignores_page: whether each page is the first.
        names: whether the list shows names.
        only_done: whether it shows what has ended only.
        lag: seconds after which a task is listed.
        dated: whether it shows dates.
        zone: hours by which the dates are wrong.
        oldest_first: the other way round.
        old: tasks of an earlier day.
        carries_out: whether the lost starts make tasks.
        answer: makes another answer of the list's, or None.
    """

    seconds: float = 0.6
    most: int = 100
    ignores_page: bool = False
    names: bool = True
    only_done: bool = False
    lag: float = 0.0
    dated: bool = True
    zone: int = 0
    oldest_first: bool = False
    old: int = 0
    carries_out: bool = True
    answer: Callable[[Seen], Reply | None] = attrs.field(default=lambda seen: None)
    tasks: list[dict[str, Any]] = attrs.field(factory=list)
    lost: set[str] = attrs.field(factory=set)

    def __attrs_post_init__(self) -> None:
        for number in range(self.old):
            self._make({"prompt": f"old {number}", "name": f"old {number}"}, age=86400)

    def _make(self, body: dict[str, Any], age: float = 0.0) -> dict[str, Any]:
        made = {"_id": f"{len(self.tasks):024x}", "at": time.time() - age, **body}
        self.tasks.append(made)
        return made

    def start(self, seen: Seen) -> Reply:
        prompt = seen.json["prompt"]
        if prompt in {f"fox {n}" for n in range(LOST)} and prompt not in self.lost:
            self.lost.add(prompt)
            if self.carries_out:
                self._make(seen.json)
            return DROP
        return ok([self._shown(self._make(seen.json))])

    def detail(self, seen: Seen) -> Reply:
        task_id = seen.path.rsplit("/", 1)[1]
        found = [task for task in self.tasks if task["_id"] == task_id]
        return ok(self._shown(found[0])) if found else Reply(status=404)

    def _is_done(self, task: dict[str, Any]) -> bool:
        return time.time() >= float(task["at"]) + self.seconds

    def _shown(self, task: dict[str, Any]) -> dict[str, Any]:
        done = self._is_done(task)
        made = datetime.fromtimestamp(task["at"], UTC) + timedelta(hours=self.zone)
        return {
            "_id": task["_id"],
            "prompt": task["prompt"],
            "current_status": "completed" if done else "processing",
            "coins": 10,
            **({"name": task["name"]} if self.names else {}),
            **({"createdAt": made.isoformat()} if self.dated else {}),
            **({"image_urls": ["https://example.com/a.png"]} if done else {}),
        }

    def listing(self, seen: Seen) -> Reply:
        other = self.answer(seen)
        if other is not None:
            return other
        shown = [
            task
            for task in self.tasks
            if time.time() >= task["at"] + self.lag and (self._is_done(task) or not self.only_done)
        ]
        rows = shown if self.oldest_first else shown[::-1]
        number = 1 if self.ignores_page else int(seen.query.get("pageNum", 1))
        rows = rows[(number - 1) * self.most : number * self.most]
        return ok({"rows": [self._shown(task) for task in rows], "count": len(shown)})

    def answers_on(self, server: Scripted, product: Any) -> None:
        server.on("GET", product.start.rsplit("/", 1)[0] + "/*", self.detail)
        server.on("GET", product.pages.path, self.listing)
        server.on("POST", product.start, self.start)


def client_of(server: Scripted) -> A2E:
    return A2E("sk_testtesttest", base_url=server.base_url, retry=POLICY, schedule=SCHEDULE)


async def run(
    service: Service,
    journal: Path | None,
    kind: type[TextToImage | KlingImage] = TextToImage,
    count: int = 24,
    **more: Any,
) -> list[Any]:
    async with Scripted() as server:
        service.answers_on(server, kind.product)
        async with client_of(server) as a2e:
            requests = [kind(prompt=f"fox {number}") for number in range(count)]
            more = {"in_flight": 12, "patience": 1.0, "journal": journal, **more}
            return list(await a2e.batch(requests, **more))


def only_lost_are_uncertain(service: Service, outcomes: list[Any]) -> None:
    """No request has two tasks, and what has no task that is known says so."""
    prompts = Counter(task["prompt"] for task in service.tasks)
    assert set(prompts.values()) == {1}
    for outcome in outcomes:
        if not outcome.ok:
            assert isinstance(outcome.error, SubmitUncertain), outcome.error
            assert outcome.request.prompt in service.lost


def hiccup(page: str) -> Callable[[Seen], Reply | None]:
    return lambda seen: ok({"rows": [], "count": 60}) if seen.query["pageNum"] == page else None


WIDE: dict[str, Any] = {"most": 8, "seconds": 1.0}
BAD: dict[str, tuple[type[TextToImage | KlingImage], dict[str, Any]]] = {
    "the page number is ignored": (TextToImage, {**WIDE, "ignores_page": True}),
    "there are no pages": (KlingImage, {**WIDE, "ignores_page": True}),
    "there are no names": (TextToImage, {"names": False}),
    "only what has ended": (TextToImage, {"only_done": True}),
    "nothing, though there is": (TextToImage, {"answer": hiccup("1")}),
    "null": (TextToImage, {"answer": lambda seen: ok(None)}),
    "null for rows": (TextToImage, {"answer": lambda seen: ok({"rows": None, "count": 0})}),
    "the second page is empty": (TextToImage, {**WIDE, "answer": hiccup("2"), "lag": 0.15}),
    "dates are behind": (TextToImage, {**WIDE, "zone": -8, "lag": 0.15}),
    "oldest first": (TextToImage, {"oldest_first": True, "old": 150, "lag": 0.15}),
    "no dates": (TextToImage, {**WIDE, "dated": False, "lag": 0.15}),
    "dates are behind, and one page": (
        TextToImage,
        {**WIDE, "zone": -8, "ignores_page": True, "lag": 0.15},
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", BAD)
async def test_no_list_makes_a_batch_pay_twice(tmp_path: Path, name: str) -> None:
    kind, options = BAD[name]
    service = Service(**options)
    outcomes = await run(service, tmp_path / "journal.db", kind)
    only_lost_are_uncertain(service, outcomes)
    assert len(service.lost) == LOST


@pytest.mark.parametrize("name", ["there are no names", "null", "the page number is ignored"])
async def test_nor_without_a_journal(name: str) -> None:
    kind, options = BAD[name]
    service = Service(**options)
    only_lost_are_uncertain(service, await run(service, None, kind))


async def test_why_it_cannot_be_known_is_told(tmp_path: Path) -> None:
    service = Service(names=False)
    outcomes = await run(service, tmp_path / "journal.db")
    errors = [str(outcome.error) for outcome in outcomes if not outcome.ok]
    assert len(errors) == LOST
    assert all("the product's list does not show the names of its tasks" in it for it in errors)
    assert all("retry='uncertain'" in it for it in errors)


@pytest.mark.parametrize(
    "options", [{}, {"dated": False, "most": 8}, {"old": 150}, {"lag": 0.15, "zone": 8}]
)
async def test_what_was_not_carried_out_is_started_again(
    tmp_path: Path, options: dict[str, Any]
) -> None:
    """Where the list is good, nothing stays uncertain."""
    service = Service(carries_out=False, **options)
    outcomes = await run(service, tmp_path / "journal.db", patience=60.0)
    assert [outcome.error for outcome in outcomes if not outcome.ok] == []
    only_lost_are_uncertain(service, outcomes)
    assert len(service.lost) == LOST


@pytest.mark.slow
async def test_a_list_that_is_put_right_tells_at_last(tmp_path: Path) -> None:
    """While the batch has other tasks, it goes on to look."""
    begun = time.time()

    def late(seen: Seen) -> Reply | None:
        return ok({"rows": [], "count": 1}) if time.time() < begun + 2 else None

    service = Service(carries_out=False, answer=late, seconds=0.8)
    outcomes = await run(service, tmp_path / "journal.db", patience=60.0, count=60)
    assert [outcome.error for outcome in outcomes if not outcome.ok] == []
    only_lost_are_uncertain(service, outcomes)


async def test_a_batch_with_nothing_but_a_lost_start_ends(a2e: A2E, sandbox: Sandbox) -> None:
    """No other task of its can tell what the list is worth."""
    sandbox.faults.next("start", Fault.lost_request())
    begun = time.monotonic()
    [outcome] = await a2e.batch([fox(1)])
    assert isinstance(outcome.error, SubmitUncertain)
    assert len(sandbox.tasks) == 0
    assert time.monotonic() - begun < 20


async def test_items_that_share_a_name_are_looked_for_together(a2e: A2E, sandbox: Sandbox) -> None:
    """Which task is whose, nobody can tell."""
    sandbox.faults.next("start", Fault.lost_answer(), times=4)
    requests = [attrs.evolve(fox(number), name="the same") for number in range(4)]
    async with asyncio.timeout(30):
        outcomes = await a2e.batch(requests)
    assert len(sandbox.tasks) == 4
    for outcome in outcomes:
        assert outcome.ok or isinstance(outcome.error, SubmitUncertain), outcome.error


@pytest.mark.slow
async def test_a_journal_tells_when_tasks_were_started(tmp_path: Path) -> None:
    async with await Journal.open(tmp_path / "journal.db") as journal:
        items: list[Item] = []
        for index in range(450):
            item = await journal.admit(index, None, fox(index))
            at = 1000.0 + index
            item = steps.begin(item, name=f"name {index}", reserved=None, at=at)
            item = steps.accept(item, task_id=f"t{index}", coins=1, at=at + 0.5)
            if index % 2:
                failed: dict[str, Any] = {"state": State.FAILED, "record": None, "coins": None}
                item = steps.end(item, **failed, error=None, at=at + 9)
            await journal.write(item)
            items.append(item)
        kind = "text_to_image"
        known = await journal.known(kind, [f"t{n}" for n in range(0, 900, 3)])
        assert known.keys() == {f"t{n}" for n in range(0, 450, 3)}
        one = known["t3"]
        assert (one.name, one.begun, one.answered, one.ended) == ("name 3", 1003, 1003.5, 1012)
        assert known["t0"].ended is None
        assert await journal.known("kling_image", ["t3"]) == {}
        assert await journal.known(kind, []) == {}
        assert await journal.answered(kind, 1447.0) == [1447.5, 1448.5, 1449.5]
        # A task that was retried is no item's any more.
        await journal.write(steps.retry(items[-1]))
        assert await journal.known(kind, ["t449"]) == {}
        assert await journal.answered(kind, 1447.0) == [1447.5, 1448.5]
        assert await journal.knows(kind, "t449")
