"""The request classes held against the operation facts, both ways."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import attrs
import pytest
from jsonschema import Draft202012Validator

from a2e_async import AvatarVideo, Request, TextToImage, facts, wire
from a2e_async.tasks import checks

URL = "https://example.com/a"

# A product's request class stands here with valid requests that use all of its fields together,
# and with what differs from the facts on purpose: (wire name, aspect), and why.
REQUESTS: dict[type[Request[Any]], list[dict[str, Any]]] = {
    TextToImage: [
        {
            "prompt": "a lake",
            "name": "mine",
            "req_key": "high_aes",
            "width": 512,
            "height": 768,
            "model_type": "seedream",
            "input_images": [URL],
            "skip_face_enhance": False,
            "aspect_ratio": "16:9",
            "max_images": 2,
            "webhook_url": URL,
            "webhook_token": "t",
        }
    ],
    AvatarVideo: [
        {
            "anchor_id": "av",
            "anchor_type": 1,
            "audio_src": URL,
            "custom_voice": URL,
            "title": "mine",
            "anchor_background_img": URL,
            "anchor_background_color": "rgba(0,255,0,1)",
            "back_id": "b",
            "color": "rgba(0,0,0,1)",
            "face_swap_id": "f",
            "web_bg_width": 1280,
            "web_bg_height": 720,
            "web_people_width": 640,
            "web_people_height": 720,
            "is_skip_rs": True,
            "is_skip_gp": True,
            "gp_model": {"a": 1},
            "erode_factor": 0.5,
            "is_caption_enabled": True,
            "caption_align": {"a": 1},
            "is_to_public_pool": False,
            "lip_model": "l",
            "wl_model": "w",
            "msg": "m",
            "webhook_url": URL,
            "webhook_token": "t",
        },
        {"anchor_id": "av", "anchor_type": 0, "audio_src": URL, "custom_back_id": "c"}
        | dict.fromkeys(("web_bg_width", "web_bg_height"), 10)
        | dict.fromkeys(("web_people_width", "web_people_height"), 10),
    ],
}
DELIBERATE: dict[type[Request[Any]], dict[tuple[str, str], str]] = {
    TextToImage: {
        ("req_key", "default"): "the classic page requires it, so it is always sent",
        ("width", "type"): "the classic page wants an integer",
        ("width", "minimum"): "a picture has pixels",
        ("height", "type"): "the classic page wants an integer",
        ("height", "minimum"): "a picture has pixels",
    },
    AvatarVideo: {
        ("anchor_type", "type"): "only 0 and 1 have a meaning",
        ("anchor_type", "minimum"): "0 is a system avatar",
        ("anchor_type", "maximum"): "1 is a custom avatar",
        ("web_bg_width", "minimum"): "a size; 0 stands for none",
        ("web_bg_height", "minimum"): "a size; 0 stands for none",
        ("web_people_width", "minimum"): "a size; 0 stands for none",
        ("web_people_height", "minimum"): "a size; 0 stands for none",
        ("web_dist_bg_width", "minimum"): "a size; -1 stands for all",
        ("web_dist_bg_height", "minimum"): "a size; -1 stands for all",
        ("resolution", "type"): "a height in pixels",
        ("resolution", "minimum"): "a height in pixels",
    },
}

KINDS: dict[type[checks.Check], str] = {
    checks.Text: "string",
    checks.Choice: "string",
    checks.HttpsUrl: "string",
    checks.MediaSource: "string",
    checks.Integer: "integer",
    checks.Number: "number",
    checks.Flag: "boolean",
    checks.JsonObject: "object",
    checks.ListOf: "array",
}
BOUNDS = ("enum", "minimum", "maximum", "maxLength", "maxItems")

each_request = pytest.mark.parametrize("cls", REQUESTS, ids=lambda cls: cls.__name__)


def schema_of(cls: type[Request[Any]]) -> dict[str, Any]:
    operation = facts.load()["paths"][cls.product.start]["post"]
    schema: dict[str, Any] = operation["requestBody"]["content"]["application/json"]["schema"]
    return schema


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
        bounds["maxItems"] = check.most
    return {"type": KINDS[type(check)], **bounds}


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
        if (field.default is attrs.NOTHING) != (name in schema["required"]):
            yield name, "required"
        # A field that is left out has the service's own default.
        if field.default not in (attrs.NOTHING, None, property_.get("default")):
            yield name, "default"
        ours, theirs = promised(field), documented(property_)
        yield from ((name, aspect) for aspect in ours if ours[aspect] != theirs[aspect])


@each_request
def test_a_request_class_differs_from_the_facts_on_purpose_only(cls: type[Request[Any]]) -> None:
    assert set(differences(cls)) == set(DELIBERATE[cls])


@each_request
def test_bodies_are_what_the_facts_want(cls: type[Request[Any]]) -> None:
    schema = schema_of(cls)
    validator = Draft202012Validator({**schema, "additionalProperties": False})
    bodies = [wire.unstructure(cls(**fields)) for fields in REQUESTS[cls]]
    for body in bodies:
        validator.validate(body)
    assert set().union(*bodies) == set(schema["properties"])


@each_request
def test_names_are_the_service_s_in_snake_case(cls: type[Request[Any]]) -> None:
    for wire_name, field in fields_of(cls).items():
        snake = "".join(f"_{c.lower()}" if c.isupper() else c for c in wire_name)
        assert field.name == snake


@each_request
def test_every_field_is_documented(cls: type[Request[Any]]) -> None:
    # From Python 3.13 on, docstrings come without their indentation.
    pages = "\n".join(inspect.cleandoc(page.__doc__ or "") for page in (cls, Request))
    assert [f.name for f in attrs.fields(cls) if f"\n    {f.name}: " not in pages] == []
    assert cls.product.start in pages


@each_request
def test_the_task_s_name_is_a_field_that_can_be_left_out(cls: type[Request[Any]]) -> None:
    assert fields_of(cls)[cls.product.name_field].default is None
