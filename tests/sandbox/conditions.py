"""Bodies that break the conditions of the facts, and bodies that keep them.

Each is told as what it changes in the least body of its operation.
"""

from __future__ import annotations

from typing import Any

from a2e_async.sandbox import rules

from .bodies import URL

SOUND = "https://example.com/a.wav"
CANVAS = dict.fromkeys(rules.CANVAS, 100)
OMNI = {"model_version": "2.5", "mode": "reference", "omni_reference_task_type": "edit"}
EDIT = {**OMNI, "duration": -1, "aspect_ratio": "adaptive", "video_urls": [URL]}
SHOT = {"prompt": "a fox", "duration": "2"}
CLIP = {"type": "reference_video", "url": URL}
WAN27 = {"model": "wan2.7-i2v"}
MISSING: Any = None
"""A field that is left out."""

Case = tuple[str, dict[str, Any], str]

BROKEN: list[Case] = [
    ("userText2Image/start", {"input_images": [URL] * 3}, "input_images"),
    ("userText2Image/start", {"aspect_ratio": "1:1"}, "aspect_ratio"),
    (
        "userText2Image/start",
        {"model_type": "seedream", "skip_face_enhance": True},
        "skip_face_enhance",
    ),
    ("userText2Image/start", {"webhook_url": "http://example.com"}, "webhook_url"),
    ("userNanoBanana/start", {"google_search": True}, "google_search"),
    (
        "userGptImage/start",
        {"model": "gpt-image-2", "resolution": "4K", "aspect_ratio": "1:1"},
        "aspect_ratio",
    ),
    ("userQwen2Image/start", {"size": "2048*1365"}, "model"),
    ("userImage2Video/start", {"model_type": "FLF2V"}, "end_image_url"),
    ("userImage2Video/start", {"prompt": MISSING}, "prompt"),
    ("userImage2Video/start", {"negative_prompt": MISSING}, "negative_prompt"),
    ("userImage2Video/start", {"video_time": 7}, "video_time"),
    ("userWan25/start", {"task_type": "text_to_video", "image_url": MISSING}, "model"),
    ("userWan25/start", {"image_url": MISSING}, "image_url"),
    ("userWan25/start", {**WAN27, "task_type": "text_to_video"}, "image_url"),
    ("userWan25/start", {**WAN27, "task_type": "first_last_frame"}, "last_frame_url"),
    ("userWan25/start", {**WAN27, "task_type": "reference_image"}, "reference_media"),
    ("userWan25/start", {**WAN27, "task_type": "video_extend"}, "first_clip_url"),
    ("userWan25/start", {**WAN27, "task_type": "video_edit"}, "edit_video_url"),
    (
        "userWan25/start",
        {
            **WAN27,
            "task_type": "video_edit",
            "edit_video_url": URL,
            "reference_image_urls": [URL] * 4,
        },
        "reference_image_urls",
    ),
    (
        "userWan25/start",
        {**WAN27, "task_type": "video_edit", "edit_video_url": URL, "duration": "11"},
        "duration",
    ),
    ("userWan25/start", {"duration": "15"}, "duration"),
    ("userWan25/start", {**WAN27, "duration": "7"}, "duration"),
    ("userWanSpicy/start", {"image_url": "http://example.com/a.png"}, "image_url"),
    ("userWanSpicy/start", {"audio_url": "http://example.com/a.wav"}, "audio_url"),
    ("userWanSpicy/start", {"audio_url": "https://example.com/a.ogg"}, "audio_url"),
    ("userWanSpicy/start", {"resolution": "480p"}, "resolution"),
    ("userWanSpicy/start", {"duration": 16}, "duration"),
    ("userWanSpicy/start", {"model": "wan2.2-i2v-spicy", "resolution": "1080p"}, "resolution"),
    ("userWanSpicy/start", {"model": "wan2.2-i2v-spicy", "duration": 6}, "duration"),
    (
        "userWanSpicy/start",
        {"model": "wan2.2-i2v-spicy", "negative_prompt": "blur"},
        "negative_prompt",
    ),
    (
        "userWanSpicy/start",
        {"model": "wan2.2-i2v-spicy", "audio_url": "https://example.com/a.wav"},
        "audio_url",
    ),
    ("userWan30/start", {"input": {"negative_prompt": "x"}}, "negative_prompt"),
    ("userWan30/start", {"mode": "first-frame", "input": {"media": [CLIP]}}, "media"),
    (
        "userWan30/start",
        {"mode": "reference", "input": {"media": [CLIP, {"type": "first_frame"}]}},
        "media",
    ),
    ("userWan30/start", {"input": {"media": [{**CLIP, "duration": 2}]}}, "media.duration"),
    ("userWan30/start", {"input": {"media": [{**CLIP, "duration": 8}] * 2}}, "media.duration"),
    (
        "userWan30/start",
        {"input": {"media": [{**CLIP, "duration": 15}]}, "parameters": {"duration": 16}},
        "parameters.duration",
    ),
    ("userHappyhorseVideo/start", {"prompt": MISSING}, "prompt"),
    ("userHappyhorseVideo/start", {"mode": "i2v"}, "image_url"),
    ("userHappyhorseVideo/start", {"mode": "r2v"}, "reference_image_urls"),
    ("userHappyhorseVideo/start", {"mode": "video-edit"}, "edit_video_url"),
    (
        "userHappyhorseVideo/start",
        {"mode": "video-edit", "edit_video_url": URL, "reference_image_urls": [URL] * 6},
        "reference_image_urls",
    ),
    (
        "userHappyhorseVideo/start",
        {
            "mode": "video-edit",
            "edit_video_url": URL,
            "model_version": "1.1",
            "resolution": "480P",
        },
        "resolution",
    ),
    ("userHappyhorseVideo/start", {"resolution": "480P"}, "model_version"),
    ("userHappyhorseVideo/start", {"duration": "7"}, "duration"),
    ("userHappyhorseVideo/start", {"ratio": "21:9"}, "ratio"),
    ("seedanceVideo/start", {"mode": "image-to-video"}, "image_url"),
    *[
        ("seedance2Video/start", {field: "asset://a"}, field)
        for field in ("image_url", "first_frame_url", "last_frame_url")
    ],
    *[
        ("seedance2Video/start", {field: [URL, "asset://a"]}, field)
        for field in ("reference_urls", "video_urls", "audio_urls")
    ],
    ("seedance2Video/start", {"mode": "image-to-video"}, "image_url"),
    ("seedance2Video/start", {"mode": "first-last-frames"}, "first_frame_url"),
    ("seedance2Video/start", {"duration": 16}, "duration"),
    ("seedance2Video/start", {"reference_urls": [URL] * 10}, "reference_urls"),
    ("seedance2Video/start", {"video_urls": [URL] * 4}, "video_urls"),
    (
        "seedance2Video/start",
        {"video_urls": [URL], "audio_urls": [SOUND] * 4},
        "audio_urls",
    ),
    ("seedance2Video/start", {"audio_urls": [SOUND]}, "reference_urls"),
    (
        "seedance2Video/start",
        {"video_urls": [URL] * 2, "input_video_duration": 31},
        "input_video_duration",
    ),
    (
        "seedance2Video/start",
        {"model_version": "2.5", "video_urls": [URL] * 3, "input_video_duration": 31},
        "input_video_duration",
    ),
    ("seedance2Video/start", {**EDIT, "mode": "text-to-video"}, "omni_reference_task_type"),
    ("seedance2Video/start", {**EDIT, "duration": 5}, "duration"),
    ("seedance2Video/start", {**EDIT, "aspect_ratio": "16:9"}, "aspect_ratio"),
    ("seedance2Video/start", {**EDIT, "video_urls": [URL] * 2}, "video_urls"),
    ("seedance2Video/start", {"model_version": "2.5", "resolution": "4k"}, "resolution"),
    ("seedance2Video/start", {"model_version": "mini", "resolution": "1080p"}, "resolution"),
    ("veoVideo/start", {"generationType": "FIRST_AND_LAST_FRAMES_2_VIDEO"}, "imageUrls"),
    (
        "veoVideo/start",
        {"generationType": "REFERENCE_2_VIDEO", "imageUrls": [URL] * 4},
        "imageUrls",
    ),
    ("grokVideo/start", {"prompt": MISSING}, "prompt"),
    ("grokVideo/start", {"model_type": "image-to-video"}, "image_urls"),
    ("grokVideo/start", {"model_version": "1.5"}, "model_type"),
    ("grokVideo/start", {"aspect_ratio": "4:3"}, "aspect_ratio"),
    (
        "grokVideo/start",
        {"model_type": "image-to-video", "image_url": URL, "aspect_ratio": "auto"},
        "aspect_ratio",
    ),
    ("klingVideo/start", {"mode": "image-to-video"}, "image_url"),
    ("klingVideo/start", {"mode": "motion-control", "image_url": URL}, "video_url"),
    ("klingVideo/start", {"duration": "7"}, "duration"),
    ("klingVideo/start", {"model_version": "fast"}, "version"),
    (
        "klingVideo/start",
        {
            "model_version": "fast",
            "version": "3.0",
            "mode": "motion-control",
            "image_url": URL,
            "video_url": URL,
        },
        "mode",
    ),
    ("klingVideo/start", {"quality_mode": "4k"}, "version"),
    (
        "klingVideo/start",
        {
            "quality_mode": "4k",
            "version": "3.0",
            "mode": "motion-control",
            "image_url": URL,
            "video_url": URL,
        },
        "mode",
    ),
    ("klingVideo/start", {"sound": True}, "sound"),
    ("klingVideo/start", {"end_image_url": URL, "quality_mode": "pro"}, "end_image_url"),
    (
        "klingVideo/start",
        {
            "mode": "image-to-video",
            "image_url": URL,
            "end_image_url": URL,
            "quality_mode": "pro",
            "sound": True,
        },
        "sound",
    ),
    ("klingOmni/start", {"duration": "16"}, "duration"),
    ("klingOmni/start", {"duration": "soon"}, "duration"),
    ("klingOmni/start", {"prompt": MISSING}, "prompt"),
    (
        "klingOmni/start",
        {"prompt": MISSING, "multi_shot": True, "shot_type": "intelligence"},
        "prompt",
    ),
    ("klingOmni/start", {"multi_shot": True}, "shot_type"),
    ("klingOmni/start", {"multi_shot": True, "shot_type": "customize"}, "multi_prompt"),
    (
        "klingOmni/start",
        {"multi_shot": True, "shot_type": "customize", "multi_prompt": [SHOT, SHOT]},
        "multi_prompt",
    ),
    ("soraVideo/start", {"image_urls": MISSING}, "image_urls"),
    ("video/generate", {"audioSrc": MISSING}, "audioSrc"),
    ("video/generate", {"anchor_type": 2}, "anchor_type"),
    ("video/generate", {**CANVAS, "back_id": "a", "custom_back_id": "b"}, "back_id"),
    ("video/generate", {**CANVAS, "back_id": "a", "web_people_height": 0}, "web_people_height"),
    ("video/generate", {"custom_back_id": "a"}, "web_bg_width"),
    ("video/generate", {"color": "rgba(0,0,0,1)"}, "web_bg_height"),
    ("userVideoTwin/startTraining", {"image_url": MISSING}, "image_url"),
    ("userVideoTwin/startTraining", {"gender": "other"}, "gender"),
    ("userVideoTwin/startTraining", {"image_url": "https://example.com/a b.png"}, "image_url"),
    ("userVideoTwin/startTraining", {"video_url": "https://example.com/a b.mp4"}, "video_url"),
    ("userDubbing/startDubbing", {"target_lang": MISSING}, "target_lang"),
    ("userDubbing/startDubbing", {"num_speakers": MISSING}, "num_speakers"),
    (
        "userFaceSwapTask/add",
        {"model_version": "v2", "video_url": "https://example.com/a.mp4"},
        "video_url",
    ),
    ("userVideoTwin/startTraining", {"video_url": "https://example.com/a.avi"}, "video_url"),
    ("userWan25/start", {"audio_url": "https://example.com/a.ogg"}, "audio_url"),
    ("seedance2Video/start", {"video_urls": ["https://example.com/a.avi"]}, "video_urls"),
    (
        "seedance2Video/start",
        {"video_urls": [URL], "audio_urls": ["https://example.com/a.ogg"]},
        "audio_urls",
    ),
    ("klingOmni/start", {"image_list": ["https://example.com/a.webp"]}, "image_list"),
    ("thinkSound/start", {"video_url": "https://example.com/a.webm"}, "video_url"),
    ("video/send_tts", {"tts_id": MISSING}, "tts_id"),
    ("video/send_tts", {"msg": "é" * 1001}, "msg"),
    ("video/send_tts", {"type": "turnstile"}, "turnstile_token"),
    ("video/send_tts", {"type": "aliyun_captcha"}, "captchaVerifyParam"),
    ("streaming-avatar/agora-token", {"expire_seconds": 0}, "expire_seconds"),
    ("streaming-avatar/set-qa-context", {"text": "x" * 5001}, "text"),
    ("watermark/start", {"watermark_type": "stamp"}, "watermark_type"),
]

KEPT: list[tuple[str, dict[str, Any]]] = [
    ("userText2Image/start", {"model_type": "seedream", "aspect_ratio": "1:1"}),
    ("userText2Image/start", {"model_type": "seedream", "input_images": [URL] * 10}),
    ("userText2Image/start", {"webhook_url": "http://127.0.0.1:8000/bell"}),
    ("userNanoBanana/start", {"model": "nano-banana-2", "google_search": True}),
    ("userGptImage/start", {"model": "gpt-image-2", "resolution": "4K", "aspect_ratio": "16:9"}),
    ("userImage2Video/start", {"lora": "a", "prompt": MISSING, "negative_prompt": MISSING}),
    ("userWan25/start", {"model": "wan2.6-i2v", "duration": "7"}),
    ("userWan25/start", {"ratio": "1:1", "audio_url": "https://example.com/sound"}),
    (
        "userFaceSwapTask/add",
        {"model_version": "v2", "video_url": "https://example.com/a.jpg"},
    ),
    (
        "userWan25/start",
        {
            **WAN27,
            "image_url": MISSING,
            "task_type": "reference_image",
            "reference_media": [{"url": URL}],
            "duration": "7",
        },
    ),
    ("userWanSpicy/start", {"image_url": "http://127.0.0.1:9/a.png", "negative_prompt": "blur"}),
    ("userWan30/start", {"mode": "reference", "input": {"media": [{**CLIP, "duration": 15}]}}),
    ("userHappyhorseVideo/start", {"mode": "i2v", "prompt": MISSING, "image_url": URL}),
    ("userHappyhorseVideo/start", {"model_version": "1.1", "ratio": "21:9", "duration": "7"}),
    (
        "userHappyhorseVideo/start",
        {"mode": "video-edit", "edit_video_url": URL, "duration": "7", "ratio": "21:9"},
    ),
    ("seedance2Video/start", EDIT),
    ("seedance2Video/start", {**OMNI, "omni_reference_task_type": "extend"}),
    ("seedance2Video/start", {"model_version": "2.5", "duration": 30, "audio_urls": [SOUND] * 10}),
    ("seedance2Video/start", {"resolution": "4k"}),
    ("veoVideo/start", {"prompt": ""}),
    ("grokVideo/start", {"model_type": "image-to-video", "image_url": URL, "prompt": MISSING}),
    ("klingVideo/start", {"version": "3.0", "sound": True, "duration": "7"}),
    ("klingVideo/start", {"resolution": "1080p"}),
    ("klingOmni/start", {"multi_shot": True, "shot_type": "intelligence"}),
    (
        "klingOmni/start",
        {
            "prompt": MISSING,
            "multi_shot": True,
            "shot_type": "customize",
            "multi_prompt": [{"prompt": "a", "duration": 2}, {"prompt": "b", "duration": "3"}],
        },
    ),
    ("soraVideo/start", {"model_type": "text-to-video", "image_urls": MISSING}),
    ("video/generate", {**CANVAS, "color": "rgba(0,0,0,1)"}),
    ("video/send_tts", {"tts_id": MISSING, "user_voice_id": "v"}),
]
