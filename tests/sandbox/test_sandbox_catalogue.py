"""Every operation of the facts, served and answered the way the facts say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from a2e_async import facts
from a2e_async.sandbox.operations import Operation, read
from a2e_async.sandbox.rules import RULES
from a2e_async.sandbox.world import OtherShape

from .bodies import full, least

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Answer, Caller

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(20)]

OPERATIONS = read(facts.load())
STARTS = [it for it in OPERATIONS if it.kind == "start"]
STATUSES = {"GET /api/v1/veoVideo/{_id}/1080p": 202}
"""Operations that answer something else than 200 at first."""
PREPARED: dict[str, dict[str, Any]] = {
    "/api/v1/veoVideo/start": {"aspectRatio": "16:9"},
}
REFUSED_FIRST = {
    "POST /api/v1/userVideoTwin/retry",
    "POST /api/v1/userCaptionRemoval/retry",
    "POST /api/v1/streaming-avatar/ask",
}
"""Operations that need a state of their own; their tests stand elsewhere."""
SPOKEN = "streaming-avatar"


@pytest.mark.parametrize("body", [least, full], ids=["least", "full"])
async def test_every_operation_of_the_facts_is_served(
    serve: Callable[..., Any], body: Callable[[Operation, str | None], dict[str, Any] | None]
) -> None:
    caller = await serve(coins=10**6, durations=0)
    ids = await _one_task_each(caller)
    for operation in sorted(OPERATIONS, key=_last):
        if operation.label in REFUSED_FIRST or (body is full and operation.path in RULES):
            continue
        answer = await _ask(caller, operation, ids, body(operation, _own(operation, ids)))
        wanted = STATUSES.get(operation.label, 200)
        assert answer.status == wanted, (operation.label, answer.body)
        if answer.body is not None:
            assert answer.body["code"] == 0, operation.label
            _held_against_the_facts(operation, answer)


@pytest.mark.parametrize("shape", [*OtherShape])
async def test_every_operation_is_served_in_the_other_shapes(
    serve: Callable[..., Any], shape: OtherShape
) -> None:
    caller = await serve(coins=10**6, durations=0, other_shapes=[shape])
    ids = await _one_task_each(caller)
    for operation in sorted(OPERATIONS, key=_last):
        if operation.label not in REFUSED_FIRST:
            answer = await _ask(caller, operation, ids, least(operation, _own(operation, ids)))
            assert answer.status == STATUSES.get(operation.label, 200), operation.label


@pytest.mark.parametrize("operation", STARTS, ids=lambda it: it.path)
async def test_every_start_has_a_quote_and_costs_it(
    serve: Callable[..., Any], operation: Operation
) -> None:
    caller = await serve(coins=1000)
    body = least(operation, None) or {}
    asked = {"endpoint": f"POST {operation.path}", "requestBody": body}
    quote = (await caller.call("POST", "generation/quote", json=asked)).data
    assert caller.sandbox.coins == 1000
    answer = await caller.call("POST", operation.path.removeprefix("/api/v1/"), json=body)
    record = answer.data[0] if isinstance(answer.data, list) else answer.data
    assert caller.sandbox.coins == 1000 - quote["coins"]
    assert record["coins"] == quote["coins"]


@pytest.mark.parametrize(
    "operation",
    [it for it in OPERATIONS if "{" in it.path and "awsResult" not in it.path],
    ids=lambda it: it.label,
)
async def test_unknown_ids_are_not_found(caller: Caller, operation: Operation) -> None:
    body = least(operation, None)
    answer = await _ask(caller, operation, {operation.family: "f" * 24}, body)
    assert (answer.status, answer.body["code"]) == (404, 404)


async def _one_task_each(caller: Caller) -> dict[str, str]:
    ids = {}
    for operation in OPERATIONS:
        if operation.kind == "start" or operation.path.endswith("/add"):
            body = {**(least(operation, None) or {}), **PREPARED.get(operation.path, {})}
            path = operation.path.removeprefix("/api/v1/")
            answer = await caller.call(operation.method, path, json=body)
            assert answer.status == 200, (operation.label, answer.body)
            data = answer.body.get("data", answer.body)
            ids[operation.family] = (data[0] if isinstance(data, list) else data)["_id"]
    await caller.call("POST", "video/send_tts", json={"msg": "x", "tts_id": "v"})
    previews = (await caller.call("GET", "tts/preview/list")).data
    room = {"avatar_id": "a", "expire_seconds": 60}
    entered = (await caller.call("POST", "streaming-avatar/agora-token", json=room)).data
    return ids | {"tts": previews["rows"][0]["_id"], SPOKEN: entered["channel"]}


async def _ask(
    caller: Caller, operation: Operation, ids: dict[str, str], body: dict[str, Any] | None
) -> Answer:
    own = _own(operation, ids) or "x"
    if operation.family == SPOKEN and body and "channel" in body:
        body = {**body, "channel": own}
    query = {
        name: own if name.endswith("id") else "1"
        for name, parameter in operation.parameters.items()
        if parameter.get("required")
    }
    url = operation.path.replace("{_id}", own).replace("{id}", own)
    return await caller.raw(
        operation.method,
        caller.sandbox.base_url + url,
        params=query,
        json=body,
        headers={"Authorization": "Bearer x"},
    )


def _own(operation: Operation, ids: dict[str, str]) -> str | None:
    return ids.get(operation.family)


def _last(operation: Operation) -> bool:
    """Tell what takes away what the others need."""
    return operation.kind == "delete" or operation.path.endswith("/leave")


def _held_against_the_facts(operation: Operation, answer: Answer) -> None:
    schema = operation.answer.get("schema")
    if schema is not None and not operation.bare:
        errors = [*Draft202012Validator(schema).iter_errors(answer.body)]
        assert not errors, (operation.label, [error.message for error in errors])
