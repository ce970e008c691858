"""The products: for each a module with its request, its record and its facts.

A product's module is loaded when one of its names is first used: a bot that makes images does not
pay for the rest of the catalogue at its start. Its names tell the module: ``TextToImage`` and
``TextToImageRecord`` are in ``text_to_image``, which is the product's kind.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from a2e_async import lazy

if TYPE_CHECKING:
    from a2e_async.tasks.actor_swap import ActorSwap, ActorSwapRecord
    from a2e_async.tasks.avatar_training import AvatarTraining, AvatarTrainingRecord
    from a2e_async.tasks.avatar_video import AvatarVideo, AvatarVideoRecord
    from a2e_async.tasks.caption_removal import CaptionRemoval, CaptionRemovalRecord
    from a2e_async.tasks.dubbing import Dubbing, DubbingRecord
    from a2e_async.tasks.face_swap import FaceSwap, FaceSwapRecord
    from a2e_async.tasks.face_swap_preview import FaceSwapPreview, FaceSwapPreviewRecord
    from a2e_async.tasks.flux_2 import Flux2, Flux2Record
    from a2e_async.tasks.gpt_image import GptImage, GptImageRecord
    from a2e_async.tasks.grok_video import GrokVideo, GrokVideoRecord
    from a2e_async.tasks.happyhorse_video import HappyhorseVideo, HappyhorseVideoRecord
    from a2e_async.tasks.head_swap import HeadSwap, HeadSwapRecord
    from a2e_async.tasks.image_edit import ImageEdit, ImageEditRecord
    from a2e_async.tasks.image_to_video import ImageToVideo, ImageToVideoRecord
    from a2e_async.tasks.kling_image import KlingImage, KlingImageRecord
    from a2e_async.tasks.kling_omni import KlingOmni, KlingOmniRecord
    from a2e_async.tasks.kling_video import KlingVideo, KlingVideoRecord
    from a2e_async.tasks.motion_transfer import MotionTransfer, MotionTransferRecord
    from a2e_async.tasks.nano_banana import NanoBanana, NanoBananaRecord
    from a2e_async.tasks.photobook import Photobook, PhotobookRecord
    from a2e_async.tasks.product_avatar import ProductAvatar, ProductAvatarRecord
    from a2e_async.tasks.qwen_image import QwenImage, QwenImageRecord
    from a2e_async.tasks.request import Request
    from a2e_async.tasks.seedance_2 import Seedance2, Seedance2Record
    from a2e_async.tasks.seedance_15_pro import Seedance15Pro, Seedance15ProRecord
    from a2e_async.tasks.sora_2_pro_video import Sora2ProVideo, Sora2ProVideoRecord
    from a2e_async.tasks.talking_photo import TalkingPhoto, TalkingPhotoRecord
    from a2e_async.tasks.talking_video import TalkingVideo, TalkingVideoRecord
    from a2e_async.tasks.text_to_image import TextToImage, TextToImageRecord
    from a2e_async.tasks.think_sound import ThinkSound, ThinkSoundRecord
    from a2e_async.tasks.upscale import Upscale, UpscaleRecord
    from a2e_async.tasks.veo_video import VeoVideo, VeoVideoRecord
    from a2e_async.tasks.virtual_try_on import VirtualTryOn, VirtualTryOnRecord
    from a2e_async.tasks.voice_clone import VoiceClone, VoiceCloneRecord
    from a2e_async.tasks.wan_25 import Wan25, Wan25Record
    from a2e_async.tasks.wan_30 import Wan30, Wan30Record
    from a2e_async.tasks.wan_spicy import WanSpicy, WanSpicyRecord

__all__ = [
    "ActorSwap",
    "ActorSwapRecord",
    "AvatarTraining",
    "AvatarTrainingRecord",
    "AvatarVideo",
    "AvatarVideoRecord",
    "CaptionRemoval",
    "CaptionRemovalRecord",
    "Dubbing",
    "DubbingRecord",
    "FaceSwap",
    "FaceSwapPreview",
    "FaceSwapPreviewRecord",
    "FaceSwapRecord",
    "Flux2",
    "Flux2Record",
    "GptImage",
    "GptImageRecord",
    "GrokVideo",
    "GrokVideoRecord",
    "HappyhorseVideo",
    "HappyhorseVideoRecord",
    "HeadSwap",
    "HeadSwapRecord",
    "ImageEdit",
    "ImageEditRecord",
    "ImageToVideo",
    "ImageToVideoRecord",
    "KlingImage",
    "KlingImageRecord",
    "KlingOmni",
    "KlingOmniRecord",
    "KlingVideo",
    "KlingVideoRecord",
    "MotionTransfer",
    "MotionTransferRecord",
    "NanoBanana",
    "NanoBananaRecord",
    "Photobook",
    "PhotobookRecord",
    "ProductAvatar",
    "ProductAvatarRecord",
    "QwenImage",
    "QwenImageRecord",
    "Seedance2",
    "Seedance2Record",
    "Seedance15Pro",
    "Seedance15ProRecord",
    "Sora2ProVideo",
    "Sora2ProVideoRecord",
    "TalkingPhoto",
    "TalkingPhotoRecord",
    "TalkingVideo",
    "TalkingVideoRecord",
    "TextToImage",
    "TextToImageRecord",
    "ThinkSound",
    "ThinkSoundRecord",
    "Upscale",
    "UpscaleRecord",
    "VeoVideo",
    "VeoVideoRecord",
    "VirtualTryOn",
    "VirtualTryOnRecord",
    "VoiceClone",
    "VoiceCloneRecord",
    "Wan25",
    "Wan25Record",
    "Wan30",
    "Wan30Record",
    "WanSpicy",
    "WanSpicyRecord",
]

# Before a capital letter, and between a letter and a number: Sora2ProVideo is sora_2_pro_video.
_WORD = re.compile(r"(?<!^)(?=[A-Z])|(?<=[a-z])(?=\d)")


def kind_of(name: str) -> str:
    """Give the kind of a product by the name of its request or record class."""
    return _WORD.sub("_", name.removesuffix("Record")).lower()


@cache
def request_class(kind: str) -> type[Request[Any]]:
    """Give the request class of a product.

    Args:
        kind: the product's name, such as ``text_to_image``.

    Raises:
        KeyError: there is no such product.
    """
    name = next(name for name in [*__all__, None] if name is None or kind_of(name) == kind)
    if name is None:
        raise KeyError(kind)
    found: type[Request[Any]] = getattr(import_module(f"{__name__}.{kind}"), name)
    return found


if not TYPE_CHECKING:
    # Type checkers would take any name for one of the package's.
    __getattr__ = lazy.getter(__name__, lambda name: kind_of(name) if name in __all__ else None)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
