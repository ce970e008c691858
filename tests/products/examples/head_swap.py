"""Head swap."""

from . import BELL, LEFT_OUT, URL, VIDEO

EXAMPLES = [
    {"image_url": URL, "target_image_url": URL},
    {"image_url": URL, "target_image_url": VIDEO, "minor_suspected_skip": True, **BELL},
]
DELIBERATE: dict[tuple[str, str], str] = {}
REFUSED = [
    ({"image_url": LEFT_OUT}, "image_url"),
    ({"target_image_url": LEFT_OUT}, "target_image_url"),
    ({"target_image_url": "body.mp4"}, "target_image_url"),
    ({"minor_suspected_skip": 1}, "minor_suspected_skip"),
    ({"name": "mine"}, "name"),
]
