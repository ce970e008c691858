"""The products' routes and fields held against the operation facts."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest

from a2e_async import A2E, facts, tasks, wire
from a2e_async.http.operation import Operation
from a2e_async.status import lookup
from a2e_async.tasks.product import Product
from a2e_async.tasks.record import Record

PRODUCTS: list[Product[Any]] = [tasks.request_class(kind).product for kind in A2E.kinds()]

each_product = pytest.mark.parametrize("product", PRODUCTS, ids=lambda product: product.kind)

X_KINDS = {
    "start": "start",
    "get": "detail",
    "get_other": "detail",
    "get_many": "batch-detail",
    "list": "list",
    "delete": "delete",
    "rename": "other",
    "retry": "other",
    "running": "list",
}
# The facts call these otherwise than they are used.
ODD = {
    "DELETE /api/v1/video/{_id}": "other",
    "GET /api/v1/userNanoBanana/{_id}": "other",
    "GET /api/v1/userFaceSwapTask/status": "other",
}
# Read by every product, under whatever of these names they come.
COMMON = {
    *("_id", "name", "title", "current_status", "status", "state", "coins", "process"),
    *("createdAt", "updatedAt", "failed_message", "failed_code", "faild_message", "error_code"),
}
# What nobody needs in a field of its own; it is in `raw`.
PASSED_BY = {"user_id", "current_date", "replace_bg_id", "custom_backs_id", "color", "web_bg_width"}
PASSED_BY |= {"web_bg_height", "initialized_time", "processing_time", "completed_time"}


def facts_of(operation: Operation) -> dict[str, Any]:
    found: dict[str, Any] = facts.load()["paths"][operation.path][operation.method.lower()]
    return found


def body_fields(op: dict[str, Any]) -> set[str]:
    schema = op["requestBody"]["content"]["application/json"]["schema"]
    return set(schema["properties"])


def parameters(operation: Operation, place: str) -> dict[str, Any]:
    return {p["name"]: p for p in facts_of(operation).get("parameters", []) if p["in"] == place}


def answer(operation: Operation) -> dict[str, Any]:
    content = facts_of(operation)["responses"].get("200", {}).get("content", {})
    found: dict[str, Any] = content.get("application/json", {})
    return found


def told(schema: dict[str, Any]) -> Iterator[str]:
    """The fields of the task in the schema of an answer."""
    data = schema.get("properties", {}).get("data", schema)
    for one in (data, data.get("items", {}), *data.get("oneOf", ())):
        yield from one.get("properties", {}).keys() - {"code", "data", "trace_id", "rows", "count"}


@each_product
def test_the_operations_are_documented_for_what_they_are_used(product: Product[Any]) -> None:
    for verb, operation in product.operations.items():
        found = facts_of(operation)
        assert found["x-kind"] == ODD.get(str(operation), X_KINDS[verb])
        assert product.title in found["tags"]


@each_product
def test_ids_go_where_the_facts_want_them(product: Product[Any]) -> None:
    for verb in ("get", "get_other", "delete", "rename"):
        operation = product.operations.get(verb)
        if operation is None:
            continue
        assert {operation.query} - {None} == parameters(operation, "query").keys()
        in_path = parameters(operation, "path").keys()
        assert operation.path.count("{") == len(in_path)
        assert bool(in_path) + bool(operation.query) + bool(operation.body) == 1
        if operation.body is not None and "requestBody" in facts_of(operation):
            assert operation.body in body_fields(facts_of(operation))


@each_product
def test_pages_are_asked_for_as_the_facts_want_it(product: Product[Any]) -> None:
    if product.pages is None:
        return
    known = parameters(product.pages.operation, "query")
    sent = product.pages.call(1, 10).params or {}
    assert sent.keys() <= known.keys()
    assert {name for name, facts in known.items() if facts.get("required")} <= sent.keys()
    paging = {"pageNum", "pageSize", "page", "page_size", "current"} & known.keys()
    assert paging == sent.keys()
    if product.pages.size is not None:
        assert product.pages.largest <= known[product.pages.size]["schema"].get("maximum", 100)


@each_product
def test_every_operation_of_the_product_is_used(product: Product[Any]) -> None:
    folder = product.start.rpartition("/")[0]
    there = {
        found["x-kind"]: path
        for path, methods in facts.load()["paths"].items()
        for found in methods.values()
        if path.startswith(f"{folder}/")
    }
    missing = {"detail", "batch-detail", "delete"} & there.keys() - {
        X_KINDS[verb] for verb in product.operations
    }
    assert not missing
    if "batch-detail" in there:
        assert product.batch == there["batch-detail"]


@each_product
def test_the_status_field_and_its_words_are_the_documented_ones(product: Product[Any]) -> None:
    for operation in product.operations.values():
        status = facts_of(operation).get("x-status")
        if status is not None:
            assert status["field"] == product.status_field
            assert all(lookup(word) for word in status["values"])


@each_product
def test_nothing_that_the_caller_gave_is_taken_for_a_result(product: Product[Any]) -> None:
    echoed = {name for field in fields_of(product) for name in wire.wire_names(field)}
    assert not echoed & {*product.result_fields}


def fields_of(product: Product[Any]) -> tuple[Any, ...]:
    return tuple(attrs.fields(tasks.request_class(product.kind)))


@each_product
def test_documented_results_and_fields_are_read(product: Product[Any]) -> None:
    asked = {wire.wire_names(field)[0] for field in fields_of(product)}
    own = {name for f in attrs.fields(product.record) for name in wire.wire_names(f)}
    read = own | COMMON | PASSED_BY | {*product.result_fields} | asked
    for verb in ("start", "get", "get_other"):
        operation = product.operations.get(verb)
        if operation is not None:
            fields = {*told(answer(operation).get("schema", {}))}
            assert fields <= read
            results = {f for f in fields if f.startswith("result") and f not in asked}
            shown_apart = {"result_people_url", "result_bg_url"}
            assert results - shown_apart <= {*product.result_fields}


@each_product
def test_the_name_is_a_field_of_the_start(product: Product[Any]) -> None:
    names = {wire.wire_names(field)[0] for field in fields_of(product)}
    assert (product.name_field in names) or (product.name_field is None and "name" not in names)


@each_product
def test_the_documented_examples_are_read(product: Product[Any]) -> None:
    for verb in ("start", "get", "get_other"):
        operation = product.operations.get(verb)
        example = answer(operation).get("example") if operation else None
        if not example:
            continue
        data = example["data"]
        raw = data[0] if isinstance(data, list) else data
        record: Record = product.read(raw)
        assert record.id == raw["_id"]
        if record.status.terminal and product.result_fields:
            assert len(record.outputs) == 1


@each_product
def test_the_record_is_documented(product: Product[Any]) -> None:
    page = "\n".join(inspect.cleandoc(cls.__doc__ or "") for cls in product.record.__mro__)
    common = {field.name for field in attrs.fields(Record)}
    own = [f.name for f in attrs.fields(product.record) if f.name not in common]
    assert [name for name in own if f"\n    {name}: " not in page] == []


@each_product
def test_a_wait_is_finite(product: Product[Any]) -> None:
    assert 60 <= product.deadline <= 24 * 3600


@each_product
def test_a_family_stands_under_its_own_name(product: Product[Any]) -> None:
    cls = tasks.request_class(product.kind)
    assert tasks.kind_of(cls.__name__) == product.kind
    assert cls.__module__ == f"a2e_async.tasks.{product.kind}"
    assert product.record.__name__ == f"{cls.__name__}Record"
    assert {cls.__name__, product.record.__name__} <= {*tasks.__all__}
    assert f"``POST {product.start}``" in (cls.__doc__ or "")


@each_product
def test_its_start_is_held_by_the_type_checkers(product: Product[Any]) -> None:
    page = (Path(__file__).parents[1] / "typing" / "products.py").read_text("utf-8")
    assert f"await a2e.{product.kind}.start(" in page
    assert f"Job[{product.record.__name__}]" in page
