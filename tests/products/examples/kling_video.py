"""Kling video."""

from typing import Any

from . import BELL, LEFT_OUT, URL, VIDEO

KLING_30 = {"version": "3.0"}
FRAME: dict[str, Any] = {"mode": "image-to-video", "image_url": URL}
MOTION = {"mode": "motion-control", "image_url": URL, "video_url": VIDEO}
PRO = {"quality_mode": "pro"}

EXAMPLES: list[dict[str, Any]] = [
    {"mode": "text-to-video", "prompt": "a lake"},
    {
        "mode": "text-to-video",
        "prompt": "a lake",
        "negative_prompt": "people",
        "name": "mine",
        **KLING_30,
        "model_version": "fast",
        "resolution": "1080p",
        "quality_mode": "std",
        "duration": "15",
        "aspect_ratio": "1:1",
        "sound": True,
        "seed": 7,
        **BELL,
    },
    {**FRAME, "prompt": "a lake", **PRO, "end_image_url": URL, "sound": False, "duration": "10"},
    {**FRAME, "prompt": "a lake", **KLING_30, **PRO, "end_image_url": URL, "sound": True},
    {**FRAME, "prompt": "a lake", **KLING_30, "quality_mode": "4k", "sound": False},
    {**MOTION, "prompt": "a lake", "character_orientation": "image"},
]
DELIBERATE = {("seed", "type"): "a seed is a whole number"}
REFUSED = [
    ({"mode": LEFT_OUT}, "mode"),
    ({"prompt": LEFT_OUT}, "prompt"),
    ({"mode": "image-to-video"}, "image_url"),
    ({**MOTION, "image_url": LEFT_OUT}, "image_url"),
    ({**MOTION, "video_url": LEFT_OUT}, "video_url"),
    ({"image_url": URL}, "image_url"),
    ({**FRAME, "video_url": VIDEO}, "video_url"),
    ({"duration": "7"}, "duration"),
    ({"model_version": "fast"}, "model_version"),
    ({**MOTION, **KLING_30, "model_version": "fast"}, "model_version"),
    ({**KLING_30, "model_version": "fast", "quality_mode": "4k"}, "quality_mode"),
    ({"resolution": "1080p"}, "resolution"),
    ({"quality_mode": "4k"}, "quality_mode"),
    ({**MOTION, **KLING_30, "quality_mode": "4k"}, "quality_mode"),
    ({**FRAME, "aspect_ratio": "1:1"}, "aspect_ratio"),
    ({"sound": True}, "sound"),
    ({**KLING_30, "quality_mode": "4k", "sound": True}, "sound"),
    ({**PRO, "end_image_url": URL}, "end_image_url"),
    ({**FRAME, "end_image_url": URL}, "end_image_url"),
    ({**FRAME, **PRO, "end_image_url": URL, "sound": True}, "end_image_url"),
    ({**FRAME, "character_orientation": "image"}, "character_orientation"),
    ({"seed": 1.5}, "seed"),
]
