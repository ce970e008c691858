"""The request classes held against the operation facts, both ways."""

from __future__ import annotations

import inspect
from typing import Any

import attrs
import pytest
from jsonschema import Draft202012Validator

from a2e_async import A2E, Request, tasks, wire
from a2e_async.tasks.fields import documented_default
from tests.support import contract

from . import examples

each_request = pytest.mark.parametrize(
    "cls", [tasks.request_class(kind) for kind in A2E.kinds()], ids=lambda cls: cls.__name__
)


def schema_of(cls: type[Request[Any]]) -> dict[str, Any]:
    return contract.schema_of("POST", cls.product.start)


@each_request
def test_a_request_class_differs_from_the_facts_on_purpose_only(cls: type[Request[Any]]) -> None:
    found = contract.differences(cls, schema_of(cls), cls.product.name_field)
    assert {*found} == {*examples.of(cls).DELIBERATE}


@each_request
def test_bodies_are_what_the_facts_want(cls: type[Request[Any]]) -> None:
    schema = schema_of(cls)
    validator = Draft202012Validator({**schema, "additionalProperties": False})
    bodies = [wire.unstructure(cls(**fields)) for fields in examples.of(cls).EXAMPLES]
    name = cls.product.name_field
    for body in bodies:
        # One is made up where there is none.
        validator.validate({name: "made up", **body} if name else body)
    assert set().union(*bodies) == {wire.wire_names(field)[0] for field in attrs.fields(cls)}


@each_request
def test_names_are_the_service_s_in_snake_case(cls: type[Request[Any]]) -> None:
    for wire_name, field in contract.fields_of(cls).items():
        snake = "".join(f"_{c.lower()}" if c.isupper() else c for c in wire_name)
        assert field.name == snake


@each_request
def test_every_field_is_documented(cls: type[Request[Any]]) -> None:
    # From Python 3.13 on, docstrings come without their indentation.
    pages = "\n".join(inspect.cleandoc(page.__doc__ or "") for page in cls.__mro__)
    assert [f.name for f in attrs.fields(cls) if f"\n    {f.name}: " not in pages] == []
    assert cls.product.start in pages


@each_request
def test_every_default_is_documented(cls: type[Request[Any]]) -> None:
    page = " ".join(inspect.cleandoc(cls.__doc__ or "").split())
    for field in attrs.fields(cls):
        default = documented_default(field)
        if default in (None, False) or field.name not in page:
            continue
        about = page.partition(f" {field.name}: ")[2][:600].replace("``", "")
        assert str(default) in about, f"{field.name}: the default {default!r} is not told"


@each_request
def test_the_task_s_name_can_be_left_out(cls: type[Request[Any]]) -> None:
    if cls.product.name_field is not None:
        assert contract.fields_of(cls)[cls.product.name_field].default is None


@each_request
def test_bad_arguments_are_refused_with_the_field_named(cls: type[Request[Any]]) -> None:
    found = examples.of(cls)
    assert found.REFUSED
    for change, field in found.REFUSED:
        fields = {**found.EXAMPLES[0], **change}
        given = {name: value for name, value in fields.items() if value is not examples.LEFT_OUT}
        with pytest.raises((ValueError, TypeError), match=rf"\b{field}\b"):
            cls(**given)


@each_request
def test_the_safety_check_of_the_service_stays_on(cls: type[Request[Any]]) -> None:
    body = wire.unstructure(examples.plain(cls))
    schema = schema_of(cls)["properties"]
    assert body.get("force_generate") is (False if "force_generate" in schema else None)
    assert "minor_suspected_skip" not in body
