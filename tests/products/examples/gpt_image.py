"""GPT Image."""

from . import BELL, URL

TWO = {"model": "gpt-image-2"}
EXAMPLES = [
    {"prompt": "a lake"},
    {"prompt": "x" * 3000, "aspect_ratio": "3:2", "quality": "high", "input_images": [URL] * 16},
    {
        "prompt": "a lake",
        "name": "mine",
        "model": "gpt-image-2",
        "input_images": [URL],
        "aspect_ratio": "21:9",
        "resolution": "4K",
        "force_generate": True,
        **BELL,
    },
    {"prompt": "a lake", **TWO, "aspect_ratio": "1:1", "resolution": "2K"},
    {"prompt": "a lake", **TWO, "aspect_ratio": "auto", "resolution": "1K"},
    {"prompt": "a lake", **TWO, "resolution": "1K", "quality": "medium"},
]
DELIBERATE = {("force_generate", "default"): "the service's own safety check stays on"}
REFUSED = [
    ({"prompt": "x" * 3001}, "prompt"),
    ({"model": "gpt-image-1"}, "model"),
    ({"input_images": [URL] * 17}, "input_images"),
    ({"resolution": "2K", "aspect_ratio": "3:2"}, "resolution"),
    ({"quality": "high", **TWO}, "quality"),
    ({"aspect_ratio": "16:9"}, "aspect_ratio"),
    ({"aspect_ratio": "auto", "model": "gpt-image-1.5"}, "aspect_ratio"),
    ({"aspect_ratio": "5:4", **TWO}, "aspect_ratio"),
    ({"resolution": "4K", "aspect_ratio": "1:1", **TWO}, "resolution"),
    ({"resolution": "2K", "aspect_ratio": "auto", **TWO}, "resolution"),
    ({"resolution": "2K", **TWO}, "aspect_ratio"),
    ({"force_generate": 1}, "force_generate"),
]
