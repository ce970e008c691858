"""Motion transfer."""

from . import BELL, LEFT_OUT, URL, VIDEO

EXAMPLES = [
    {"image_url": URL, "video_url": VIDEO},
    {
        "image_url": URL,
        "video_url": VIDEO,
        "name": "mine",
        "positive_prompt": "a dancer",
        "negative_prompt": "blur",
        "timeout": 600.5,
        **BELL,
    },
]
DELIBERATE = {("name", "default"): "a unique one is made up, under which a lost task is found"}
REFUSED = [
    ({"image_url": LEFT_OUT}, "image_url"),
    ({"video_url": LEFT_OUT}, "video_url"),
    ({"timeout": "300"}, "timeout"),
    ({"positive_prompt": ""}, "positive_prompt"),
]
