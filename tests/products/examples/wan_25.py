"""Wan 2.5, 2.6 and 2.7."""

from typing import Any

from . import AUDIO, BELL, LEFT_OUT, URL, VIDEO

WAN_27 = {"model": "wan2.7-i2v"}
NO_IMAGE = {**WAN_27, "image_url": LEFT_OUT}
TEXT = {**NO_IMAGE, "task_type": "text_to_video"}
REFERENCE = {**NO_IMAGE, "task_type": "reference_image", "reference_image_urls": [URL]}
EXTEND = {**NO_IMAGE, "task_type": "video_extend", "first_clip_url": VIDEO}
EDIT = {**NO_IMAGE, "task_type": "video_edit", "edit_video_url": VIDEO}

EXAMPLES: list[dict[str, Any]] = [
    {"prompt": "a lake", "image_url": URL},
    {
        "prompt": "a lake",
        "negative_prompt": "people",
        "name": "mine",
        "task_type": "first_frame",
        "image_url": URL,
        "audio_url": AUDIO,
        "duration": "10",
        "resolution": "1080p",
        "enable_prompt_expansion": True,
        "multi_shots": True,
        "seed": 2147483647,
        "audio": True,
        **BELL,
    },
    {
        "prompt": "a lake",
        **WAN_27,
        "task_type": "first_last_frame",
        "image_url": URL,
        "last_frame_url": URL,
        "duration": "15",
    },
    {"prompt": "a lake", **WAN_27, "task_type": "text_to_video", "ratio": "3:4"},
    {
        "prompt": "a lake",
        **WAN_27,
        "task_type": "reference_image",
        "reference_media": [{"type": "image", "url": URL, "tags": ["a"]}],
        "ratio": "1:1",
        "duration": "2",
    },
    {
        "prompt": "a lake",
        **WAN_27,
        "task_type": "video_extend",
        "first_clip_url": VIDEO,
        "last_frame_url": URL,
    },
    {
        "prompt": "a lake",
        **WAN_27,
        "task_type": "video_edit",
        "edit_video_url": VIDEO,
        "reference_image_urls": [URL] * 3,
        "duration": "7",
    },
    {"prompt": "a lake", "model": "wan2.6-i2v-flash", "image_url": URL, "duration": "3"},
]
DELIBERATE = {("seed", "type"): "a seed is a whole number"}
REFUSED = [
    ({"prompt": LEFT_OUT}, "prompt"),
    ({"image_url": LEFT_OUT}, "image_url"),
    ({"task_type": "text_to_video"}, "task_type"),
    ({**EDIT, "model": "wan2.6-i2v"}, "task_type"),
    ({**TEXT, "image_url": URL}, "image_url"),
    ({**TEXT, "audio_url": AUDIO}, "audio_url"),
    ({**WAN_27, "task_type": "first_last_frame"}, "last_frame_url"),
    ({**WAN_27, "last_frame_url": URL}, "last_frame_url"),
    ({**REFERENCE, "reference_image_urls": LEFT_OUT}, "reference_media"),
    ({**REFERENCE, "reference_media": []}, "reference_media"),
    ({**REFERENCE, "reference_media": [{}] * 6}, "reference_media"),
    ({**REFERENCE, "reference_media": [URL]}, "reference_media"),
    ({**EXTEND, "first_clip_url": LEFT_OUT}, "first_clip_url"),
    ({**EXTEND, "edit_video_url": VIDEO}, "edit_video_url"),
    ({**EDIT, "edit_video_url": LEFT_OUT}, "edit_video_url"),
    ({**EDIT, "reference_image_urls": [URL] * 4}, "reference_image_urls"),
    ({**EDIT, "duration": "4"}, "duration"),
    ({**EDIT, "duration": "11"}, "duration"),
    ({"duration": "6"}, "duration"),
    ({**EXTEND, "duration": "6"}, "duration"),
    ({"duration": 5}, "duration"),
    ({"ratio": "1:1"}, "ratio"),
    ({**EXTEND, "ratio": "1:1"}, "ratio"),
    ({"multi_shots": True}, "multi_shots"),
    ({"audio_url": VIDEO}, "audio_url"),
    ({"seed": -1}, "seed"),
]
