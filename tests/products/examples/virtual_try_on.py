"""Virtual try-on."""

from . import BELL, LEFT_OUT, URL

EXAMPLES = [
    {"image_urls": [URL, URL]},
    {"image_urls": [URL] * 4, "name": "mine", "timeout": 60, **BELL},
]
DELIBERATE = {("name", "default"): "a unique one is made up"}
REFUSED = [
    ({"image_urls": LEFT_OUT}, "image_urls"),
    ({"image_urls": [URL]}, "image_urls"),
    ({"image_urls": [URL] * 5}, "image_urls"),
    ({"image_urls": [URL, 7]}, "image_urls"),
    ({"timeout": True}, "timeout"),
]
