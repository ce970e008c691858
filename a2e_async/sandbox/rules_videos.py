"""The conditions of the video starts: one line per condition and product. Pure."""

from __future__ import annotations

from a2e_async.sandbox.conditions import (
    Rule,
    among,
    any_of,
    at_most,
    between,
    ends,
    entries,
    has,
    https,
    is_,
    isnt,
    lacks,
    needs,
    never,
    not_scheme,
    of_kind,
    only,
    sends,
    when,
)
from a2e_async.sandbox.rules_special import (
    clips_within_their_seconds,
    frames_or_references,
    no_negative_prompt,
    shots_fill_the_duration,
    videos_within_their_seconds,
)

FRAMES = ("image_url", "last_frame_url", "first_clip_url", "edit_video_url")
REFERENCES = ("reference_image_urls", "reference_media")
SEEDANCE_URLS = (
    "image_url",
    "first_frame_url",
    "last_frame_url",
    "reference_urls",
    "video_urls",
    "audio_urls",
)
WAN27 = is_("model", "wan2.7-i2v")
SEEDANCE_20 = isnt("model_version", "2.5")
SEEDANCE_25 = is_("model_version", "2.5")

VIDEOS: dict[str, tuple[Rule, ...]] = {
    "/api/v1/userImage2Video/start": (
        *when(is_("model_type", "FLF2V"), needs("end_image_url")),
        *when(lacks("lora"), needs("prompt"), sends("negative_prompt")),
        among("video_time", 5, 10, 15, 20),
    ),
    "/api/v1/userWan25/start": (
        of_kind("audio_url", ".wav", ".mp3"),
        *when(isnt("task_type", "first_frame"), among("model", "wan2.7-i2v")),
        *when(is_("task_type", "first_frame"), needs("image_url")),
        *when(is_("task_type", "text_to_video"), never(*FRAMES, *REFERENCES)),
        *when(is_("task_type", "first_last_frame"), needs("image_url", "last_frame_url")),
        *when(is_("task_type", "reference_image"), any_of(*REFERENCES)),
        *when(is_("task_type", "video_extend"), needs("first_clip_url")),
        *when(
            is_("task_type", "video_edit"),
            needs("edit_video_url"),
            entries("reference_image_urls", 0, 3),
            between("duration", 5, 10),
        ),
        *when(is_("model", "wan2.5-i2v-preview"), among("duration", "5", "10")),
        *when(
            WAN27 & isnt("task_type", "reference_image", "video_edit"),
            among("duration", "5", "10", "15"),
        ),
    ),
    "/api/v1/userWanSpicy/start": (
        https("image_url"),
        https("audio_url"),
        ends("audio_url", ".wav", ".mp3"),
        only("negative_prompt", is_("model", "wan2.7-i2v-spicy")),
        only("audio_url", is_("model", "wan2.7-i2v-spicy")),
        *when(
            is_("model", "wan2.7-i2v-spicy"),
            among("resolution", "720p", "1080p"),
            between("duration", 2, 15),
        ),
        *when(
            is_("model", "wan2.2-i2v-spicy"),
            among("resolution", "480p", "720p"),
            among("duration", 5, 8),
        ),
    ),
    "/api/v1/userWan30/start": (
        no_negative_prompt,
        frames_or_references,
        clips_within_their_seconds,
    ),
    "/api/v1/userHappyhorseVideo/start": (
        *when(is_("mode", "t2v", "r2v", "video-edit"), needs("prompt")),
        *when(is_("mode", "i2v"), needs("image_url")),
        *when(is_("mode", "r2v"), entries("reference_image_urls", 1, 9)),
        *when(
            is_("mode", "video-edit"),
            needs("edit_video_url"),
            entries("reference_image_urls", 0, 5),
            among("resolution", "720P", "1080P"),
        ),
        *when(is_("resolution", "480P"), among("model_version", "1.1")),
        *when(
            isnt("mode", "video-edit") & is_("model_version", "1.0"),
            among("duration", "5", "10", "15"),
        ),
        *when(
            is_("mode", "t2v", "r2v") & is_("model_version", "1.0"),
            among("ratio", "16:9", "9:16", "1:1", "4:3", "3:4"),
        ),
    ),
    "/api/v1/seedanceVideo/start": (*when(is_("mode", "image-to-video"), needs("image_url")),),
    "/api/v1/seedance2Video/start": (
        *(not_scheme(field, "asset") for field in SEEDANCE_URLS),
        of_kind("video_urls", ".mp4", ".mov"),
        of_kind("audio_urls", ".mp3", ".wav"),
        *when(is_("mode", "image-to-video"), needs("image_url")),
        *when(is_("mode", "first-last-frames"), needs("first_frame_url", "last_frame_url")),
        *when(
            SEEDANCE_20,
            at_most("duration", 15),
            entries("reference_urls", 0, 9),
            entries("video_urls", 0, 3),
            entries("audio_urls", 0, 3),
        ),
        *when(SEEDANCE_20 & has("audio_urls"), any_of("reference_urls", "video_urls")),
        videos_within_their_seconds,
        only("omni_reference_task_type", SEEDANCE_25 & is_("mode", "reference")),
        *when(
            is_("omni_reference_task_type", "edit"),
            among("duration", -1),
            among("aspect_ratio", "adaptive"),
            entries("video_urls", 1, 1),
        ),
        *when(SEEDANCE_25, among("resolution", "480p", "720p", "1080p")),
        *when(is_("model_version", "mini", "fast"), among("resolution", "480p", "720p")),
    ),
    "/api/v1/veoVideo/start": (
        *when(
            is_("generationType", "FIRST_AND_LAST_FRAMES_2_VIDEO"),
            entries("imageUrls", 1, 2),
        ),
        *when(is_("generationType", "REFERENCE_2_VIDEO"), entries("imageUrls", 1, 3)),
    ),
    "/api/v1/grokVideo/start": (
        *when(is_("model_type", "text-to-video"), needs("prompt")),
        *when(is_("model_type", "image-to-video"), any_of("image_urls", "image_url")),
        *when(is_("model_version", "1.5"), among("model_type", "image-to-video")),
        *when(
            is_("model_version", "legacy") & is_("model_type", "text-to-video"),
            among("aspect_ratio", "1:1", "16:9", "9:16"),
        ),
        *when(
            is_("model_version", "legacy") & is_("model_type", "image-to-video"),
            among("aspect_ratio", "1:1", "16:9", "9:16", "4:3", "3:4", "3:2", "2:3"),
        ),
    ),
    "/api/v1/klingVideo/start": (
        *when(is_("mode", "image-to-video"), needs("image_url")),
        *when(is_("mode", "motion-control"), needs("image_url", "video_url")),
        *when(is_("version", "2.6"), among("duration", "5", "10")),
        *when(
            is_("model_version", "fast"),
            among("version", "3.0"),
            among("mode", "text-to-video", "image-to-video"),
        ),
        *when(
            is_("quality_mode", "4k"),
            among("version", "3.0"),
            among("mode", "text-to-video", "image-to-video"),
        ),
        *when(is_("version", "2.6"), only("sound", is_("quality_mode", "pro"))),
        only("end_image_url", is_("mode", "image-to-video") & is_("quality_mode", "pro")),
        *when(is_("version", "2.6") & has("end_image_url"), never("sound")),
    ),
    "/api/v1/klingOmni/start": (
        between("duration", 3, 15),
        of_kind("image_list", ".jpg", ".jpeg", ".png"),
        *when(is_("multi_shot", False), needs("prompt")),
        *when(is_("shot_type", "intelligence"), needs("prompt")),
        *when(is_("multi_shot", True), needs("shot_type")),
        *when(is_("shot_type", "customize"), needs("multi_prompt"), shots_fill_the_duration),
    ),
    "/api/v1/soraVideo/start": (*when(is_("model_type", "image-to-video"), needs("image_urls")),),
}
