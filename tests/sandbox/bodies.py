"""Requests made from the facts alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from a2e_async.sandbox.operations import Operation

BEYOND_THE_SCHEMA = {
    "/api/v1/video/generate": {"audioSrc": "https://example.com/a.wav"},
    "/api/v1/video/send_tts": {"tts_id": "65bb00000000000000000001"},
    "/api/v1/userVideoTwin/startTraining": {"image_url": "https://example.com/a.png"},
    "/api/v1/userDubbing/startDubbing": {"source_url": "https://example.com/a.mp4"},
}


def least(operation: Operation, own_id: str | None) -> dict[str, Any] | None:
    """Fill the required fields only."""
    schema = operation.body_schema
    if schema is None:
        return {"_id": own_id} if own_id and operation.kind == "delete" else None
    body = {name: value(schema["properties"][name]) for name in schema.get("required", ())}
    return _with_id(operation, {**body, **BEYOND_THE_SCHEMA.get(operation.path, {})}, own_id)


def full(operation: Operation, own_id: str | None) -> dict[str, Any] | None:
    """Fill all fields."""
    schema = operation.body_schema
    if schema is None:
        return least(operation, own_id)
    body = {name: value(field) for name, field in schema["properties"].items()}
    return _with_id(operation, body, own_id)


def value(schema: Mapping[str, Any]) -> Any:
    """Make a value that fits a schema."""
    if "enum" in schema:
        return schema["enum"][0]
    match schema.get("type"):
        case "string":
            return "/api/v1/userText2Image/start"
        case "integer" | "number":
            return max(1, schema.get("minimum", 1))
        case "boolean":
            return False
        case "array":
            return [value(schema["items"])] * max(1, schema.get("minItems", 1))
        case _:
            fields = schema.get("properties", {})
            return {name: value(field) for name, field in fields.items()}


def _with_id(operation: Operation, body: dict[str, Any], own_id: str | None) -> dict[str, Any]:
    if "_id" in operation.fields and own_id:
        return {**body, "_id": own_id}
    return body
