"""Conditions between fields that no schema says: one line per condition and product. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from a2e_async.sandbox.replies import Refusal

Body = Mapping[str, Any]
Rule = Callable[[Body], Refusal | None]

BOTH_BACKGROUNDS = 30005


def check(path: str, body: Body) -> None:
    """Hold a body against the conditions of its operation.

    Args:
        path: Catalogue path of the operation.
        body: A body that fits the schema.

    Raises:
        Refusal: A condition is broken.
    """
    for rule in RULES.get(path, ()):
        refusal = rule(body)
        if refusal is not None:
            raise refusal


def any_of(*fields: str) -> Rule:
    """Demand at least one of the fields."""

    def rule(body: Body) -> Refusal | None:
        if any(body.get(field) for field in fields):
            return None
        return Refusal(f"{' or '.join(fields)}: one of them is required")

    return rule


def not_both(first: str, second: str, code: int) -> Rule:
    """Forbid two fields together; the service says so under HTTP 200."""

    def rule(body: Body) -> Refusal | None:
        if not (body.get(first) and body.get(second)):
            return None
        return Refusal(f"{first}, {second}: only one is allowed", status=200, code=code)

    return rule


def needs(field: str, *others: str) -> Rule:
    """Demand that a field comes with others that are neither missing, empty nor 0."""

    def rule(body: Body) -> Refusal | None:
        missing = [other for other in others if not body.get(other)]
        if not body.get(field) or not missing:
            return None
        return Refusal(f"{', '.join(missing)}: required with {field}")

    return rule


def only_with(field: str, other: str, value: str, default: str) -> Rule:
    """Allow a field only while another one has a value."""

    def rule(body: Body) -> Refusal | None:
        if field not in body or body.get(other, default) == value:
            return None
        return Refusal(f"{field}: allowed with {other} {value} only")

    return rule


def requires_when(field: str, other: str, value: str) -> Rule:
    """Demand a field while another one has a value."""

    def rule(body: Body) -> Refusal | None:
        if body.get(other) != value or body.get(field):
            return None
        return Refusal(f"{field}: required when {other} is {value}")

    return rule


def at_most(field: str, limit: int, other: str, value: str, default: str) -> Rule:
    """Bound the length of a list or text while another field has a value."""

    def rule(body: Body) -> Refusal | None:
        if body.get(other, default) != value or len(body.get(field, ())) <= limit:
            return None
        return Refusal(f"{field}: {len(body[field])} entries; at most {limit} with {other} {value}")

    return rule


def longest(field: str, limit: int) -> Rule:
    """Bound the number of Unicode characters of a text."""

    def rule(body: Body) -> Refusal | None:
        if len(body.get(field, "")) <= limit:
            return None
        return Refusal(f"{field}: {len(body[field])} characters; at most {limit}")

    return rule


CANVAS = ("web_bg_width", "web_bg_height", "web_people_width", "web_people_height")

RULES: dict[str, tuple[Rule, ...]] = {
    "/api/v1/userText2Image/start": (
        at_most("input_images", 2, "model_type", "a2e", default="a2e"),
        only_with("aspect_ratio", "model_type", "seedream", default="a2e"),
        only_with("skip_face_enhance", "model_type", "a2e", default="a2e"),
    ),
    "/api/v1/userImage2Video/start": (requires_when("end_image_url", "model_type", "FLF2V"),),
    "/api/v1/video/generate": (
        any_of("audioSrc", "custom_voice"),
        not_both("back_id", "custom_back_id", BOTH_BACKGROUNDS),
        needs("back_id", *CANVAS),
        needs("custom_back_id", *CANVAS),
        needs("color", *CANVAS),
    ),
    "/api/v1/video/send_tts": (any_of("tts_id", "user_voice_id"), longest("msg", 1000)),
    "/api/v1/userDubbing/startDubbing": (any_of("source_url"),),
    "/api/v1/userVideoTwin/startTraining": (any_of("image_url", "video_url"),),
}
