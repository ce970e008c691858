"""The calls that the sandbox makes when tasks with a webhook end."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import attrs
import pytest
import pytest_asyncio
from aiohttp import web

from a2e_async.sandbox import Effect, Fault, Faults, Sandbox

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from .conftest import Caller

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(20)]


@attrs.define
class Listener:
    """Who hears the calls."""

    url: str
    heard: list[tuple[str, str | None, str, bytes]] = attrs.field(factory=list)
    status: int = 204
    more: asyncio.Condition = attrs.field(factory=asyncio.Condition)

    async def handle(self, request: web.Request) -> web.Response:
        token = request.headers.get("X-A2e-Webhook-Token")
        body = await request.read()
        self.heard.append((request.method, token, request.content_type, body))
        async with self.more:
            self.more.notify_all()
        return web.Response(status=self.status, headers={"Location": self.url})

    async def hears(self, number: int) -> list[Any]:
        async with asyncio.timeout(5), self.more:
            await self.more.wait_for(lambda: len(self.heard) >= number)
        # What should not come has had its time then.
        await asyncio.sleep(0.1)
        return self.heard

    @property
    def fields(self) -> dict[str, Any]:
        return {"webhook_url": self.url, "webhook_token": "hush"}


async def rung(sandbox: Sandbox, number: int) -> None:
    while len(sandbox.bells) < number:  # noqa: ASYNC110  (calls that nobody hears)
        await asyncio.sleep(0.01)


@pytest_asyncio.fixture
async def listener() -> AsyncIterator[Listener]:
    made = Listener("")
    app = web.Application()
    app.router.add_route("*", "/a2e", made.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/a2e"
    yield made
    await runner.cleanup()


async def test_one_call_at_the_end(caller: Caller, listener: Listener) -> None:
    record = await caller.image(**listener.fields)
    await asyncio.sleep(0.1)
    assert listener.heard == []
    caller.clock.advance(100)
    seen = await caller.look(record)
    [(method, token, kind, body)] = await listener.hears(1)
    assert (method, token, kind) == ("POST", "hush", "application/json")
    assert json.loads(body) == {"event": "task.completed", "data": seen}
    [bell] = caller.sandbox.bells
    assert (bell.task_id, bell.url, bell.status) == (record["_id"], listener.url, 204)
    caller.clock.advance(1000)
    await caller.look(record)
    assert len(await listener.hears(1)) == 1


async def test_it_comes_by_itself(listener: Listener) -> None:
    async with Sandbox(speed=1000, durations=200.0) as sandbox, sandbox.client() as a2e:
        job = await a2e.text_to_image.start(prompt="x", **listener.fields)
        assert len(await listener.hears(1)) == 1
        assert (await a2e.text_to_image.get(job.id)).status.terminal


@pytest.mark.parametrize("status", [302, 307, 404, 500])
async def test_no_answer_makes_it_call_again(
    caller: Caller, listener: Listener, status: int
) -> None:
    listener.status = status
    record = await caller.image(**listener.fields)
    caller.clock.advance(100)
    await caller.look(record)
    assert len(await listener.hears(1)) == 1
    assert [bell.status for bell in caller.sandbox.bells] == [status]


async def test_nobody_there(caller: Caller, unused_tcp_port: int) -> None:
    url = f"http://127.0.0.1:{unused_tcp_port}/"
    record = await caller.image(webhook_url=url)
    other = await caller.image(webhook_url="https://[")
    caller.clock.advance(100)
    await caller.look(record)
    await rung(caller.sandbox, 2)
    assert {(bell.task_id, bell.status) for bell in caller.sandbox.bells} == {
        (record["_id"], 0),
        (other["_id"], 0),
    }


async def test_other_hosts_are_not_called(caller: Caller) -> None:
    record = await caller.image(webhook_url="https://example.com/", webhook_token="hush")
    caller.clock.advance(100)
    await caller.look(record)
    await rung(caller.sandbox, 1)
    assert [bell.status for bell in caller.sandbox.bells] == [0]
    assert "hush" not in repr(caller.sandbox.bells)


@pytest.mark.parametrize(
    ("shape", "kind", "payload"),
    [
        ("event", "application/json", '{"event":"task.failed","data":{{record}}}'),
        ("record", "application/json", "{{record}}"),
        ("bare-id", "text/plain", "{{id}}"),
        ("no-id", "application/json", '{"event":"task.failed"}'),
        ("empty", "application/octet-stream", ""),
    ],
)
async def test_the_payload_has_the_shape_that_was_asked_for(
    serve: Callable[..., Awaitable[Caller]], listener: Listener, shape: str, kind: str, payload: str
) -> None:
    caller = await serve(durations=10.0, webhook_payload=shape)
    caller.faults.next("start", Fault.failed_task())
    record = await caller.image(**listener.fields)
    caller.clock.advance(10)
    seen = json.dumps(await caller.look(record), separators=(",", ":"), ensure_ascii=False)
    [(_, _, sent, body)] = await listener.hears(1)
    expected = payload.replace("{{record}}", seen).replace("{{id}}", record["_id"])
    assert (sent, body.decode()) == (kind, expected)
    assert b"hush" not in body


async def test_a_shape_that_there_is_not() -> None:
    with pytest.raises(ValueError, match="smoke"):
        Sandbox(webhook_payload="smoke")


async def test_a_deleted_task_does_not_ring(caller: Caller, listener: Listener) -> None:
    gone = await caller.image(**listener.fields)
    record = await caller.image(**listener.fields)
    await caller.call("DELETE", f"userText2Image/{gone['_id']}")
    caller.clock.advance(100)
    await caller.look(record)
    await listener.hears(1)
    assert [bell.task_id for bell in caller.sandbox.bells] == [record["_id"]]


async def test_a_task_that_is_tried_again_rings_again(caller: Caller, listener: Listener) -> None:
    caller.faults.next("start", Fault.failed_task())
    body = {"name": "x", "source_url": "https://example.com/a.mp4", **listener.fields}
    start = await caller.call("POST", "userCaptionRemoval/start", json=body)
    task_id = start.data["_id"]
    caller.clock.advance(100)
    await caller.call("POST", "userCaptionRemoval/retry", json={"_id": task_id})
    caller.clock.advance(100)
    await caller.call("GET", f"userCaptionRemoval/{task_id}")
    heard = await listener.hears(1)
    events = [json.loads(body)["event"] for *_, body in heard]
    assert events[-1] == "task.completed"
    assert len(events) <= 2


async def test_many_ends_in_their_order(listener: Listener) -> None:
    durations = iter([0.5, 0.1, 0.3])
    sandbox = Sandbox(speed=1, durations=lambda _: next(durations))
    async with sandbox, sandbox.client() as a2e:
        jobs = [await a2e.text_to_image.start(prompt="x", **listener.fields) for _ in range(3)]
        await listener.hears(3)
    assert [bell.task_id for bell in sandbox.bells] == [jobs[n].id for n in (1, 2, 0)]


async def test_faults_of_calls(caller: Caller, listener: Listener) -> None:
    faults = (Fault.lost_request(), Fault.wrong_token(), Fault.unknown_id(), Fault.repeated(3))
    caller.faults.next("webhook", *faults)
    # A call is no request: what concerns all of them does not concern it.
    caller.faults.next("*", Fault.none())
    records = []
    for _ in faults:
        records.append(await caller.image(**listener.fields))
        caller.clock.advance(0.001)
    caller.clock.advance(100)
    await caller.look(records[0])
    heard = await listener.hears(5)
    ids = [json.loads(body)["data"]["_id"] for *_, body in heard]
    tokens = [token for _, token, *_ in heard]
    assert records[0]["_id"] not in ids
    assert {(ids[n], tokens[n]) for n in range(5)} == {
        (records[1]["_id"], "a stranger's"),
        (records[2]["_id"][::-1], "hush"),
        (records[3]["_id"], "hush"),
    }
    assert caller.faults.applied[Effect.LOST_REQUEST] == 1
    assert caller.faults.waiting == 0


async def test_a_late_call(listener: Listener) -> None:
    faults = Faults(rate={"webhook": {Fault.slow(0.3): 1.0}})
    async with Sandbox(speed=1, durations=0.0, faults=faults) as sandbox, sandbox.client() as a2e:
        await a2e.text_to_image.start(prompt="x", **listener.fields)
        await asyncio.sleep(0.1)
        assert listener.heard == []
        assert len(await listener.hears(1)) == 1


@pytest.mark.parametrize(
    ("where", "fault"),
    [
        ("webhook", Fault.html()),
        ("webhook", Fault.lost_answer()),
        ("webhook", Fault.failed_task()),
        ("start", Fault.repeated()),
        ("*", Fault.wrong_token()),
        ("/a2e", Fault.unknown_id()),
    ],
)
async def test_faults_that_do_not_fit(where: str, fault: Fault) -> None:
    with pytest.raises(ValueError, match=fault.effect):
        Faults().next(where, fault)


async def test_nothing_runs_where_nothing_rings(caller: Caller, listener: Listener) -> None:
    before = asyncio.all_tasks()
    await caller.image()
    assert not [task for task in asyncio.all_tasks() - before if "bells" in task.get_name()]


async def test_nothing_is_left_when_the_sandbox_closes(listener: Listener) -> None:
    async with Sandbox(durations=1000.0, speed=1) as sandbox, sandbox.client() as a2e:
        await a2e.text_to_image.start(prompt="x", **listener.fields)
        await asyncio.sleep(0.05)
        assert [task for task in asyncio.all_tasks() if "bells" in task.get_name()]
    await asyncio.sleep(0)
    assert not [task for task in asyncio.all_tasks() if "bells" in task.get_name()]
    assert listener.heard == []


async def test_what_was_due_while_it_was_closed(listener: Listener) -> None:
    sandbox = Sandbox(durations=0.2, speed=1)
    async with sandbox, sandbox.client() as a2e:
        await a2e.text_to_image.start(prompt="x", **listener.fields)
    await asyncio.sleep(0.3)
    assert listener.heard == []
    async with sandbox:
        assert len(await listener.hears(1)) == 1
