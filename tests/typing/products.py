"""Read by the type checkers, run by nobody: what each product's start is typed as."""

from __future__ import annotations

from typing import assert_type

from a2e_async import (
    A2E,
    ActorSwapRecord,
    AvatarTrainingRecord,
    AvatarVideoRecord,
    CaptionRemovalRecord,
    DubbingRecord,
    FaceSwapPreviewRecord,
    FaceSwapRecord,
    Flux2Record,
    GptImageRecord,
    GrokVideoRecord,
    HappyhorseVideoRecord,
    HeadSwapRecord,
    ImageEditRecord,
    ImageToVideoRecord,
    Job,
    KlingImageRecord,
    KlingOmniRecord,
    KlingVideoRecord,
    MotionTransferRecord,
    NanoBananaRecord,
    PhotobookRecord,
    ProductAvatarRecord,
    QwenImageRecord,
    Seedance2Record,
    Seedance15ProRecord,
    Sora2ProVideoRecord,
    TalkingPhotoRecord,
    TalkingVideoRecord,
    TextToImageRecord,
    ThinkSoundRecord,
    UpscaleRecord,
    VeoVideoRecord,
    VirtualTryOnRecord,
    VoiceCloneRecord,
    Wan25Record,
    Wan30Record,
    WanSpicyRecord,
)

URL = "https://example.com/a"
ID = "66ee00000000000000000001"


async def products(a2e: A2E) -> None:
    assert_type(
        await a2e.avatar_video.start(anchor_id=ID, anchor_type=1, audio_src=URL),
        Job[AvatarVideoRecord],
    )
    assert_type(await a2e.text_to_image.start(prompt="a lake"), Job[TextToImageRecord])
    assert_type(await a2e.actor_swap.start(image_url=URL, video_url=URL), Job[ActorSwapRecord])
    assert_type(
        await a2e.avatar_training.start(gender="female", video_url=URL), Job[AvatarTrainingRecord]
    )
    assert_type(await a2e.caption_removal.start(source_url=URL), Job[CaptionRemovalRecord])
    assert_type(
        await a2e.dubbing.start(source_url=URL, source_lang="en", target_lang="de", num_speakers=1),
        Job[DubbingRecord],
    )
    assert_type(await a2e.face_swap.start(video_url=URL, face_url=URL), Job[FaceSwapRecord])
    assert_type(
        await a2e.face_swap_preview.start(video_url=URL, face_url=URL), Job[FaceSwapPreviewRecord]
    )
    assert_type(await a2e.flux_2.start(prompt="a lake"), Job[Flux2Record])
    assert_type(await a2e.gpt_image.start(prompt="a lake"), Job[GptImageRecord])
    assert_type(await a2e.grok_video.start(prompt="a lake"), Job[GrokVideoRecord])
    assert_type(
        await a2e.happyhorse_video.start(mode="t2v", prompt="a lake"), Job[HappyhorseVideoRecord]
    )
    assert_type(await a2e.head_swap.start(image_url=URL, target_image_url=URL), Job[HeadSwapRecord])
    assert_type(
        await a2e.image_edit.start(edit_type="clothing", image_urls=[URL, URL]),
        Job[ImageEditRecord],
    )
    assert_type(
        await a2e.image_to_video.start(image_url=URL, prompt="she smiles"), Job[ImageToVideoRecord]
    )
    assert_type(await a2e.kling_image.start(prompt="a lake"), Job[KlingImageRecord])
    assert_type(await a2e.kling_omni.start(prompt="a lake"), Job[KlingOmniRecord])
    assert_type(
        await a2e.kling_video.start(mode="text-to-video", prompt="a lake"), Job[KlingVideoRecord]
    )
    assert_type(
        await a2e.motion_transfer.start(image_url=URL, video_url=URL), Job[MotionTransferRecord]
    )


async def more_products(a2e: A2E) -> None:
    assert_type(await a2e.nano_banana.start(prompt="a lake"), Job[NanoBananaRecord])
    assert_type(await a2e.photobook.start(face_image_url=URL), Job[PhotobookRecord])
    assert_type(
        await a2e.product_avatar.start(
            image_urls=[URL, URL], product_rect={"x": 10, "y": 20, "width": 100, "height": 80}
        ),
        Job[ProductAvatarRecord],
    )
    assert_type(await a2e.qwen_image.start(prompt="a lake"), Job[QwenImageRecord])
    assert_type(await a2e.seedance_15_pro.start(prompt="a lake"), Job[Seedance15ProRecord])
    assert_type(await a2e.seedance_2.start(prompt="a lake"), Job[Seedance2Record])
    assert_type(
        await a2e.sora_2_pro_video.start(prompt="a lake", image_urls=[URL]),
        Job[Sora2ProVideoRecord],
    )
    assert_type(
        await a2e.talking_photo.start(image_url=URL, prompt="speaking", negative_prompt=""),
        Job[TalkingPhotoRecord],
    )
    assert_type(
        await a2e.talking_video.start(video_url=URL, prompt="speaking", negative_prompt=""),
        Job[TalkingVideoRecord],
    )
    assert_type(await a2e.think_sound.start(video_url=URL), Job[ThinkSoundRecord])
    assert_type(await a2e.upscale.start(source_url=URL), Job[UpscaleRecord])
    assert_type(await a2e.veo_video.start(prompt="a lake"), Job[VeoVideoRecord])
    assert_type(await a2e.virtual_try_on.start(image_urls=[URL, URL]), Job[VirtualTryOnRecord])
    assert_type(await a2e.voice_clone.start(voice_urls=[URL]), Job[VoiceCloneRecord])
    assert_type(await a2e.wan_25.start(prompt="a lake", image_url=URL), Job[Wan25Record])
    assert_type(
        await a2e.wan_30.start(
            input={"prompt": "a lake"},
            parameters={"resolution": "1080P", "ratio": "adaptive", "duration": 5},
        ),
        Job[Wan30Record],
    )
    assert_type(
        await a2e.wan_spicy.start(prompt="a lake", image_url=URL, resolution="720p", duration=5),
        Job[WanSpicyRecord],
    )


async def verbs_of_their_own(a2e: A2E) -> None:
    assert_type(
        await a2e.avatar_training.continue_training(ID, classic=True), Job[AvatarTrainingRecord]
    )
    assert_type(await a2e.avatar_training.retry(ID), Job[AvatarTrainingRecord])
    assert_type(await a2e.avatar_training.eye_contact(ID), Job[AvatarTrainingRecord])
    assert_type(await a2e.avatar_training.clone_voice(ID), Job[VoiceCloneRecord] | None)
    assert_type(await a2e.avatar_training.training(), Job[AvatarTrainingRecord] | None)
    assert_type(await a2e.avatar_training.training_records(), list[AvatarTrainingRecord])
    assert_type(
        [record async for record in a2e.avatar_training.list(status="failed")],
        list[AvatarTrainingRecord],
    )
    assert_type(
        await a2e.text_to_image.quick_add_avatar(ID, gender="male"), Job[AvatarTrainingRecord]
    )
    assert_type(await a2e.voice_clone.completed(), list[VoiceCloneRecord])
    assert_type(await a2e.voice_clone.rename(ID, "mine"), None)
    assert_type(await a2e.caption_removal.running(), list[CaptionRemovalRecord])
    assert_type(await a2e.caption_removal.retry(ID), Job[CaptionRemovalRecord])
    await a2e.avatar_training.start(gender="x")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await a2e.nano_banana.start()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    await a2e.kling_image.rename(ID, "x")  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
