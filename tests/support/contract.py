"""Holding classes of fields against the operation facts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs

from a2e_async import facts, wire
from a2e_async.tasks import checks
from a2e_async.tasks.fields import documented_default

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


def schema_of(method: str, path: str) -> dict[str, Any]:
    """The documented body of an operation, with the fields that only the classic page has."""
    operation = facts.operations()[method, path]
    content = operation.get("requestBody", {}).get("content", {})
    schema: dict[str, Any] = content.get("application/json", {}).get("schema", {})
    properties = classic_fields(operation) | schema.get("properties", {})
    return {"required": [], **schema, "properties": properties}


def classic_fields(operation: dict[str, Any]) -> dict[str, Any]:
    notes = operation.get("x-classic-body-fields", {})
    words = {name: note.split(",")[0].split(":")[0].split()[0] for name, note in notes.items()}
    return {name: {"type": words[name]} for name in notes if "misspelt" not in notes[name]}


def fields_of(cls: type[Any]) -> dict[str, attrs.Attribute[Any]]:
    """The fields of a class by their names on the wire."""
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


def differences(
    cls: type[Any], schema: dict[str, Any], name_field: str | None = None
) -> Iterator[tuple[str, str]]:
    """Go through what a class has otherwise than the facts: wire names and aspects."""
    fields, properties = fields_of(cls), schema["properties"]
    yield from ((name, "not in the facts") for name in fields.keys() - properties.keys())
    yield from ((name, "not offered") for name in properties.keys() - fields.keys())
    for name in fields.keys() & properties.keys():
        field, property_ = fields[name], properties[name]
        needed = name in schema["required"] and name != name_field
        if (field.default is attrs.NOTHING) != needed:
            yield name, "required"
        if documented_default(field) != property_.get("default"):
            yield name, "default"
        ours, theirs = promised(field), documented(property_)
        yield from ((name, aspect) for aspect in ours if ours[aspect] != theirs[aspect])
