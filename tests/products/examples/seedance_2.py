"""Seedance 2.x."""

from typing import Any

from . import AUDIO, BELL, LEFT_OUT, URL, VIDEO

REFERENCE = {"mode": "reference"}
SEEDANCE_25 = {**REFERENCE, "model_version": "2.5"}
EDIT: dict[str, Any] = {
    **SEEDANCE_25,
    "omni_reference_task_type": "edit",
    "video_urls": [VIDEO],
    "duration": -1,
    "aspect_ratio": "adaptive",
}
EXAMPLES: list[dict[str, Any]] = [
    {"prompt": "a lake"},
    {
        "prompt": "a lake",
        "name": "mine",
        "mode": "image-to-video",
        "model_version": "standard",
        "image_url": URL,
        "last_frame_url": URL,
        "duration": 15,
        "resolution": "4k",
        "generate_audio": False,
        "minor_suspected_skip": False,
        **BELL,
    },
    {
        "prompt": "a lake",
        "mode": "first-last-frames",
        "model_version": "mini",
        "first_frame_url": URL,
        "last_frame_url": URL,
    },
    {
        "prompt": "a lake",
        **REFERENCE,
        "reference_urls": [URL] * 9,
        "video_urls": [VIDEO] * 3,
        "audio_urls": [AUDIO] * 3,
        "input_video_duration": 45,
    },
    {"prompt": "a lake", **EDIT, "reference_urls": [URL] * 30, "audio_urls": [AUDIO] * 10},
    {"prompt": "a lake", **SEEDANCE_25, "audio_urls": [AUDIO], "duration": 30},
    {
        "prompt": "a lake",
        **SEEDANCE_25,
        "omni_reference_task_type": "extend",
        "video_urls": [VIDEO] * 10,
        "input_video_duration": 30,
        "resolution": "1080p",
    },
]
DELIBERATE = {
    ("duration", "minimum"): "seconds, or the -1 that an edit needs",
}
REFUSED = [
    ({"prompt": LEFT_OUT}, "prompt"),
    ({"mode": "image-to-video"}, "image_url"),
    ({"image_url": URL}, "image_url"),
    ({"mode": "image-to-video", "image_url": URL, "first_frame_url": URL}, "first_frame_url"),
    ({"mode": "first-last-frames", "last_frame_url": URL}, "first_frame_url"),
    ({"mode": "first-last-frames", "first_frame_url": URL}, "last_frame_url"),
    ({**REFERENCE, "last_frame_url": URL}, "last_frame_url"),
    ({"reference_urls": [URL]}, "reference_urls"),
    ({"video_urls": [VIDEO]}, "video_urls"),
    ({"audio_urls": [AUDIO]}, "audio_urls"),
    ({**REFERENCE, "reference_urls": [URL] * 10}, "reference_urls"),
    ({**REFERENCE, "video_urls": [VIDEO] * 4}, "video_urls"),
    ({**REFERENCE, "reference_urls": [URL], "audio_urls": [AUDIO] * 4}, "audio_urls"),
    ({**SEEDANCE_25, "reference_urls": [URL] * 31}, "reference_urls"),
    ({**SEEDANCE_25, "video_urls": [VIDEO] * 11}, "video_urls"),
    ({**REFERENCE, "audio_urls": [AUDIO]}, "reference_urls"),
    ({**REFERENCE, "video_urls": ["asset://a"]}, "video_urls"),
    ({**REFERENCE, "video_urls": [URL]}, "video_urls"),
    ({**SEEDANCE_25, "audio_urls": [VIDEO]}, "audio_urls"),
    ({**REFERENCE, "reference_urls": [URL], "input_video_duration": 5}, "video_urls"),
    ({**REFERENCE, "video_urls": [VIDEO], "input_video_duration": 16}, "input_video_duration"),
    (
        {**SEEDANCE_25, "video_urls": [VIDEO] * 5, "input_video_duration": 31},
        "input_video_duration",
    ),
    ({**REFERENCE, "video_urls": [VIDEO], "input_video_duration": 1}, "input_video_duration"),
    ({**REFERENCE, "omni_reference_task_type": "extend"}, "omni_reference_task_type"),
    ({"model_version": "2.5", "omni_reference_task_type": "edit"}, "omni_reference_task_type"),
    ({**EDIT, "duration": LEFT_OUT}, "duration"),
    ({**EDIT, "duration": 5}, "duration"),
    ({**EDIT, "aspect_ratio": LEFT_OUT}, "aspect_ratio"),
    ({**EDIT, "aspect_ratio": "16:9"}, "aspect_ratio"),
    ({**EDIT, "video_urls": LEFT_OUT}, "video_urls"),
    ({**EDIT, "video_urls": [VIDEO] * 2}, "video_urls"),
    (
        {**EDIT, "omni_reference_task_type": "extend", "duration": 5, "aspect_ratio": "1:1"},
        "aspect_ratio",
    ),
    ({"duration": -1}, "duration"),
    ({"duration": 0}, "duration"),
    ({"duration": 16}, "duration"),
    ({**SEEDANCE_25, "duration": -1}, "duration"),
    ({**SEEDANCE_25, "duration": 31}, "duration"),
    ({"resolution": "4k", "model_version": "2.5"}, "resolution"),
    ({"resolution": "1080p", "model_version": "fast"}, "resolution"),
    ({"resolution": "1080p", "model_version": "mini"}, "resolution"),
]
