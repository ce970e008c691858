"""Nano Banana."""

from . import BELL, URL

EXAMPLES = [
    {"prompt": "a lake"},
    {
        "prompt": "a lake",
        "name": "mine",
        "model": "nano-banana-2",
        "input_images": [URL, URL],
        "aspect_ratio": "21:9",
        "image_size": "4K",
        "google_search": True,
        "force_generate": True,
        **BELL,
    },
]
DELIBERATE = {("force_generate", "default"): "the service's own safety check stays on"}
REFUSED = [
    ({"model": "banana"}, "model"),
    ({"image_size": "2K", "model": "nano-banana-2-lite"}, "image_size"),
    ({"google_search": True}, "google_search"),
    ({"force_generate": "yes"}, "force_generate"),
]
