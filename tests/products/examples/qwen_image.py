"""Qwen Image."""

from . import BELL, URL

EXAMPLES = [
    {"prompt": "a lake"},
    {
        "prompt": "a lake",
        "name": "mine",
        "model": "qwen-image-3.0-pro",
        "input_images": [URL],
        "size": "2048*1365",
        **BELL,
    },
    {"prompt": "a lake", "model": "qwen-image-3.0-pro", "size": "1512*648"},
    {"prompt": "a lake", "size": "720*1280"},
]
DELIBERATE: dict[tuple[str, str], str] = {}
REFUSED = [
    ({"prompt": " "}, "prompt"),
    ({"model": "qwen-image"}, "model"),
    ({"size": "1024x1024"}, "size"),
    ({"size": "2048*2048"}, "size"),
    ({"size": "1152*2048", "model": "qwen-image-3.0"}, "size"),
]
