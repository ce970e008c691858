"""Whatever fits the schemas, and much that does not, gets an answer and never an exception."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from a2e_async import facts
from a2e_async.sandbox.api import Api, Request
from a2e_async.sandbox.clock import SimulatedClock
from a2e_async.sandbox.links import Links
from a2e_async.sandbox.operations import read
from a2e_async.sandbox.service import Service
from a2e_async.sandbox.world import Options, World

from .bodies import least

if TYPE_CHECKING:
    from collections.abc import Mapping

    from a2e_async.sandbox.operations import Operation

pytestmark = pytest.mark.timeout(60)

OPERATIONS = read(facts.load())
TEXTS = st.sampled_from(["", "x", "https://[", "https://example.com/a b.mp4?x=1", "asset://a"])
NUMBERS = st.one_of(st.integers(-3, 20), st.floats(), st.sampled_from([1e300, -(10**30)]))
PLAIN = {"string": TEXTS, "integer": NUMBERS, "number": NUMBERS, "boolean": st.booleans()}
ODD = st.one_of(
    TEXTS, NUMBERS, st.none(), st.booleans(), st.just([]), st.just({}), st.just(["x", 3])
)


@given(st.data())
def test_every_body_gets_an_answer(data: st.DataObject) -> None:
    operation = data.draw(st.sampled_from(OPERATIONS))
    chosen = data.draw(_body(operation))
    query = {
        name: data.draw(st.sampled_from(["1", "x", "-1", "", "true", "99999999999999999999"]))
        for name in operation.parameters
        if data.draw(st.booleans())
    }
    # JSON of other languages knows numbers that Python reads as infinite.
    text = json.dumps(chosen).replace("Infinity", "1e999").replace("NaN", "0")
    api = _api()
    started = api.route("POST", "/api/v1/userText2Image/start")
    _ask(api, started, b'{"prompt": "x"}', {})
    path = operation.path.replace("{_id}", "x").replace("{id}", "x")
    _ask(api, api.route(operation.method, path), text.encode(), query)


def _body(operation: Operation) -> st.SearchStrategy[Any]:
    fields = (operation.body_schema or {}).get("properties", {})
    start = least(operation, None) or {}
    if not fields:
        return st.dictionaries(st.sampled_from(["_id", "name", "video_url", "total_count"]), ODD)
    changes = st.dictionaries(st.sampled_from(sorted(fields)), st.integers(0), max_size=5)
    return changes.flatmap(
        lambda chosen: st.fixed_dictionaries({name: _value(fields[name]) for name in chosen}).map(
            lambda changed: {**start, **changed}
        )
    )


def _value(schema: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    match schema.get("type"):
        case "string" | "integer" | "number" | "boolean" as kind:
            return PLAIN[kind]
        case "array":
            return st.lists(_value(schema["items"]), max_size=6)
        case "object":
            fields = schema.get("properties", {"x": {}})
            return st.fixed_dictionaries(
                {}, optional={name: _value(field) for name, field in fields.items()}
            )
        case _:
            return ODD


def _ask(api: Api, route: Any, body: bytes, query: Mapping[str, str]) -> None:
    request = Request("POST", "/", query, body, "application/json", "Bearer x")
    reply = api.answer(route, request)
    assert reply.status < 500, reply.body
    assert reply.parts or json.loads(reply.body) is not None


def _api() -> Api:
    clock = SimulatedClock(lambda: 0.0, 1.0, 1_700_000_000.0, 0.0)
    service = Service(clock, seed=1, coins=1000, durations=0.0)
    return Api(World(service, Links(clock, b"key"), Options(), 1), facts.load(), None)
