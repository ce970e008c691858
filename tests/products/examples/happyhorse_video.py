"""HappyHorse video."""

from typing import Any

from . import BELL, LEFT_OUT, URL, VIDEO

FRAME = {"mode": "i2v", "image_url": URL}
REFERENCE = {"mode": "r2v", "reference_image_urls": [URL]}
EDIT = {"mode": "video-edit", "edit_video_url": VIDEO}

EXAMPLES: list[dict[str, Any]] = [
    {"mode": "t2v", "prompt": "a lake"},
    {
        **FRAME,
        "name": "mine",
        "model_version": "1.1",
        "duration": "3",
        "resolution": "480P",
        "seed": 0,
        "watermark": False,
        "minor_suspected_skip": False,
        **BELL,
    },
    {
        "mode": "r2v",
        "prompt": "a lake",
        "reference_image_urls": [URL] * 9,
        "model_version": "1.1",
        "ratio": "9:21",
    },
    {
        **EDIT,
        "prompt": "a lake",
        "model_version": "1.0",
        "reference_image_urls": [URL] * 5,
        "input_video_seconds": 4.5,
        "audio_setting": "origin",
        "resolution": "1080P",
    },
]
DELIBERATE: dict[tuple[str, str], str] = {}
REFUSED = [
    ({"mode": LEFT_OUT}, "mode"),
    ({"prompt": LEFT_OUT}, "prompt"),
    ({**REFERENCE, "prompt": LEFT_OUT}, "prompt"),
    ({**EDIT, "prompt": LEFT_OUT}, "prompt"),
    ({"mode": "i2v"}, "image_url"),
    ({"image_url": URL}, "image_url"),
    ({"mode": "r2v"}, "reference_image_urls"),
    ({"mode": "r2v", "reference_image_urls": []}, "reference_image_urls"),
    ({"reference_image_urls": [URL]}, "reference_image_urls"),
    ({**REFERENCE, "reference_image_urls": [URL] * 10}, "reference_image_urls"),
    ({**EDIT, "reference_image_urls": [URL] * 6}, "reference_image_urls"),
    ({"mode": "video-edit"}, "edit_video_url"),
    ({"edit_video_url": VIDEO}, "edit_video_url"),
    ({"input_video_seconds": 5}, "input_video_seconds"),
    ({"audio_setting": "origin"}, "audio_setting"),
    ({**EDIT, "model_version": "1.1"}, "model_version"),
    ({**EDIT, "duration": "10"}, "duration"),
    ({"duration": "7"}, "duration"),
    ({"duration": "7", "model_version": "1.0"}, "duration"),
    ({"resolution": "480P"}, "resolution"),
    ({**EDIT, "resolution": "480P"}, "resolution"),
    ({**FRAME, "ratio": "9:16"}, "ratio"),
    ({**EDIT, "ratio": "9:16"}, "ratio"),
    ({"ratio": "4:5"}, "ratio"),
    ({"seed": 2**31}, "seed"),
]
