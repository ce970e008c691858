"""Image to video."""

from . import BELL, LEFT_OUT, URL

EXAMPLES = [
    {"image_url": URL, "prompt": "she smiles"},
    {
        "image_url": URL,
        "prompt": "she smiles",
        "negative_prompt": "blurry",
        "name": "mine",
        "model_type": "FLF2V",
        "model_version": "a2e-v2-flash",
        "end_image_url": URL,
        "extend_prompt": False,
        "number_of_images": 2,
        "video_time": 20,
        "video_length": 100,
        "skip_face_enhance": True,
        "mask_face": True,
        "minor_suspected_skip": False,
        **BELL,
    },
    {"image_url": URL, "lora": "l"},
]
DELIBERATE = {
    ("negative_prompt", "default"): "the classic page requires it, so it is always sent",
    ("video_time", "enum"): "the four lengths are in the description",
    ("video_time", "minimum"): "the four lengths are in the description",
    ("video_time", "maximum"): "the four lengths are in the description",
}
REFUSED = [
    ({"image_url": LEFT_OUT}, "image_url"),
    ({"prompt": LEFT_OUT}, "prompt"),
    ({"prompt": LEFT_OUT, "negative_prompt": "blurry"}, "lora"),
    ({"model_type": "FLF2V"}, "end_image_url"),
    ({"number_of_images": 0}, "number_of_images"),
    ({"number_of_images": 9}, "number_of_images"),
    ({"video_time": 7}, "video_time"),
    ({"video_time": "5"}, "video_time"),
    ({"video_length": 1001}, "video_length"),
]
