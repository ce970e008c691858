"""Avatar training."""

from . import LEFT_OUT, URL, VIDEO

EXAMPLES = [
    {"gender": "female", "video_url": VIDEO},
    {
        "gender": "male",
        "image_url": URL,
        "name": "mine",
        "video_background_color": "rgba(10,20,30,1)",
        "video_background_image": URL,
        "skip_preview": True,
        "model_version": "V2.1",
        "prompt": "a nod",
        "negative_prompt": "blur",
        "is_transcoding": False,
    },
]
DELIBERATE = {
    ("gender", "required"): "the classic page requires it",
    ("gender", "enum"): "the words of the classic page",
}
REFUSED = [
    ({"gender": LEFT_OUT}, "gender"),
    ({"gender": "other"}, "gender"),
    ({"video_url": LEFT_OUT}, "image_url"),
    ({"prompt": "a nod"}, "image_url"),
    ({"negative_prompt": "blur"}, "image_url"),
    ({"model_version": "V2.1"}, "image_url"),
    ({"video_url": "https://example.com/a b.mp4"}, "video_url"),
]
