"""ThinkSound."""

from pathlib import Path

from . import BELL, LEFT_OUT, VIDEO

EXAMPLES = [
    {"video_url": VIDEO},
    {
        "video_url": "https://example.com/A.MOV?signature=1.webm",
        "name": "mine",
        "caption": "rain on a roof",
        "cot_description": "drops fall, first few, then many",
        "seed": 7,
        **BELL,
    },
    {"video_url": "https://example.com/no-suffix"},
    {"video_url": "https://example.com/get.php?of=a.mp4", "caption": "", "cot_description": ""},
]
DELIBERATE: dict[tuple[str, str], str] = {}
REFUSED = [
    ({"video_url": LEFT_OUT}, "video_url"),
    ({"video_url": "https://example.com/a.webm"}, "video_url"),
    ({"video_url": Path("a.wav")}, "video_url"),
    ({"seed": "7"}, "seed"),
    ({"caption": 5}, "caption"),
]
