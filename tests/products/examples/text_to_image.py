"""Text to image."""

from . import BELL, URL

EXAMPLES = [
    {"prompt": "a lake"},
    {
        "prompt": "a lake",
        "name": "mine",
        "req_key": "high_aes",
        "width": 512,
        "height": 768,
        "model_type": "seedream",
        "input_images": [URL],
        "skip_face_enhance": False,
        "aspect_ratio": "16:9",
        "max_images": 2,
        **BELL,
    },
]
DELIBERATE = {
    ("req_key", "default"): "the classic page requires it, so it is always sent",
    ("width", "type"): "the classic page wants an integer",
    ("width", "minimum"): "a picture has pixels",
    ("height", "type"): "the classic page wants an integer",
    ("height", "minimum"): "a picture has pixels",
}
REFUSED = [
    ({"prompt": ""}, "prompt"),
    ({"max_images": 9}, "max_images"),
    ({"aspect_ratio": "16:9"}, "aspect_ratio"),
    ({"skip_face_enhance": True, "model_type": "seedream"}, "skip_face_enhance"),
    ({"input_images": [URL] * 3}, "input_images"),
    ({"input_images": [URL] * 11, "model_type": "seedream"}, "input_images"),
]
