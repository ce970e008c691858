"""A process that is killed at random moments, again and again, on a service in trouble."""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
from collections import Counter
from pathlib import Path

import pytest

from a2e_async.sandbox import Fault, Sandbox
from tests.store.conftest import written

COUNT = 24
KILLS = int(os.environ.get("A2E_TEST_KILLS", "4"))
TOKEN = "sk_eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJtZSJ9.signature"


async def _run(sandbox: Sandbox, directory: Path) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.store.killed", sandbox.base_url, str(directory)),
        str(COUNT),
        env={**os.environ, "A2E_API_KEY": TOKEN},
        stderr=asyncio.subprocess.PIPE,
    )


@pytest.mark.slow
@pytest.mark.timeout(120)
async def test_killed_again_and_again_it_loses_nothing_and_pays_once(tmp_path: Path) -> None:
    dice = random.Random(5)
    async with Sandbox(speed=60, seed=5, token=TOKEN) as sandbox:
        for fault, rate in (
            (Fault.lost_answer(), 0.1),
            (Fault.status(503), 0.05),
            (Fault.rate_limited(0.1), 0.05),
        ):
            sandbox.faults.set_rate("start", fault, rate)
        sandbox.faults.set_rate("*", Fault.status(502), 0.03)
        for _ in range(KILLS):
            process = await _run(sandbox, tmp_path)
            await asyncio.sleep(dice.uniform(0.6, 1.4))
            if process.returncode is None:
                process.kill()
            await process.communicate()
        process = await _run(sandbox, tmp_path)
        _, said = await process.communicate()
        assert process.returncode == 0, said.decode()
        prompts = Counter(str(task.body["prompt"]) for task in sandbox.tasks)
        assert set(prompts.values()) == {1}
        ids = {task.id for task in sandbox.tasks}
    told = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    # Each result at least once, and twice only where a kill came before the mark.
    counts = Counter(line["tag"] for line in told)
    assert {*counts} == {*range(COUNT)}
    assert sum(counts.values()) <= COUNT + KILLS * 6
    assert [line for line in told if "error" in line] == []
    assert {line["token"].partition(":")[2] for line in told} == ids
    assert TOKEN.encode() not in written(tmp_path)
