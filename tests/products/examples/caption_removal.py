"""Caption removal."""

from . import BELL, LEFT_OUT, VIDEO

EXAMPLES = [{"source_url": VIDEO}, {"source_url": VIDEO, "name": "mine", **BELL}]
DELIBERATE: dict[tuple[str, str], str] = {}
REFUSED = [
    ({"source_url": LEFT_OUT}, "source_url"),
    ({"source_url": "a.mp4"}, "source_url"),
    ({"source_url": b""}, "source_url"),
]
