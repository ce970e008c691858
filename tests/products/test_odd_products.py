"""Products that lack an operation or a name, on a server that answers by script."""

from __future__ import annotations

from typing import Any, ClassVar

import attrs
import pytest

from a2e_async import (
    A2E,
    Family,
    Job,
    JobNotFound,
    NotFound,
    Record,
    Request,
    SubmitUncertain,
    Unsupported,
)
from a2e_async.http.operation import Operation
from a2e_async.parts import FamilyOf
from a2e_async.tasks import checks
from a2e_async.tasks.product import WHOLE_LIST, Pages, Product
from a2e_async.tasks.request import NamedRequest
from tests.conftest import QUICK_RETRY, QUICK_SCHEDULE, TOKEN
from tests.support.scripted import DROP, Scripted, Seen, html, ok

OUT = "https://assets.example/1.mp4"


@attrs.frozen(kw_only=True)
class ListedRecord(Record):
    """A task that only the list tells of."""


@attrs.frozen(kw_only=True)
class Listed(NamedRequest[ListedRecord]):
    """A start with neither detail nor deletion."""

    product: ClassVar[Product[ListedRecord]] = Product(
        kind="listed",
        title="Listed",
        record=ListedRecord,
        start="/api/v1/listed/start",
        detail=None,
        pages=Pages("/api/v1/listed/allRecords", largest=2),
        delete=None,
        result_fields=("result_url",),
        media="video",
        deadline=60.0,
    )

    prompt: str = attrs.field(validator=checks.Text())


@attrs.frozen(kw_only=True)
class NamelessRecord(Record):
    """A task without a name."""


@attrs.frozen(kw_only=True)
class Nameless(Request[NamelessRecord]):
    """A start without a name, whose tasks have two details and a list without pages."""

    product: ClassVar[Product[NamelessRecord]] = Product(
        kind="nameless",
        title="Nameless",
        record=NamelessRecord,
        start="/api/v1/nameless/add",
        detail=Operation("GET", "/api/v1/nameless/status", query="_id"),
        other_detail=Operation("GET", "/api/v1/nameless/{_id}"),
        pages=Pages("/api/v1/nameless/records", **WHOLE_LIST),
        delete=Operation("POST", "/api/v1/nameless/remove", body="_id"),
        name_field=None,
        result_fields=("result_url",),
        ready_field="made_id",
        media="video",
        deadline=60.0,
    )


class MyClient(A2E):
    """A client with products of its own: one module, one line."""

    listed = FamilyOf(lambda core: Family(core, Listed))
    nameless = FamilyOf(lambda core: Family(core, Nameless))


@pytest.fixture
async def mine(scripted: Scripted) -> Any:
    async with MyClient(
        TOKEN, base_url=scripted.base_url, retry=QUICK_RETRY, schedule=QUICK_SCHEDULE
    ) as a2e:
        yield a2e


def task(task_id: str = "a", word: str = "processing", **more: Any) -> dict[str, Any]:
    result = {"result_url": OUT} if word == "completed" else {}
    return {"_id": task_id, "current_status": word, **result, **more}


def pages(*all_pages: list[dict[str, Any]]) -> Any:
    def answer(seen: Seen) -> Any:
        number = int(seen.query["pageNum"])
        rows = all_pages[number - 1] if number <= len(all_pages) else []
        return ok({"rows": rows, "count": 5})

    return answer


async def test_a_product_is_added_by_its_module_and_a_line(
    mine: MyClient, scripted: Scripted
) -> None:
    assert mine.kinds()[-2:] == ("listed", "nameless")
    assert "listed" not in A2E.kinds()
    scripted.on("POST", "*/listed/start", ok(task("a", "completed")))
    job = await mine.submit(Listed(prompt="x"))
    assert (job.token, job.done) == ("listed:a", True)
    assert isinstance(mine.job("listed:b"), Job)
    with pytest.raises(ValueError, match="listed"):
        mine.job("nothing:b")
    with pytest.raises(ValueError, match=r"kind: expected one of .*nameless"):
        mine.family("nothing")


async def test_a_task_without_a_detail_is_read_in_the_list(
    mine: MyClient, scripted: Scripted
) -> None:
    scripted.on("POST", "*/listed/start", ok(task()))
    going = pages([task("x"), task("y")], [task("a"), task("z")])
    ended = pages([task("x"), task("y")], [task("a", "completed"), task("z")])
    scripted.on("GET", "*/listed/allRecords", going, going, ended)
    job = await mine.listed.start(prompt="x")
    record = await job
    assert record.outputs == (OUT,)


async def test_many_tasks_without_a_detail_are_read_together(
    mine: MyClient, scripted: Scripted
) -> None:
    ended = pages([task("b", "completed"), task("a", "completed")])
    scripted.on("GET", "*/listed/allRecords", ended)
    assert {*await mine.listed.get_many(["a", "b"])} == {"a", "b"}
    assert len(scripted.seen) == 1


async def test_a_task_that_no_list_has_is_not_found(mine: MyClient, scripted: Scripted) -> None:
    scripted.on("GET", "*/listed/allRecords", pages([task("x")]))
    with pytest.raises(NotFound, match="no task a in the list of listed"):
        await mine.listed.get("a")
    assert await mine.listed.get_many(["a", "x"]) == {"x": await mine.listed.get("x")}
    with pytest.raises(JobNotFound):
        await mine.listed.job("a")


async def test_a_verb_without_an_operation_says_so_and_sends_nothing(
    mine: MyClient, scripted: Scripted
) -> None:
    with pytest.raises(Unsupported, match="listed: the service documents no deletion"):
        await mine.listed.delete("a")
    with pytest.raises(Unsupported, match="listed: the service documents one detail"):
        await mine.listed.get("a", other=True)
    assert scripted.seen == []


async def test_the_other_detail_is_asked_when_the_first_knows_nothing(
    mine: MyClient, scripted: Scripted
) -> None:
    scripted.on("GET", "*/nameless/*", ok(task()))
    scripted.on("GET", "*/nameless/status", html(404))
    assert (await mine.nameless.get("a")).id == "a"
    assert [seen.path for seen in scripted.seen] == [
        "/api/v1/nameless/status",
        "/api/v1/nameless/a",
    ]
    scripted.seen.clear()
    await mine.nameless.get("a", other=True)
    assert [seen.path for seen in scripted.seen] == ["/api/v1/nameless/a"]


async def test_a_refusal_of_the_first_detail_is_no_reason_to_ask_the_other(
    mine: MyClient, scripted: Scripted
) -> None:
    scripted.on("GET", "*/nameless/status", html(403))
    with pytest.raises(Exception, match="403"):
        await mine.nameless.get("a")
    assert len(scripted.seen) == 1


async def test_a_nameless_start_that_was_lost_is_uncertain_at_once(
    mine: MyClient, scripted: Scripted
) -> None:
    scripted.on("POST", "*/nameless/add", DROP)
    scripted.on("GET", "*/nameless/records", ok([task()]))
    with pytest.raises(SubmitUncertain, match=r"a2e\.nameless\.list\(\)") as caught:
        await mine.nameless.start()
    assert caught.value.name is None
    assert scripted.count("POST", "*") == 1
    assert scripted.requests("POST", "*")[0].json == {}
    assert scripted.count("GET", "*") == 0


async def test_a_list_without_pages_is_asked_once(mine: MyClient, scripted: Scripted) -> None:
    scripted.on("GET", "*/nameless/records", ok([task("b"), task("a")]))
    assert [record.id async for record in mine.nameless.list()] == ["b", "a"]
    assert [seen.query for seen in scripted.seen] == [{}]


async def test_a_filled_field_says_that_the_task_is_ready(
    mine: MyClient, scripted: Scripted
) -> None:
    scripted.on("GET", "*/nameless/status", ok(task("a", "processing", made_id="m")))
    record = await mine.nameless.job("a")
    assert record.status == "completed"
    assert record.outputs == ()


async def test_an_id_goes_where_the_operation_takes_it(mine: MyClient, scripted: Scripted) -> None:
    scripted.on("POST", "*/nameless/remove", ok({}))
    await mine.nameless.delete("a/b")
    assert scripted.seen[0].json == {"_id": "a/b"}
