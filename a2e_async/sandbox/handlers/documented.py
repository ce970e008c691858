"""Operations without a life of their own: they answer what the facts document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from a2e_async.sandbox.world import Call, World

_EMPTY: dict[str, Any] = {"string": "", "integer": 0, "number": 0, "boolean": False, "null": None}


def answer(world: World, call: Call) -> Any:
    """Answer the documented example, else something made from the schema, else nothing."""
    del world
    if call.operation.example is not None:
        return call.operation.example
    schema = call.operation.answer.get("schema", {})
    return sample(schema.get("properties", {}).get("data", {"type": "object"}))


def sample(schema: Mapping[str, Any]) -> Any:
    """Make the smallest value that fits a schema of the facts."""
    if "default" in schema or "enum" in schema:
        return schema.get("default", next(iter(schema.get("enum", ())), None))
    for choice in ("oneOf", "anyOf"):
        if choice in schema:
            return sample(schema[choice][0])
    kind = schema.get("type", "object")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "array":
        return [sample(schema["items"])] * int(schema.get("minItems", 0))
    if kind == "object":
        fields = schema.get("properties", {})
        return {name: sample(field) for name, field in fields.items()}
    return _number(schema) if kind in ("integer", "number") else _EMPTY[kind]


def _number(schema: Mapping[str, Any]) -> Any:
    return max(0, schema.get("minimum", 0))
