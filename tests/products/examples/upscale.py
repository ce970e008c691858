"""Upscale."""

from . import BELL, LEFT_OUT, URL, VIDEO

EXAMPLES = [{"source_url": VIDEO}, {"source_url": URL, "name": "mine", **BELL}]
DELIBERATE: dict[tuple[str, str], str] = {}
REFUSED = [
    ({"source_url": LEFT_OUT}, "source_url"),
    ({"source_url": "a.mp4"}, "source_url"),
    ({"source_url": b""}, "source_url"),
    ({"webhook_url": "http://example.com/bell"}, "webhook_url"),
]
