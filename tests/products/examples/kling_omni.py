"""Kling Omni."""

from typing import Any

from . import BELL, LEFT_OUT, URL

SHOTS = [{"prompt": "a lake", "duration": "2"}, {"prompt": "a fox", "duration": 3}]
STORYBOARD: dict[str, Any] = {
    "multi_shot": True,
    "shot_type": "customize",
    "multi_prompt": SHOTS,
}
DIRECTED = {"multi_shot": True, "shot_type": "intelligence"}
EXAMPLES: list[dict[str, Any]] = [
    {"prompt": "a lake"},
    {
        "prompt": "<<<image_1>>> in a lake",
        "name": "mine",
        "image_list": [URL] * 7,
        "mode": "pro",
        "duration": "15",
        "aspect_ratio": "1:1",
        "sound": True,
        **DIRECTED,
        **BELL,
    },
    STORYBOARD,
]
DELIBERATE = {("duration", "enum"): "the lengths are in the description"}
REFUSED = [
    ({"prompt": LEFT_OUT}, "prompt"),
    ({"prompt": LEFT_OUT, **DIRECTED}, "prompt"),
    ({"multi_shot": True}, "shot_type"),
    ({"shot_type": "intelligence"}, "shot_type"),
    ({**STORYBOARD, "multi_prompt": LEFT_OUT}, "multi_prompt"),
    ({"multi_prompt": SHOTS}, "multi_prompt"),
    ({**DIRECTED, "multi_prompt": SHOTS}, "multi_prompt"),
    ({**STORYBOARD, "multi_prompt": []}, "multi_prompt"),
    ({**STORYBOARD, "multi_prompt": [{"prompt": "a", "duration": 1}] * 7}, "multi_prompt"),
    ({**STORYBOARD, "multi_prompt": [{"prompt": "a lake"}]}, "multi_prompt"),
    ({**STORYBOARD, "multi_prompt": [{"prompt": "", "duration": 5}]}, r"multi_prompt\[0\].prompt"),
    ({**STORYBOARD, "duration": "10"}, "multi_prompt"),
    ({**STORYBOARD, "multi_prompt": SHOTS[:1]}, "multi_prompt"),
    ({"image_list": [URL] * 8}, "image_list"),
    ({"image_list": ["https://example.com/a.webp"]}, "image_list"),
    ({"duration": "2"}, "duration"),
    ({"duration": "16"}, "duration"),
    ({"duration": 5}, "duration"),
]
