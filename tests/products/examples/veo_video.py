"""Veo video."""

from . import BELL, LEFT_OUT, URL

FRAMES = {"generation_type": "FIRST_AND_LAST_FRAMES_2_VIDEO"}
REFERENCE = {"generation_type": "REFERENCE_2_VIDEO"}
EXAMPLES = [
    {"prompt": "a lake"},
    {
        "prompt": "",
        "name": "mine",
        **REFERENCE,
        "image_urls": [URL] * 3,
        "model": "veo3",
        "aspect_ratio": "16:9",
        "watermark": "mine",
        "seeds": 99999,
        **BELL,
    },
    {"prompt": "a lake", **FRAMES, "image_urls": [URL] * 2},
]
DELIBERATE = {("seeds", "type"): "a seed is a whole number"}
REFUSED = [
    ({"prompt": LEFT_OUT}, "prompt"),
    ({"image_urls": [URL]}, "image_urls"),
    (FRAMES, "image_urls"),
    ({**FRAMES, "image_urls": [URL] * 3}, "image_urls"),
    (REFERENCE, "image_urls"),
    ({**REFERENCE, "image_urls": [URL] * 4}, "image_urls"),
    ({"seeds": 9999}, "seeds"),
    ({"aspect_ratio": "auto"}, "aspect_ratio"),
]
