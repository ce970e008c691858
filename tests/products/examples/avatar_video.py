"""Avatar video."""

from . import AUDIO, BELL, LEFT_OUT, URL

CANVAS = {
    "web_bg_width": 1280,
    "web_bg_height": 720,
    "web_people_width": 640,
    "web_people_height": 720,
}
EXAMPLES = [
    {"anchor_id": "65ee00000000000000000001", "anchor_type": 1, "audio_src": AUDIO},
    {
        "anchor_id": "av",
        "anchor_type": 1,
        "audio_src": AUDIO,
        "custom_voice": AUDIO,
        "title": "mine",
        "anchor_background_img": URL,
        "anchor_background_color": "rgba(0,255,0,1)",
        "back_id": "b",
        "color": "rgba(0,0,0,1)",
        "face_swap_id": "f",
        **CANVAS,
        "is_skip_rs": True,
        "is_skip_gp": True,
        "gp_model": {"a": 1},
        "erode_factor": 0.5,
        "is_caption_enabled": True,
        "caption_align": {"a": 1},
        "is_to_public_pool": False,
        "is_allow_reverse": "true",
        "lip_model": "l",
        "wl_model": "w",
        "msg": "m",
        **BELL,
    },
    {"anchor_id": "av", "anchor_type": 0, "audio_src": AUDIO, "custom_back_id": "c", **CANVAS},
]
DELIBERATE = {
    ("anchor_type", "type"): "only 0 and 1 have a meaning",
    ("anchor_type", "minimum"): "0 is a system avatar",
    ("anchor_type", "maximum"): "1 is a custom avatar",
    ("web_bg_width", "minimum"): "a size; 0 stands for none",
    ("web_bg_height", "minimum"): "a size; 0 stands for none",
    ("web_people_width", "minimum"): "a size; 0 stands for none",
    ("web_people_height", "minimum"): "a size; 0 stands for none",
    ("web_dist_bg_width", "minimum"): "a size; -1 stands for all",
    ("web_dist_bg_height", "minimum"): "a size; -1 stands for all",
    ("resolution", "type"): "a height in pixels",
    ("resolution", "minimum"): "a height in pixels",
}
REFUSED = [
    ({"audio_src": LEFT_OUT}, "audio_src"),
    ({"anchor_type": 2}, "anchor_type"),
    ({"title": "x" * 41}, "title"),
    ({"back_id": "b", "custom_back_id": "c", **CANVAS}, "back_id"),
    ({"color": "rgba(0,0,0,1)"}, "web_bg_width"),
]
