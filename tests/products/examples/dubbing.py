"""Dubbing."""

from . import BELL, LEFT_OUT, VIDEO

EXAMPLES = [
    {"source_url": VIDEO, "source_lang": "en", "target_lang": "de", "num_speakers": 1},
    {
        "source_url": VIDEO,
        "source_lang": "auto",
        "target_lang": "de",
        "num_speakers": 2,
        "drop_background_audio": True,
        "name": "mine",
        **BELL,
    },
]
DELIBERATE = {
    ("source_url", "required"): "the classic page requires it",
    ("source_lang", "required"): "the classic page requires it",
    ("target_lang", "required"): "the classic page requires it",
    ("num_speakers", "required"): "the classic page requires it",
    ("num_speakers", "minimum"): "a number of people",
    ("drop_background_audio", "default"): "the classic page requires it, so it is always sent",
}
REFUSED = [
    ({"source_url": LEFT_OUT}, "source_url"),
    ({"source_lang": LEFT_OUT}, "source_lang"),
    ({"target_lang": ""}, "target_lang"),
    ({"num_speakers": LEFT_OUT}, "num_speakers"),
    ({"num_speakers": -1}, "num_speakers"),
    ({"drop_background_audio": None}, "drop_background_audio"),
]
