"""Families of the products that have more than the common verbs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from a2e_async import lazy

if TYPE_CHECKING:
    from a2e_async.families.avatar_training import AvatarTrainings
    from a2e_async.families.caption_removal import CaptionRemovals
    from a2e_async.families.image_to_video import ImageToVideos
    from a2e_async.families.text_to_image import TextToImages
    from a2e_async.families.veo_video import VeoVideos
    from a2e_async.families.verbs import RenamingFamily, RetryingFamily, RunningFamily
    from a2e_async.families.voice_clone import VoiceClones

__all__ = [
    "AvatarTrainings",
    "CaptionRemovals",
    "ImageToVideos",
    "RenamingFamily",
    "RetryingFamily",
    "RunningFamily",
    "TextToImages",
    "VeoVideos",
    "VoiceClones",
]

_HOMES = {
    "AvatarTrainings": "avatar_training",
    "CaptionRemovals": "caption_removal",
    "ImageToVideos": "image_to_video",
    "RenamingFamily": "verbs",
    "RetryingFamily": "verbs",
    "RunningFamily": "verbs",
    "TextToImages": "text_to_image",
    "VeoVideos": "veo_video",
    "VoiceClones": "voice_clone",
}

if not TYPE_CHECKING:
    __getattr__ = lazy.getter(__name__, _HOMES.get)
