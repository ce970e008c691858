"""A run that is killed at random moments, again and again, on a service in trouble."""

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
from tests.batch.test_journal_runs import everything_in

COUNT = 30
KILLS = 4


async def _run(sandbox: Sandbox, directory: Path, token: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.batch.killed", sandbox.base_url, str(directory)),
        str(COUNT),
        env={**os.environ, "A2E_API_KEY": token},
        stderr=asyncio.subprocess.PIPE,
    )


@pytest.mark.slow
@pytest.mark.timeout(120)
@pytest.mark.parametrize("seed", [1, 2])
async def test_a_killed_run_loses_nothing_and_pays_once(tmp_path: Path, seed: int) -> None:
    token = "sk_eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJtZSJ9.signature"
    dice = random.Random(seed)
    async with Sandbox(speed=100, seed=seed, token=token) as sandbox:
        for fault, rate in (
            (Fault.lost_answer(), 0.1),
            (Fault.lost_request(), 0.05),
            (Fault.status(503), 0.05),
            (Fault.rate_limited(0.1), 0.1),
        ):
            sandbox.faults.set_rate("start", fault, rate)
        sandbox.faults.set_rate("*", Fault.status(502), 0.03)
        for _ in range(KILLS):
            process = await _run(sandbox, tmp_path, token)
            await asyncio.sleep(dice.uniform(0.5, 1.5))
            if process.returncode is None:
                process.kill()
            await process.communicate()
        process = await _run(sandbox, tmp_path, token)
        _, said = await process.communicate()
        assert process.returncode == 0, said.decode()
        # Each prompt has one task: none was started twice, not even under another name.
        prompts = Counter(str(task.body["prompt"]) for task in sandbox.tasks)
        assert prompts == Counter(f"a red fox, number {n}" for n in range(COUNT))
        ids = {task.id for task in sandbox.tasks}
    rows = [json.loads(line) for line in (tmp_path / "results.jsonl").read_text().splitlines()]
    assert sorted(row["index"] for row in rows) == [*range(COUNT)]
    assert {row["token"].partition(":")[2] for row in rows} == ids
    files = [tmp_path / name for row in rows for name in row["files"]]
    assert len(set(files)) == COUNT
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in files)
    # Nothing unfinished is left either.
    assert everything_in(tmp_path / "files") == b"".join(map(Path.read_bytes, sorted(files)))
    assert token.encode() not in everything_in(tmp_path)
