"""Image edit."""

from . import BELL, LEFT_OUT, URL

EXAMPLES = [
    {"edit_type": "clothing", "image_urls": [URL, URL]},
    {
        "edit_type": "product",
        "name": "mine",
        "image_urls": [URL, URL, URL],
        "timeout": 60.5,
        **BELL,
    },
]
DELIBERATE = {("name", "default"): "a unique one is made up"}
REFUSED = [
    ({"edit_type": LEFT_OUT}, "edit_type"),
    ({"edit_type": "shoes"}, "edit_type"),
    ({"image_urls": LEFT_OUT}, "image_urls"),
    ({"image_urls": [URL]}, "image_urls"),
    ({"image_urls": URL}, "image_urls"),
    ({"timeout": "120"}, "timeout"),
]
