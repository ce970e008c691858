"""The products' routes and fields held against the operation facts."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from a2e_async import AvatarVideo, TextToImage, facts
from a2e_async.http.call import Call
from a2e_async.status import lookup
from a2e_async.tasks.product import Product

PRODUCTS: list[Product[Any]] = [TextToImage.product, AvatarVideo.product]

each_product = pytest.mark.parametrize("product", PRODUCTS, ids=lambda product: product.kind)


def operation(call: Call) -> dict[str, Any]:
    """The facts of the operation that a request reaches; an exact path comes first."""
    paths = facts.load()["paths"]
    templates = [path for path in paths if re.fullmatch(re.sub(r"{\w+}", "ID", path), call.path)]
    assert templates, f"{call.path} is not in the facts"
    found: dict[str, Any] = paths[templates[0]][call.method.lower()]
    return found


def body_fields(op: dict[str, Any]) -> set[str]:
    schema = op["requestBody"]["content"]["application/json"]["schema"]
    return set(schema["properties"])


def parameters(op: dict[str, Any], place: str) -> set[str]:
    return {p["name"] for p in op.get("parameters", []) if p["in"] == place}


@each_product
def test_the_operations_are_documented_for_what_they_are_used(product: Product[Any]) -> None:
    used = {
        "start": Call("POST", product.start),
        "detail": product.detail.call("ID"),
        "list": product.pages.call(1, 10),
    }
    assert {kind: operation(call)["x-kind"] for kind, call in used.items()} == {k: k for k in used}
    assert product.delete.method == "DELETE"
    for call in (*used.values(), product.delete.call("ID")):
        assert product.title in operation(call)["tags"]


@each_product
def test_ids_and_pages_go_where_the_facts_want_them(product: Product[Any]) -> None:
    pages = product.pages.call(1, 10)
    assert set(pages.params or {}) <= parameters(operation(pages), "query")
    for call in (product.detail.call("ID"), product.delete.call("ID")):
        assert set(call.params or {}) <= parameters(operation(call), "query")
        if call.json is not None:
            assert set(call.json) <= body_fields(operation(call))


@each_product
def test_the_batch_read_is_used_where_there_is_one(product: Product[Any]) -> None:
    there = f"{product.start.rpartition('/')[0]}/batchDetail"
    if there in facts.load()["paths"]:
        assert product.batch == there
        assert body_fields(operation(Call("POST", there))) == {"ids"}
    else:
        assert product.batch is None


@each_product
def test_the_status_field_and_its_words_are_the_documented_ones(product: Product[Any]) -> None:
    status = operation(product.detail.call("ID"))["x-status"]
    assert status["field"] == product.status_field
    read = [lookup(word) for word in status["values"]]
    assert all(read)
    assert len({*read}) > 3


@each_product
def test_results_and_names_are_documented_fields(product: Product[Any]) -> None:
    detail = operation(product.detail.call("ID"))
    told = json.dumps(detail["responses"]["200"])
    assert [field for field in product.result_fields if f'"{field}"' not in told] == []
    assert product.name_field in body_fields(operation(Call("POST", product.start)))


@each_product
def test_the_documented_example_is_read(product: Product[Any]) -> None:
    media = operation(product.detail.call("ID"))["responses"]["200"]["content"]
    data = media["application/json"]["example"]["data"]
    raw = data[0] if isinstance(data, list) else data
    record = product.read(raw)
    assert record.id == raw["_id"]
    assert record.status.terminal
    assert len(record.outputs) == 1


@each_product
def test_a_wait_is_finite(product: Product[Any]) -> None:
    assert 60 <= product.deadline <= 24 * 3600
