"""Seedance 1.5 Pro."""

from . import BELL, LEFT_OUT, URL

EXAMPLES = [
    {"prompt": "a lake"},
    {
        "prompt": "a lake",
        "name": "mine",
        "mode": "image-to-video",
        "image_url": URL,
        "end_image_url": URL,
        "duration": "10",
        "aspect_ratio": "1:1",
        "resolution": "480p",
        "camera_fixed": True,
        "generate_audio": True,
        **BELL,
    },
    {"prompt": "a lake", "image_url": URL, "end_image_url": URL},
]
DELIBERATE: dict[tuple[str, str], str] = {}
REFUSED = [
    ({"prompt": LEFT_OUT}, "prompt"),
    ({"mode": "image-to-video"}, "image_url"),
    ({"image_url": URL}, "image_url"),
    ({"end_image_url": URL}, "image_url"),
    ({"duration": "15"}, "duration"),
    ({"resolution": "1080p"}, "resolution"),
]
