"""Kling Image."""

from . import BELL, URL

EXAMPLES = [
    {"prompt": "a lake"},
    {
        "prompt": "a lake",
        "name": "mine",
        "input_images": [URL],
        "aspect_ratio": "21:9",
        "resolution": "2k",
        "n": 9,
        **BELL,
    },
]
DELIBERATE: dict[tuple[str, str], str] = {}
REFUSED = [
    ({"prompt": ""}, "prompt"),
    ({"aspect_ratio": "auto"}, "aspect_ratio"),
    ({"resolution": "2K"}, "resolution"),
    ({"n": 0}, "n"),
    ({"n": 10}, "n"),
    ({"input_images": ["http://example.com/a.png"]}, "input_images"),
]
