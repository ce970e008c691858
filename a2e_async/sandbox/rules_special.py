"""The few conditions that need more than a word: nested fields and sums. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from a2e_async.sandbox.conditions import number
from a2e_async.sandbox.replies import Refusal

if TYPE_CHECKING:
    from a2e_async.sandbox.conditions import Asked

CLIP = (3, 15)
"""Seconds of a reference video of Wan 3.0; the longer one bounds all of them together too."""
WAN30_TOTAL = 30
"""Seconds of Wan 3.0's reference videos and its output together."""
CLIP_FIELD = "input.media.duration"
SECONDS_EACH = 15
SECONDS_25 = 30


def no_negative_prompt(asked: Asked) -> Refusal | None:
    """Refuse a negative prompt of Wan 3.0 wherever it stands."""
    for place in ("input", "parameters"):
        if "negative_prompt" in asked.sent.get(place, {}):
            return Refusal(f"{place}.negative_prompt: not supported")
    return None


def frames_or_references(asked: Asked) -> Refusal | None:
    """Keep the first and last frames of Wan 3.0 and its reference media apart."""
    kinds = [str(it.get("type", "")) for it in _media(asked)]
    references = [kind for kind in kinds if kind.startswith("reference")]
    framed = asked.value("mode") in ("first-frame", "first-last-frames")
    frames = any(kind.startswith(("first", "last")) for kind in kinds)
    if references and (framed or frames):
        return Refusal("input.media: frames and reference media cannot be combined")
    return None


def clips_within_their_seconds(asked: Asked) -> Refusal | None:
    """Bound the reference videos of Wan 3.0, where their seconds are told."""
    clips = [
        number(it["duration"], CLIP_FIELD)
        for it in _media(asked)
        if "video" in str(it.get("type", "")) and "duration" in it
    ]
    least, most = CLIP
    if any(not least <= clip <= most for clip in clips) or sum(clips) > most:
        return Refusal(f"{CLIP_FIELD}: {least} to {most} seconds, {most} in all")
    output = asked.sent.get("parameters", {}).get("duration", 0)
    if clips and sum(clips) + number(output, "parameters.duration") > WAN30_TOTAL:
        return Refusal(f"parameters.duration: at most {WAN30_TOTAL} with the reference videos")
    return None


def shots_fill_the_duration(asked: Asked) -> Refusal | None:
    """Demand that the shots of Kling Omni last as long as the video."""
    shots = asked.sent.get("multi_prompt") or []
    seconds = sum(number(shot["duration"], "multi_prompt.duration") for shot in shots)
    if not shots or seconds == number(asked.value("duration"), "duration"):
        return None
    return Refusal("multi_prompt: the durations must sum to duration")


def videos_within_their_seconds(asked: Asked) -> Refusal | None:
    """Bound what a start of Seedance 2 says about its reference videos."""
    seconds = asked.sent.get("input_video_duration")
    videos = len(asked.sent.get("video_urls") or ())
    most = SECONDS_25 if asked.value("model_version") == "2.5" else SECONDS_EACH * videos
    if seconds is None or not videos or seconds <= most:
        return None
    return Refusal(f"input_video_duration: at most {most} for {videos} videos")


def _media(asked: Asked) -> list[dict[str, Any]]:
    media: list[dict[str, Any]] = asked.sent.get("input", {}).get("media") or []
    return media
