"""The pytest plugin, as a project that installs the SDK meets it."""

from __future__ import annotations

import runpy
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from a2e_async.sandbox import pytest_plugin

if TYPE_CHECKING:
    from pathlib import Path

    from a2e_async import A2E
    from a2e_async.sandbox import Sandbox

pytestmark = pytest.mark.timeout(60)

USERS_TEST = """
import aiohttp, pytest

@pytest.fixture
def a2e_sandbox_options():
    return {"coins": 7}

MARK
async def test_users_code(a2e_sandbox):
    assert a2e_sandbox.coins == 7
    async with aiohttp.ClientSession() as session:
        headers = {"Authorization": f"Bearer {a2e_sandbox.token}"}
        url = a2e_sandbox.base_url + "/api/v1/user/remainingCoins"
        async with session.get(url, headers=headers) as response:
            assert (await response.json())["data"]["coins"] == 7
"""

LIGHT = """
import sys
before = set(sys.modules)
import a2e_async
package = set(sys.modules)
import a2e_async.sandbox, a2e_async.sandbox.pytest_plugin
heavy = {"PIL", "av", "jsonschema", "a2e_async.sandbox.server", "a2e_async.sandbox.service"}
assert not heavy & (set(sys.modules) - package), heavy & set(sys.modules)
assert not {"PIL", "av", "jsonschema"} & set(sys.modules)
"""


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["strict", "auto"])
def test_the_fixture_works_in_both_modes(tmp_path: Path, mode: str) -> None:
    mark = "@pytest.mark.asyncio" if mode == "strict" else ""
    test = tmp_path / "test_users.py"
    test.write_text(USERS_TEST.replace("MARK", mark))
    command = [
        *(sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider"),
        *("-o", f"asyncio_mode={mode}", "-o", "asyncio_default_fixture_loop_scope=function"),
        *("--rootdir", str(tmp_path), str(test)),
    ]
    result = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "1 passed" in result.stdout


def test_the_plugin_is_light() -> None:
    command = [sys.executable, "-c", LIGHT]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


async def test_the_sandbox_fixture_runs_fast(a2e_sandbox: Sandbox) -> None:
    assert a2e_sandbox.base_url
    assert a2e_sandbox._world.service.clock.speed == 1000


def test_without_pytest_asyncio_the_fixtures_are_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pytest_asyncio", None)
    names = runpy.run_path(str(pytest_plugin.__file__))
    assert names["async_fixture"] is pytest.fixture
    assert {"a2e_sandbox", "a2e", "a2e_sandbox_options"} <= names.keys()


async def test_the_client_fixture_talks_to_the_sandbox(a2e: A2E, a2e_sandbox: Sandbox) -> None:
    assert await a2e.account.coins() == 100_000
    assert a2e_sandbox.requests.total == 1


async def test_the_client_fixture_is_closed_after_the_test(
    a2e_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = []

    class Client:
        async def aclose(self) -> None:
            closed.append(True)

    def client() -> Any:
        return Client()

    monkeypatch.setattr(a2e_sandbox, "client", client)
    fixture: Any = pytest_plugin.a2e
    life = fixture.__wrapped__(a2e_sandbox) if hasattr(fixture, "__wrapped__") else None
    assert life is not None
    assert isinstance(await anext(life), Client)
    assert not closed
    with pytest.raises(StopAsyncIteration):
        await anext(life)
    assert closed
