"""Conditions between fields that no schema says: one line per condition and product. Pure.

Here stands what the service refuses. A field that it merely ignores (read only by some model or
mode) is no condition, and what a body does not show (the length of a file) cannot be one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from a2e_async.sandbox.conditions import (
    PICTURES,
    Asked,
    Rule,
    among,
    any_of,
    at_least,
    ends,
    entries,
    has,
    https,
    is_,
    longest,
    needs,
    not_both,
    of_kind,
    only,
    sends,
    when,
    without_spaces,
)
from a2e_async.sandbox.rules_videos import VIDEOS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from a2e_async.sandbox.operations import Operation
    from a2e_async.sandbox.replies import Refusal

BOTH_BACKGROUNDS = 30005
CANVAS = ("web_bg_width", "web_bg_height", "web_people_width", "web_people_height")
LARGE = (
    "2048*2048",
    "2048*1365",
    "1365*2048",
    "2048*1536",
    "1536*2048",
    "2048*1152",
    "1152*2048",
)

ALWAYS: tuple[Rule, ...] = (https("webhook_url"),)
"""What holds for every operation."""

IMAGES: dict[str, tuple[Rule, ...]] = {
    "/api/v1/userText2Image/start": (
        *when(is_("model_type", "a2e"), entries("input_images", 0, 2)),
        only("aspect_ratio", is_("model_type", "seedream")),
        only("skip_face_enhance", is_("model_type", "a2e")),
    ),
    "/api/v1/userNanoBanana/start": (only("google_search", is_("model", "nano-banana-2")),),
    "/api/v1/userGptImage/start": (
        *when(
            is_("model", "gpt-image-2") & is_("resolution", "4K") & has("aspect_ratio"),
            among("aspect_ratio", "auto", "9:16", "21:9", "16:9", "4:3", "3:2", "3:4", "2:3"),
        ),
    ),
    "/api/v1/userQwen2Image/start": (
        *when(is_("size", *LARGE), among("model", "qwen-image-3.0-pro")),
    ),
}

PEOPLE: dict[str, tuple[Rule, ...]] = {
    "/api/v1/userFaceSwapTask/add": (
        *when(is_("model_version", "v2"), of_kind("video_url", *sorted(PICTURES))),
    ),
    "/api/v1/video/generate": (
        any_of("audioSrc", "custom_voice"),
        among("anchor_type", 0, 1),
        not_both("back_id", "custom_back_id", BOTH_BACKGROUNDS),
        *when(has("back_id"), needs(*CANVAS)),
        *when(has("custom_back_id"), needs(*CANVAS)),
        *when(has("color"), needs(*CANVAS)),
    ),
    "/api/v1/userVideoTwin/startTraining": (
        any_of("image_url", "video_url"),
        among("gender", "female", "male"),
        without_spaces("image_url"),
        without_spaces("video_url"),
        of_kind("video_url", ".mp4", ".mov"),
    ),
    "/api/v1/userDubbing/startDubbing": (
        needs("source_url", "name", "source_lang", "target_lang"),
        sends("num_speakers", "drop_background_audio"),
    ),
    "/api/v1/thinkSound/start": (ends("video_url", ".mp4", ".avi", ".mov", ".mkv"),),
}

OTHERS: dict[str, tuple[Rule, ...]] = {
    "/api/v1/video/send_tts": (
        any_of("tts_id", "user_voice_id"),
        longest("msg", 1000),
        *when(is_("type", "turnstile"), needs("turnstile_token")),
        *when(is_("type", "aliyun_captcha"), needs("captchaVerifyParam")),
    ),
    "/api/v1/streaming-avatar/agora-token": (at_least("expire_seconds", 1),),
    "/api/v1/streaming-avatar/set-qa-context": (longest("text", 5000),),
    "/api/v1/watermark/start": (among("watermark_type", "text", "image"),),
}

RULES = IMAGES | VIDEOS | PEOPLE | OTHERS

DOOMED: dict[str, tuple[Rule, ...]] = {
    "/api/v1/userGptImage/start": (
        *when(
            is_("model", "gpt-image-2") & is_("resolution", "2K", "4K"),
            needs("aspect_ratio"),
            among("aspect_ratio", "1:1", "9:16", "21:9", "16:9", "4:3", "3:2", "3:4", "2:3"),
        ),
    ),
}
"""Starts that are taken and paid, and whose tasks are bound to fail."""


def check(operation: Operation, body: Mapping[str, Any]) -> None:
    """Hold a body against the conditions of its operation.

    Args:
        operation: The operation.
        body: A body that fits the schema.

    Raises:
        Refusal: A condition is broken.
    """
    refusal = _first(operation, body, (*ALWAYS, *RULES.get(operation.path, ())))
    if refusal is not None:
        raise refusal


def doom(operation: Operation, body: Mapping[str, Any]) -> str | None:
    """Tell why the tasks of an accepted start will fail, None if nothing speaks for it."""
    refusal = _first(operation, body, DOOMED.get(operation.path, ()))
    return None if refusal is None else refusal.message


def _first(
    operation: Operation, body: Mapping[str, Any], rules: tuple[Rule, ...]
) -> Refusal | None:
    asked = Asked(body, operation.defaults)
    return next((found for rule in rules if (found := rule(asked)) is not None), None)
