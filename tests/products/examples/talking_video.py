"""Talking video."""

from . import AUDIO, BELL, LEFT_OUT, VIDEO

EXAMPLES = [
    {"video_url": VIDEO, "prompt": "speaking", "negative_prompt": ""},
    {
        "video_url": VIDEO,
        "audio_url": AUDIO,
        "name": "mine",
        "duration": 20,
        "prompt": "",
        "negative_prompt": "blurry",
        **BELL,
    },
]
DELIBERATE: dict[tuple[str, str], str] = {}
REFUSED = [
    ({"video_url": LEFT_OUT}, "video_url"),
    ({"prompt": LEFT_OUT}, "prompt"),
    ({"negative_prompt": LEFT_OUT}, "negative_prompt"),
    ({"prompt": None}, "prompt"),
    ({"duration": 0}, "duration"),
    ({"duration": 21}, "duration"),
    ({"audio_url": "hello"}, "audio_url"),
]
