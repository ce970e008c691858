"""What a client has for each product and group of the service: a line each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from a2e_async import families, parts, resources, tasks
from a2e_async.jobs.binding import Binding
from a2e_async.jobs.family import Family
from a2e_async.parts import FamilyOf, Group

if TYPE_CHECKING:
    from a2e_async.jobs.core import Core


class Products:
    """The families and groups of a client. Each is made when it is first used."""

    _core: Core
    _binding = Binding()

    text_to_image = FamilyOf(lambda core: families.TextToImages(core, tasks.TextToImage))
    avatar_video = FamilyOf(lambda core: Family(core, tasks.AvatarVideo))
    actor_swap = FamilyOf(lambda core: Family(core, tasks.ActorSwap))
    avatar_training = FamilyOf(lambda core: families.AvatarTrainings(core, tasks.AvatarTraining))
    caption_removal = FamilyOf(lambda core: families.CaptionRemovals(core, tasks.CaptionRemoval))
    dubbing = FamilyOf(lambda core: families.RunningFamily(core, tasks.Dubbing))
    face_swap = FamilyOf(lambda core: families.RunningFamily(core, tasks.FaceSwap))
    face_swap_preview = FamilyOf(lambda core: Family(core, tasks.FaceSwapPreview))
    flux_2 = FamilyOf(lambda core: Family(core, tasks.Flux2))
    gpt_image = FamilyOf(lambda core: Family(core, tasks.GptImage))
    grok_video = FamilyOf(lambda core: Family(core, tasks.GrokVideo))
    happyhorse_video = FamilyOf(lambda core: Family(core, tasks.HappyhorseVideo))
    head_swap = FamilyOf(lambda core: Family(core, tasks.HeadSwap))
    image_edit = FamilyOf(lambda core: Family(core, tasks.ImageEdit))
    image_to_video = FamilyOf(lambda core: families.ImageToVideos(core, tasks.ImageToVideo))
    kling_image = FamilyOf(lambda core: Family(core, tasks.KlingImage))
    kling_omni = FamilyOf(lambda core: families.RenamingFamily(core, tasks.KlingOmni))
    kling_video = FamilyOf(lambda core: families.RenamingFamily(core, tasks.KlingVideo))
    motion_transfer = FamilyOf(lambda core: Family(core, tasks.MotionTransfer))
    nano_banana = FamilyOf(lambda core: Family(core, tasks.NanoBanana))
    photobook = FamilyOf(lambda core: Family(core, tasks.Photobook))
    product_avatar = FamilyOf(lambda core: Family(core, tasks.ProductAvatar))
    qwen_image = FamilyOf(lambda core: Family(core, tasks.QwenImage))
    seedance_15_pro = FamilyOf(lambda core: Family(core, tasks.Seedance15Pro))
    seedance_2 = FamilyOf(lambda core: families.RenamingFamily(core, tasks.Seedance2))
    sora_2_pro_video = FamilyOf(lambda core: Family(core, tasks.Sora2ProVideo))
    talking_photo = FamilyOf(lambda core: Family(core, tasks.TalkingPhoto))
    talking_video = FamilyOf(lambda core: Family(core, tasks.TalkingVideo))
    think_sound = FamilyOf(lambda core: Family(core, tasks.ThinkSound))
    upscale = FamilyOf(lambda core: Family(core, tasks.Upscale))
    veo_video = FamilyOf(lambda core: families.VeoVideos(core, tasks.VeoVideo))
    virtual_try_on = FamilyOf(lambda core: Family(core, tasks.VirtualTryOn))
    voice_clone = FamilyOf(lambda core: families.VoiceClones(core, tasks.VoiceClone))
    wan_25 = FamilyOf(lambda core: Family(core, tasks.Wan25))
    wan_30 = FamilyOf(lambda core: Family(core, tasks.Wan30))
    wan_spicy = FamilyOf(lambda core: Family(core, tasks.WanSpicy))

    account = Group(lambda core: resources.Account(core.session))
    avatars = Group(lambda core: resources.Avatars(core.session))
    backgrounds = Group(lambda core: resources.Backgrounds(core.session, core.files))
    detect_language = Group(lambda core: resources.Speech(core.session).detect_language)
    files = Group(lambda core: core.files)
    faces = Group(lambda core: resources.Faces(core.session, core.files))
    languages = Group(lambda core: resources.Voices(core.session).languages)
    streaming = Group(lambda core: resources.Streaming(core.session, core.before_close))
    text_to_speech = Group(lambda core: resources.Speech(core.session).text_to_speech)
    tokens = Group(lambda core: resources.Tokens(core.session))
    voices = Group(lambda core: resources.Voices(core.session))
    watermark = Group(lambda core: resources.Watermark(core.session, core.files).watermark)

    @classmethod
    def kinds(cls) -> tuple[str, ...]:
        """Name all products: each kind is also the name of the client's attribute."""
        return parts.names(cls, FamilyOf)

    @classmethod
    def check_kind(cls, kind: str, *, field: str = "kind") -> None:
        """Raise `ValueError`, with the names that there are, unless a name is a product's."""
        kinds = cls.kinds()
        if kind not in kinds:
            from a2e_async.tasks.manual import meant  # noqa: PLC0415  (for a mistake only)

            known = ", ".join(kinds)
            raise ValueError(f"{field}: expected one of {known}, got {kind!r}{meant(kind, kinds)}")

    def family(self, kind: str) -> Family[..., Any]:
        """Give the family of a product by its name.

        Args:
            kind: the product's name, such as ``text_to_image``.

        Raises:
            ValueError: there is no such product.
        """
        self.check_kind(kind)
        found: Family[..., Any] = getattr(self, kind)
        return found
