"""Grok video."""

from typing import Any

from . import BELL, LEFT_OUT, URL

FRAME: dict[str, Any] = {"model_type": "image-to-video", "image_url": URL, "prompt": LEFT_OUT}
EXAMPLES: list[dict[str, Any]] = [
    {"prompt": "a lake"},
    {
        "prompt": "a lake",
        "name": "mine",
        "model_type": "image-to-video",
        "model_version": "1.5",
        "mode": "spicy",
        "image_urls": [URL],
        "image_url": URL,
        "aspect_ratio": "auto",
        "duration": "15",
        "nsfw_checker": True,
        **BELL,
    },
    {"model_type": "image-to-video", "image_urls": [URL], "aspect_ratio": "2:3"},
]
DELIBERATE: dict[tuple[str, str], str] = {}
REFUSED = [
    ({"prompt": LEFT_OUT}, "prompt"),
    ({"model_type": "image-to-video"}, "image_urls"),
    ({"model_type": "image-to-video", "image_urls": []}, "image_url"),
    ({"image_url": URL}, "image_url"),
    ({"image_urls": [URL]}, "image_urls"),
    ({"model_version": "1.5"}, "model_version"),
    ({"aspect_ratio": "4:3"}, "aspect_ratio"),
    ({"aspect_ratio": "auto"}, "aspect_ratio"),
    ({**FRAME, "aspect_ratio": "auto"}, "aspect_ratio"),
    ({**FRAME, "nsfw_checker": True}, "nsfw_checker"),
    ({"duration": "5"}, "duration"),
]
