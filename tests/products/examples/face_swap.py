"""Face swap."""

from . import BELL, LEFT_OUT, URL, VIDEO

EXAMPLES = [
    {"video_url": VIDEO, "face_url": URL},
    {
        "video_url": URL,
        "face_url": URL,
        "name": "mine",
        "cover_url": URL,
        "model_version": "v2",
        **BELL,
    },
]
DELIBERATE: dict[tuple[str, str], str] = {}
REFUSED = [
    ({"video_url": LEFT_OUT}, "video_url"),
    ({"face_url": LEFT_OUT}, "face_url"),
    ({"face_url": 7}, "face_url"),
    ({"cover_url": ""}, "cover_url"),
    ({"model_version": "v3"}, "model_version"),
    ({"model_version": "v2"}, "video_url"),
]
