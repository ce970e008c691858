"""The list of what is reachable, held against the operation facts both ways."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Awaitable
from typing import Any

import pytest

from a2e_async import A2E, APIError, JobNotFound, RetryPolicy, SubmitUncertain, facts
from a2e_async.catalogue import EVIDENCE, documented_calls
from a2e_async.sandbox import Sandbox
from tests.support.everything import Recorder, calls

LABELS = [f"{method} {path}" for method, path in facts.operations()]
REFUSED = 400
NOT_FOUND = 404


def listed() -> set[str]:
    return {f"{call.method} {call.path}" for call in documented_calls()}


@pytest.mark.parametrize("label", LABELS)
def test_each_documented_operation_is_reachable(label: str) -> None:
    assert label in listed(), f"no family or group carries out {label}"


async def status_of(call: Awaitable[Any]) -> int | None:
    """Make a call, and give the HTTP status of the refusal that it ends with, if it does."""
    try:
        await call
    except APIError as error:
        return error.status
    except (SubmitUncertain, JobNotFound):
        return NOT_FOUND
    return None


def test_nothing_is_reachable_that_nobody_documents() -> None:
    assert listed() - {*LABELS} == set()


def test_each_operation_stands_once_with_its_evidence() -> None:
    rows = documented_calls()
    assert [f"{row.method} {row.path}" for row in rows] == LABELS
    for row in rows:
        told = facts.operations()[row.method, row.path]
        assert row.evidence == told["x-evidence"]
        assert row.product == told["tags"][0]
        assert row.evidence in EVIDENCE
        assert row.call == row.calls[0]
        assert all(call.endswith(")") for call in row.calls)


def test_the_calls_are_there() -> None:
    client = A2E("sk_unused")
    for call in (call for row in documented_calls() for call in row.calls):
        path = call.partition("(")[0]
        if path.startswith("a2e."):
            value = client
            for name in path.removeprefix("a2e.").split("."):
                value = getattr(value, name)
            assert callable(value)


def calls_of(label: str) -> tuple[str, ...]:
    [row] = [row for row in documented_calls() if f"{row.method} {row.path}" == label]
    return row.calls


@pytest.mark.parametrize(
    ("label", "call"),
    [
        ("POST /api/v1/grokVideo/start", "a2e.grok_video.start(…)"),
        ("POST /api/v1/userWan25/start", "a2e.wan_25.start(prompt=…, …)"),
        (
            "POST /api/v1/userFaceSwapPreview/add",
            "a2e.face_swap_preview.start(video_url=…, face_url=…)",
        ),
        ("GET /api/v1/userFlux2/list", "a2e.flux_2.list(…)"),
        ("GET /api/v1/userFlux2/detail/{id}", "a2e.flux_2.get(task_id)"),
        ("GET /api/v1/userNanoBanana/detail/{id}", "a2e.nano_banana.get(task_id, …)"),
        ("GET /api/v1/userNanoBanana/{_id}", "a2e.nano_banana.get(task_id, other=True)"),
        (
            "POST /api/v1/userVideoTwin/continueTraining",
            "a2e.avatar_training.continue_training(task_id, …)",
        ),
        (
            "POST /api/v1/userVideoTwin/continueTranining",
            "a2e.avatar_training.continue_training(task_id, classic=True)",
        ),
        ("POST /api/v1/video/send_tts", "a2e.text_to_speech(msg, …)"),
    ],
)
def test_a_call_that_takes_more_says_so(label: str, call: str) -> None:
    assert calls_of(label) == (call,)


@pytest.mark.parametrize(
    ("label", "names"),
    [
        (
            "POST /api/v1/userImage2Video/prompt_extension",
            ["a2e.image_to_video.extend_prompt", "a2e.image_to_video.stream_prompt"],
        ),
        ("GET /api/v1/user/remainingCoins", ["a2e.account.balance", "a2e.account.coins"]),
        ("GET /api/v1/userWan25/allRecords", ["a2e.wan_25.list", "a2e.wan_30.list"]),
        (
            "POST /api/v1/streaming-avatar/leave",
            ["a2e.streaming.leave", "StreamingSession.leave"],
        ),
    ],
)
def test_all_calls_of_an_operation_are_told(label: str, names: list[str]) -> None:
    assert [call.partition("(")[0] for call in calls_of(label)] == names


@pytest.mark.parametrize("label", LABELS)
async def test_each_call_sends_its_operation_in_a_form_that_the_facts_allow(label: str) -> None:
    recorder = Recorder()
    # Not so fast that a room is over before it is used.
    async with Sandbox(seed=3, speed=10) as sandbox:
        client = A2E(
            sandbox.token or "sk_sandbox",
            base_url=sandbox.base_url,
            middlewares=[recorder],
            retry=RetryPolicy(attempts=1, searches=()),
        )
        async with client as a2e:
            status = await status_of(calls()[label](a2e))
    # The ids are made up.
    assert status in (None, NOT_FOUND)
    assert label in {seen.label for seen in recorder.seen}
    assert [seen for seen in recorder.seen if seen.status in range(REFUSED, NOT_FOUND)] == []


@pytest.mark.slow
def test_the_command_prints_them_all() -> None:
    command = [sys.executable, "-m", "a2e_async", "operations", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [f"{row['method']} {row['path']}" for row in rows] == LABELS
    assert all(row["call"] and row["evidence"] and row["product"] for row in rows)
    assert [tuple(row["calls"]) for row in rows] == [row.calls for row in documented_calls()]
