"""Voice clone."""

from . import AUDIO, BELL, LEFT_OUT

EXAMPLES = [
    {"voice_urls": [AUDIO]},
    {
        "voice_urls": [AUDIO, AUDIO],
        "name": "mine",
        "gender": "male",
        "denoise": True,
        "enhance_voice_similarity": False,
        "model": "minimax",
        "language": "en-US",
        **BELL,
    },
]
DELIBERATE: dict[tuple[str, str], str] = {}
REFUSED = [
    ({"voice_urls": LEFT_OUT}, "voice_urls"),
    ({"voice_urls": []}, "voice_urls"),
    ({"voice_urls": AUDIO}, "voice_urls"),
    ({"voice_urls": [AUDIO, "hello"]}, "voice_urls"),
    ({"gender": "other"}, "gender"),
    ({"model": "a2e-2"}, "model"),
    ({"language": ""}, "language"),
]
