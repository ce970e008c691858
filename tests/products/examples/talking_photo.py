"""Talking photo."""

from . import AUDIO, BELL, LEFT_OUT, URL

EXAMPLES = [
    {"image_url": URL, "prompt": "speaking", "negative_prompt": ""},
    {
        "image_url": URL,
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
    ({"image_url": LEFT_OUT}, "image_url"),
    ({"prompt": LEFT_OUT}, "prompt"),
    ({"negative_prompt": LEFT_OUT}, "negative_prompt"),
    ({"prompt": None}, "prompt"),
    ({"duration": 0}, "duration"),
    ({"duration": 21}, "duration"),
    ({"audio_url": "hello"}, "audio_url"),
]
