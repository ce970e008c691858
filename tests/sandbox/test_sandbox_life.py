"""Start and stop, the log, the whole catalogue, and the client at the other end."""

from __future__ import annotations

import asyncio
import gc
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import ClientConnectorError, ClientSession

from a2e_async import facts, sandbox
from a2e_async.errors import ConfigurationError
from a2e_async.sandbox import Sandbox
from a2e_async.sandbox import sandbox as home
from a2e_async.sandbox.operations import read

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Caller

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(20)]

OPERATIONS = read(facts.load())


async def test_started_in_one_task_and_stopped_in_another() -> None:
    service = Sandbox()
    await service.aclose()
    await asyncio.create_task(service.start())
    await service.start()
    base = service.base_url
    async with ClientSession() as session:
        async with session.get(f"{base}/nothing") as response:
            assert response.status == 404
        await asyncio.create_task(service.aclose())
        await service.aclose()
        with pytest.raises(ClientConnectorError):
            await session.get(f"{base}/nothing")
    assert service.base_url == ""


async def test_nothing_is_left_behind() -> None:
    before = asyncio.all_tasks()
    async with Sandbox(durations=0) as service, ClientSession() as session:
        headers = {"Authorization": "Bearer x"}
        url = f"{service.base_url}/api/v1/userText2Image/start"
        async with session.post(url, headers=headers, json={"prompt": "x"}) as response:
            picture = (await response.json())["data"][0]["image_urls"][0]
        async with session.get(picture) as response:
            assert await response.read()
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == before
    gc.collect()


async def test_closing_does_not_wait_for_a_slow_answer(caller: Caller) -> None:
    caller.faults.next("*", sandbox.Fault.slow(15))
    pending = asyncio.create_task(caller.call("GET", "user/remainingCoins"))
    await asyncio.sleep(0.05)
    async with asyncio.timeout(5):
        await caller.sandbox.aclose()
    with pytest.raises(Exception, match=r".*"):
        await pending


async def test_the_tasks_survive_a_restart(caller: Caller) -> None:
    record = await caller.image(width=64, height=64)
    await caller.sandbox.aclose()
    await caller.sandbox.start()
    caller.clock.advance(100)
    (url,) = (await caller.look(record))["image_urls"]
    assert (await caller.raw("GET", url)).status == 200


async def test_two_starts_at_once_open_one_port() -> None:
    service = Sandbox()
    await asyncio.gather(service.start(), service.start())
    base = service.base_url
    await service.start()
    assert service.base_url == base
    await service.aclose()


async def test_two_sandboxes_do_not_share(serve: Callable[..., Any]) -> None:
    first, second = await serve(seed=1), await serve(seed=2)
    record = await first.image()
    answer = await second.call("GET", f"userText2Image/{record['_id']}")
    assert answer.status == 404


async def test_a_taken_port_is_an_error_and_leaves_nothing_open(caller: Caller) -> None:
    port = int(caller.sandbox.base_url.rsplit(":", 1)[1])
    other = Sandbox(port=port)
    with pytest.raises(OSError, match="address already in use"):
        await other.start()
    assert other.base_url == ""


async def test_it_listens_on_ipv6_as_well() -> None:
    try:
        service = Sandbox(host="::1")
        await service.start()
    except OSError:
        pytest.skip("no IPv6 here")
    assert service.base_url.startswith("http://[::1]:")
    await service.aclose()


async def test_serve_forever_listens_until_cancelled() -> None:
    service = Sandbox()
    task = asyncio.create_task(service.serve_forever())
    while not service.base_url:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert service.base_url == ""


async def test_the_log_counts_and_holds_no_secrets(caller: Caller) -> None:
    record = await caller.image()
    await caller.look(record)
    await caller.look(record)
    log = caller.sandbox.requests
    assert (log.total, len(log), log.by_kind["detail"]) == (3, 3, 2)
    assert log.count("GET") == 2
    assert log.count(path="/api/v1/userText2Image/*", status=200) == 3
    assert caller.sandbox.token not in str(list(log))
    log.clear()
    assert (log.total, list(log)) == (0, [])


async def test_its_repr_shows_no_token(caller: Caller) -> None:
    assert caller.sandbox.token not in repr(caller.sandbox)
    assert caller.sandbox.base_url in repr(caller.sandbox)
    assert "not started" in repr(Sandbox())
    assert caller.sandbox.token.startswith("sk_sandbox")


@pytest.mark.parametrize(
    "options", [{"speed": 0}, {"speed": -1}, {"batch_detail": "x"}, {"envelope": ""}]
)
async def test_options_out_of_range_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Sandbox(**options)


async def test_a_missing_extra_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def lacking(name: str) -> Any:
        return None if name == "av" else find_spec(name)

    monkeypatch.setattr(home, "find_spec", lacking)
    with pytest.raises(ConfigurationError, match=r"av: pip install 'a2e-async\[sandbox\]'"):
        await Sandbox().start()


async def test_the_package_has_its_four_names() -> None:
    assert {sandbox.Effect, sandbox.Fault, sandbox.Faults, sandbox.Sandbox}
    assert sandbox.__all__ == sorted(sandbox.__all__)
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = sandbox.Nothing


async def test_the_client_is_the_sdk_s_own(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {}

    class Client:
        @classmethod
        def sandbox(cls, **options: Any) -> str:
            given.update(options)
            return "client"

    monkeypatch.setattr(sys.modules["a2e_async"], "A2E", Client, raising=False)
    client: Any = caller.sandbox.client(in_flight=3)
    assert client == "client"
    assert given == {"sandbox": caller.sandbox, "in_flight": 3}


async def test_every_classic_path_is_served(caller: Caller) -> None:
    classic = [it for it in OPERATIONS if "x-classic-path" in it.facts]
    assert len(classic) == 3
    server = caller.sandbox._server
    assert server is not None
    for operation in OPERATIONS:
        path = operation.path.replace("userText2Image", "userText2image").replace("{_id}", "x")
        route = server.api.route(operation.method, path.replace("{id}", "x"))
        assert route is not None
        assert route.operation is operation or route.operation == operation
