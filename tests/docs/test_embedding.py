"""What the guide to embedding prints works as printed."""

from __future__ import annotations

import asyncio
import re
from datetime import datetime
from pathlib import Path
from textwrap import indent
from typing import Any

import pytest

from a2e_async import A2E
from a2e_async.sandbox import Fault, Sandbox

GUIDE = (Path(__file__).parents[2] / "docs" / "embedding.md").read_text("utf-8")
BLOCKS = re.findall(r"(?:<!-- (\w+) -->\n)?```python\n(.*?)```", GUIDE, re.DOTALL)
NAMED = {name: code for name, code in BLOCKS if name}


@pytest.fixture
def guide() -> dict[str, Any]:
    module: dict[str, Any] = {}
    exec(compile(NAMED["bot"] + NAMED["test"], "embedding.md", "exec"), module)
    return module


@pytest.fixture
def a2e_sandbox_options() -> dict[str, Any]:
    return {"speed": 200}


async def test_its_own_test_passes(
    guide: dict[str, Any], a2e_sandbox: Sandbox, tmp_path: Path
) -> None:
    await guide["test_a_restart_loses_nothing"](a2e_sandbox, tmp_path)


async def test_a_failure_is_told_once(
    guide: dict[str, Any], a2e_sandbox: Sandbox, tmp_path: Path
) -> None:
    chat, store = guide["FakeChat"](), tmp_path / "jobs.db"
    a2e_sandbox.faults.next("start", Fault.refused(1003, "sensitive"))
    for _ in range(2):
        async with A2E.sandbox(sandbox=a2e_sandbox, store=store) as a2e:
            await guide["take"](a2e, update=1, user=42, message=7, prompt="a lake")
            async with asyncio.TaskGroup() as tasks:
                await guide["go_on"](a2e, chat, tasks)
    refusals = [text for text in chat.texts if "content" in text.lower()]
    assert len(refusals) == 1
    assert len(a2e_sandbox.tasks) == 0


@pytest.mark.parametrize("code", [code for name, code in BLOCKS if not name])
async def test_the_others_run(code: str, a2e: A2E, tmp_path: Path) -> None:
    async with A2E.sandbox(speed=200, store=tmp_path / "jobs.db") as kept:
        module: dict[str, Any] = {
            "a2e": kept,
            "job": await kept.text_to_image.start(prompt="x"),
            "midnight": datetime.now().astimezone(),
        }
        head = "import asyncio\nfrom a2e_async import TextToImage, describe\nasync def run():\n"
        lines = head + indent(code, "    ")
        exec(compile(lines, "embedding.md", "exec"), module)
        await module["run"]()
