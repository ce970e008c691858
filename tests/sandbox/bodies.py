"""Requests made from the facts alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from a2e_async.sandbox.operations import Operation

URL = "https://example.com/a.mp4"
BEYOND_THE_SCHEMA: dict[str, dict[str, Any]] = {
    "/api/v1/grokVideo/start": {"prompt": "a fox"},
    "/api/v1/klingOmni/start": {"prompt": "a fox"},
    "/api/v1/soraVideo/start": {"image_urls": [URL]},
    "/api/v1/userDubbing/startDubbing": {
        "name": "dub",
        "source_url": URL,
        "source_lang": "en",
        "target_lang": "de",
        "num_speakers": 0,
        "drop_background_audio": False,
    },
    "/api/v1/userHappyhorseVideo/start": {"prompt": "a fox"},
    "/api/v1/userImage2Video/start": {"prompt": "she smiles", "negative_prompt": ""},
    "/api/v1/userVideoTwin/startTraining": {"image_url": "https://example.com/a.png"},
    "/api/v1/userWan25/start": {"image_url": URL},
    "/api/v1/userWanSpicy/start": {"resolution": "720p", "duration": 5},
    "/api/v1/video/generate": {"audioSrc": "https://example.com/a.wav"},
    "/api/v1/video/send_tts": {"tts_id": "65bb00000000000000000001"},
    "/api/v1/watermark/start": {"watermark_type": "text"},
}
"""What the conditions demand that no schema says."""


def least(operation: Operation, own_id: str | None) -> dict[str, Any] | None:
    """Fill the required fields only."""
    schema = operation.body_schema
    if schema is None:
        return {"_id": own_id} if own_id and operation.kind == "delete" else None
    body = {name: value(schema["properties"][name], name) for name in schema.get("required", ())}
    return _with_id(operation, {**body, **BEYOND_THE_SCHEMA.get(operation.path, {})}, own_id)


def full(operation: Operation, own_id: str | None) -> dict[str, Any] | None:
    """Fill all fields."""
    schema = operation.body_schema
    if schema is None:
        return least(operation, own_id)
    body = {name: value(field, name) for name, field in schema["properties"].items()}
    return _with_id(operation, body, own_id)


def value(schema: Mapping[str, Any], name: str = "") -> Any:
    """Make a value that fits a schema; the name tells addresses from other texts."""
    if "enum" in schema:
        return schema["enum"][0]
    match schema.get("type"):
        case "string":
            return URL if "url" in name.lower() else "/api/v1/userText2Image/start"
        case "integer" | "number":
            return max(1, schema.get("minimum", 1))
        case "boolean":
            return False
        case "array":
            return [value(schema["items"], name)] * max(1, schema.get("minItems", 1))
        case _:
            fields = schema.get("properties", {})
            return {name: value(field, name) for name, field in fields.items()}


def _with_id(operation: Operation, body: dict[str, Any], own_id: str | None) -> dict[str, Any]:
    if "_id" in operation.fields and own_id:
        return {**body, "_id": own_id}
    return body
