"""Wan 3.0."""

from . import BELL, LEFT_OUT, URL

PARAMETERS = {"resolution": "1080P", "ratio": "adaptive", "duration": 5}
EXAMPLES = [
    {"input": {"prompt": "a lake"}, "parameters": PARAMETERS},
    {
        "name": "mine",
        "model": "wan3.0-video-prime",
        "mode": "reference",
        "input": {
            "prompt": "a lake",
            "media": [{"type": "reference_image", "url": URL, "duration": 3.5}],
        },
        "parameters": {
            **PARAMETERS,
            "audio": True,
            "prompt_extend": False,
            "seed": 7,
            "watermark": False,
        },
        **BELL,
    },
]
DELIBERATE = {("model", "required"): "the page has a default for it, which is always sent"}
REFUSED = [
    ({"input": LEFT_OUT}, "input"),
    ({"parameters": LEFT_OUT}, "parameters"),
    ({"parameters": None}, "parameters"),
    ({"input": "a lake"}, "input"),
    ({"input": {"negative_prompt": "people"}}, "input"),
    ({"input": {"prompt": ""}}, "input.prompt"),
    ({"input": {"media": [URL]}}, "media"),
    ({"input": {"media": [{"url": "a.png"}]}}, r"media\[0\].url"),
    ({"parameters": {"duration": "5"}}, "parameters.duration"),
    ({"parameters": {"audio": 1}}, "parameters.audio"),
    ({"mode": "image-to-video"}, "mode"),
    ({"mode": "first-frame", "input": {"media": [{"type": "reference_image"}]}}, "media"),
    ({"model": "wan2.7-i2v"}, "model"),
]
