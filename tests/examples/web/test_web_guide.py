"""What the guide prints works as printed."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from a2e_async.sandbox import Sandbox
from tests.examples.web.site import PNG

ROOT = Path(__file__).parents[3]
GUIDE = (ROOT / "docs" / "web.md").read_text("utf-8")


def block(name: str) -> str:
    found = re.search(rf"<!-- {name} -->\n```python\n(.*?)```", GUIDE, re.DOTALL)
    assert found is not None
    return found[1]


@pytest.fixture
def a2e_sandbox_options() -> dict[str, Any]:
    return {"speed": 100, "durations": 30.0}


async def test_the_least_of_fastapi_goes_on_after_a_restart(
    a2e_sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code = block("fastapi").replace("A2E(store=", "A2E.sandbox(sandbox=sandbox, store=")
    code = code.replace("drain(timeout=10)", "drain(timeout=0)")
    key = uuid4()
    first: dict[str, Any] = {"sandbox": a2e_sandbox}
    second: dict[str, Any] = {"sandbox": a2e_sandbox}
    exec(compile(code, "web.md", "exec"), first)
    async with first["app"].router.lifespan_context(first["app"]):
        await first["order"](key=key, prompt="a lake")
        await first["order"](key=key, prompt="a lake")
    exec(compile(code, "web.md", "exec"), second)
    async with second["app"].router.lifespan_context(second["app"]):
        answer = await second["events"](key)
        told = [event async for event in answer.body_iterator]
        await asyncio.gather(*second["tasks"])
    assert all(event.startswith("data: ") for event in told)
    assert told
    (file,) = (tmp_path / "results" / str(key)).iterdir()
    assert file.read_bytes().startswith(PNG)
    assert len(a2e_sandbox.tasks) == 1


async def test_the_test_of_the_site_passes(a2e_sandbox: Sandbox, tmp_path: Path) -> None:
    module: dict[str, Any] = {}
    exec(compile(block("test"), "web.md", "exec"), module)
    await module["test_an_order_that_is_sent_twice_is_paid_once"](a2e_sandbox, tmp_path)


def test_every_python_block_is_python() -> None:
    for code in re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL):
        compile(code, "web.md", "exec")


def test_what_the_guide_shows_is_there() -> None:
    for name in re.findall(r"pictures/[\w-]+\.png", GUIDE):
        assert (ROOT / "docs" / name).is_file(), name
    for option in re.findall(r"`(--[\w-]+)`", GUIDE):
        assert option in (ROOT / "examples" / "web" / "__main__.py").read_text("utf-8"), option
