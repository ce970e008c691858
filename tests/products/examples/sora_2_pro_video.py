"""Sora 2 Pro video."""

from . import BELL, LEFT_OUT, URL

EXAMPLES = [
    {"prompt": "a lake", "image_urls": [URL]},
    {
        "prompt": "a lake",
        "name": "mine",
        "model_type": "image-to-video",
        "image_urls": [URL],
        "aspect_ratio": "portrait",
        "duration_seconds": "15",
        "quality": "high",
        **BELL,
    },
    {"prompt": "a lake", "model_type": "text-to-video"},
]
DELIBERATE: dict[tuple[str, str], str] = {}
REFUSED = [
    ({"prompt": LEFT_OUT}, "prompt"),
    ({"image_urls": LEFT_OUT}, "image_urls"),
    ({"image_urls": [], "model_type": "image-to-video"}, "image_urls"),
    ({"model_type": "text-to-video"}, "image_urls"),
    ({"duration_seconds": "8"}, "duration_seconds"),
    ({"quality": "pro"}, "quality"),
]
