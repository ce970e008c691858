"""Wan Spicy."""

from . import AUDIO, BELL, LEFT_OUT, URL

WAN_22 = {"model": "wan2.2-i2v-spicy"}
EXAMPLES = [
    {"prompt": "a lake", "image_url": URL, "resolution": "720p", "duration": 5},
    {
        "prompt": "a lake",
        "negative_prompt": "people",
        "name": "mine",
        "model": "wan2.7-i2v-spicy",
        "image_url": URL,
        "audio_url": AUDIO,
        "resolution": "1080p",
        "duration": 15,
        "prompt_extend": False,
        "seed": 7,
        "minor_suspected_skip": False,
        **BELL,
    },
    {"prompt": "a lake", "image_url": URL, "resolution": "480p", "duration": 8, **WAN_22},
]
DELIBERATE: dict[tuple[str, str], str] = {}
REFUSED = [
    ({"duration": LEFT_OUT}, "duration"),
    ({"resolution": LEFT_OUT}, "resolution"),
    ({"resolution": "480p"}, "resolution"),
    ({"resolution": "1080p", **WAN_22}, "resolution"),
    ({"duration": 1}, "duration"),
    ({"duration": 15.5}, "duration"),
    ({"duration": 6, **WAN_22}, "duration"),
    ({"duration": "5"}, "duration"),
    ({"negative_prompt": "people", **WAN_22}, "negative_prompt"),
    ({"audio_url": AUDIO, **WAN_22}, "audio_url"),
    ({"audio_url": "https://example.com/a.ogg"}, "audio_url"),
]
