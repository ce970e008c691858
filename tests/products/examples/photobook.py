"""Photobook."""

from . import LEFT_OUT, URL

EXAMPLES = [
    {"face_image_url": URL},
    {
        "face_image_url": URL,
        "name": "mine",
        "location": "a beach",
        "clothing": "a red coat",
        "total_count": 16,
    },
]
DELIBERATE: dict[tuple[str, str], str] = {}
REFUSED = [
    ({"face_image_url": LEFT_OUT}, "face_image_url"),
    ({"face_image_url": "face.png"}, "face_image_url"),
    ({"total_count": 5}, "total_count"),
    ({"total_count": "8"}, "total_count"),
    ({"webhook_url": "https://example.com/bell"}, "webhook_url"),
]
