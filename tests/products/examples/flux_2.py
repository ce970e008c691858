"""Flux 2."""

from . import BELL, LEFT_OUT, URL

EXAMPLES = [
    {"prompt": "a lake"},
    {
        "prompt": "a lake",
        "name": "mine",
        "input_images": [URL] * 8,
        "aspect_ratio": "match_input_image",
        "resolution": "2K",
        "force_generate": True,
        **BELL,
    },
    {"prompt": "a lake", "aspect_ratio": "custom"},
]
DELIBERATE = {("force_generate", "default"): "the service's own safety check stays on"}
REFUSED = [
    ({"prompt": LEFT_OUT}, "prompt"),
    ({"input_images": [URL] * 9}, "input_images"),
    ({"aspect_ratio": "21:9"}, "aspect_ratio"),
    ({"resolution": "4K"}, "resolution"),
    ({"force_generate": None}, "force_generate"),
]
