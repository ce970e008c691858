"""Actor swap."""

from . import BELL, LEFT_OUT, URL, VIDEO

EXAMPLES = [
    {"image_url": URL, "video_url": VIDEO},
    {
        "image_url": URL,
        "video_url": VIDEO,
        "name": "mine",
        "prompt": "a dancer",
        "negative_prompt": "blur",
        "timeout": 600,
        **BELL,
    },
]
DELIBERATE: dict[tuple[str, str], str] = {}
REFUSED = [
    ({"image_url": LEFT_OUT}, "image_url"),
    ({"video_url": LEFT_OUT}, "video_url"),
    ({"video_url": "a.mp4"}, "video_url"),
    ({"timeout": 1.5}, "timeout"),
    ({"webhook_url": "http://example.com/bell"}, "webhook_url"),
]
