"""Product avatar."""

from . import BELL, LEFT_OUT, URL

EXAMPLES = [
    {"image_urls": [URL, URL], "product_rect": {"x": 10, "y": 20, "width": 100, "height": 80}},
    {
        "image_urls": [URL, URL],
        "product_rect": {"x": 0.5, "rotation": -90, "scale": 1.5},
        "name": "mine",
        "prompt": "in her hand",
        "timeout": 60,
        **BELL,
    },
]
DELIBERATE: dict[tuple[str, str], str] = {}
REFUSED = [
    ({"image_urls": [URL]}, "image_urls"),
    ({"image_urls": [URL] * 3}, "image_urls"),
    ({"product_rect": LEFT_OUT}, "product_rect"),
    ({"product_rect": [1, 2, 3, 4]}, "product_rect"),
    ({"product_rect": {"left": 1}}, "product_rect"),
    ({"product_rect": {"x": "1"}}, "product_rect"),
    ({"product_rect": {"scale": float("nan")}}, "product_rect"),
    ({"prompt": ""}, "prompt"),
]
