"""Face-swap preview."""

from . import LEFT_OUT, URL, VIDEO

EXAMPLES = [{"video_url": VIDEO, "face_url": URL}, {"video_url": URL, "face_url": URL}]
DELIBERATE: dict[tuple[str, str], str] = {}
REFUSED = [
    ({"video_url": LEFT_OUT}, "video_url"),
    ({"face_url": LEFT_OUT}, "face_url"),
    ({"face_url": None}, "face_url"),
    ({"name": "mine"}, "name"),
]
