"""The request classes held against the operation facts, both ways."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import attrs
import pytest
from jsonschema import Draft202012Validator

from a2e_async import A2E, Request, facts, tasks, wire
from a2e_async.tasks import checks
from a2e_async.tasks.fields import documented_default

from . import examples

KINDS: dict[type[checks.Check], str] = {
    checks.Text: "string",
    checks.Choice: "string",
    checks.HttpsUrl: "string",
    checks.MediaSource: "string",
    checks.Integer: "integer",
    checks.Number: "number",
    checks.Flag: "boolean",
    checks.JsonObject: "object",
    checks.ObjectOf: "object",
    checks.ListOf: "array",
}
BOUNDS = ("enum", "minimum", "maximum", "maxLength", "maxItems", "minItems")

each_request = pytest.mark.parametrize(
    "cls", [tasks.request_class(kind) for kind in A2E.kinds()], ids=lambda cls: cls.__name__
)


def schema_of(cls: type[Request[Any]]) -> dict[str, Any]:
    """The documented body of a start, with the fields that only the classic page has."""
    operation = facts.load()["paths"][cls.product.start]["post"]
    schema: dict[str, Any] = operation["requestBody"]["content"]["application/json"]["schema"]
    properties = classic_fields(operation) | schema.get("properties", {})
    return {"required": [], **schema, "properties": properties}


def classic_fields(operation: dict[str, Any]) -> dict[str, Any]:
    notes = operation.get("x-classic-body-fields", {})
    words = {name: note.split(",")[0].split(":")[0].split()[0] for name, note in notes.items()}
    return {name: {"type": words[name]} for name in notes if "misspelt" not in notes[name]}


def fields_of(cls: type[Request[Any]]) -> dict[str, attrs.Attribute[Any]]:
    return {wire.wire_names(field)[0]: field for field in attrs.fields(cls)}


def promised(field: attrs.Attribute[Any]) -> dict[str, Any]:
    """What a field's check lets pass, in the words of JSON Schema."""
    check: Any = field.validator
    bounds: dict[str, Any] = dict.fromkeys(BOUNDS)
    if isinstance(check, checks.Choice):
        bounds["enum"] = sorted(check.choices)
    elif isinstance(check, checks.Number):
        bounds |= {"minimum": check.least, "maximum": check.most}
    elif isinstance(check, checks.Text | checks.HttpsUrl):
        bounds["maxLength"] = check.most
    elif isinstance(check, checks.ListOf):
        bounds |= {"maxItems": check.most, "minItems": check.least or None}
    whole_numbers = isinstance(check, checks.Choice) and isinstance(check.choices[0], int)
    return {"type": "integer" if whole_numbers else KINDS[type(check)], **bounds}


def documented(schema: dict[str, Any]) -> dict[str, Any]:
    bounds = {key: schema.get(key) for key in BOUNDS}
    return {"type": schema["type"], **bounds, "enum": schema.get("enum") and sorted(schema["enum"])}


def differences(cls: type[Request[Any]]) -> Iterator[tuple[str, str]]:
    schema, fields = schema_of(cls), fields_of(cls)
    properties = schema["properties"]
    yield from ((name, "not in the facts") for name in fields.keys() - properties.keys())
    yield from ((name, "not offered") for name in properties.keys() - fields.keys())
    for name in fields.keys() & properties.keys():
        field, property_ = fields[name], properties[name]
        needed = name in schema["required"] and name != cls.product.name_field
        if (field.default is attrs.NOTHING) != needed:
            yield name, "required"
        if documented_default(field) != property_.get("default"):
            yield name, "default"
        ours, theirs = promised(field), documented(property_)
        yield from ((name, aspect) for aspect in ours if ours[aspect] != theirs[aspect])


@each_request
def test_a_request_class_differs_from_the_facts_on_purpose_only(cls: type[Request[Any]]) -> None:
    assert set(differences(cls)) == set(examples.of(cls).DELIBERATE)


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
    for wire_name, field in fields_of(cls).items():
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
        assert fields_of(cls)[cls.product.name_field].default is None


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
