"""One call for every operation that is no common verb of a product."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from typing import Any

from a2e_async import A2E, TextToImage

Run = Callable[[A2E], Awaitable[Any]]

_ID = "66ee00000000000000000001"
_URL = "https://example.com/a.png"
_FIELDS = {"name": "a field that nobody has documented"}
_PROMPT: dict[str, Any] = {
    "reference_id": _ID,
    "image_url": _URL,
    "prompt": "she smiles",
    "negative_prompt": "blurry",
}
_TWINS = "/api/v1/userVideoTwin"
_VIDEOS = "/api/v1/userImage2Video"
_LIVE = "/api/v1/streaming-avatar"


async def _first(items: AsyncIterator[Any]) -> Any:
    async for item in items:
        return item
    return None


async def _whole(events: Any) -> Any:
    async with aclosing(events) as stream:
        return [event async for event in stream]


async def _room(a2e: A2E) -> None:
    async with a2e.streaming.open("av", expire_seconds=60) as room:
        await room.set_qa_context("It knows about lakes.")
        await room.ask("How deep is it?")
        await room.speak("Hello there!")


async def _stream_prompt(a2e: A2E) -> None:
    await a2e.image_to_video.extend_prompt(**_PROMPT, template="cinematic", shot_count=3)
    await _whole(a2e.image_to_video.stream_prompt(**_PROMPT))


async def _stream_flf2v_prompt(a2e: A2E) -> None:
    fields = {**_PROMPT, "end_image_url": _URL}
    await a2e.image_to_video.extend_flf2v_prompt(**fields)
    await _whole(a2e.image_to_video.stream_flf2v_prompt(**fields))


CALLS: dict[str, Run] = {
    f"POST {_TWINS}/continueTraining": lambda a2e: a2e.avatar_training.continue_training(_ID),
    f"POST {_TWINS}/continueTranining": lambda a2e: a2e.avatar_training.continue_training(
        _ID, classic=True
    ),
    f"POST {_TWINS}/eyeContact": lambda a2e: a2e.avatar_training.eye_contact(_ID),
    f"POST {_TWINS}/addVoiceClone": lambda a2e: a2e.avatar_training.clone_voice(_ID),
    f"POST {_TWINS}/training": lambda a2e: a2e.avatar_training.training(),
    f"POST {_TWINS}/upload": lambda a2e: a2e.avatar_training.upload(),
    f"GET {_TWINS}/uploadStatus": lambda a2e: a2e.avatar_training.upload_status(),
    f"GET {_TWINS}/trainingRecords": lambda a2e: a2e.avatar_training.training_records(),
    f"GET {_TWINS}/userRecords": lambda a2e: a2e.avatar_training.user_records(),
    "GET /api/v1/userVoice/completedRecord": lambda a2e: a2e.voice_clone.completed(),
    "POST /api/v1/userText2Image/quickAddAvatar": lambda a2e: a2e.text_to_image.quick_add_avatar(
        _ID, gender="female"
    ),
    "GET /api/v1/veoVideo/{_id}/1080p": lambda a2e: a2e.veo_video.full_hd(_ID, timeout=1),
    f"GET {_VIDEOS}/avgProcessingTime": lambda a2e: a2e.image_to_video.average_processing_time(),
    f"GET {_VIDEOS}/unlimitedQueueLevel": lambda a2e: a2e.image_to_video.unlimited_queue_level(),
    f"POST {_VIDEOS}/{{_id}}/markShared": lambda a2e: a2e.image_to_video.mark_shared(_ID),
    f"POST {_VIDEOS}/{{_id}}/markDownloaded": lambda a2e: a2e.image_to_video.mark_downloaded(_ID),
    f"POST {_VIDEOS}/{{_id}}/markCopied": lambda a2e: a2e.image_to_video.mark_copied(_ID),
    f"POST {_VIDEOS}/prompt_extension": _stream_prompt,
    f"POST {_VIDEOS}/flf2v_prompt_extension": _stream_flf2v_prompt,
    "POST /api/v1/userFaceSwapImage/add": lambda a2e: a2e.faces.add(_URL),
    "GET /api/v1/userFaceSwapImage/records": lambda a2e: a2e.faces.list(),
    "DELETE /api/v1/userFaceSwapImage/{_id}": lambda a2e: a2e.faces.delete(_ID),
    "GET /api/v1/anchor/character_list": lambda a2e: a2e.avatars.list(type="custom"),
    "POST /api/v1/anchor/list": lambda a2e: a2e.avatars.all(web_type="a2e"),
    "POST /api/v1/custom_avatar/add": lambda a2e: a2e.avatars.add_custom(_FIELDS),
    "POST /api/v1/custom_avatar/list": lambda a2e: a2e.avatars.list_custom(),
    "POST /api/v1/custom_avatar/del": lambda a2e: a2e.avatars.delete_custom(_ID),
    "GET /api/v1/custom_avatar/all_tags": lambda a2e: a2e.avatars.tags(),
    "PUT /api/v1/custom_avatar/{_id}": lambda a2e: a2e.avatars.update_custom(_ID, _FIELDS),
    "POST /api/v1/custom_back/add": lambda a2e: a2e.backgrounds.add(_URL),
    "POST /api/v1/custom_back/list": lambda a2e: a2e.backgrounds.list(),
    "POST /api/v1/custom_back/del": lambda a2e: a2e.backgrounds.delete(_ID),
    "POST /api/v1/custom_back/allBackground": lambda a2e: a2e.backgrounds.all(),
    "POST /api/v1/custom_back/randomBackground": lambda a2e: a2e.backgrounds.random(),
    "POST /api/v1/anchor/tts_list": lambda a2e: a2e.voices.tts_list(),
    "POST /api/v1/anchor/language_list": lambda a2e: a2e.languages(voice_map_type="en-US"),
    "POST /api/v1/anchor/voice_list": lambda a2e: a2e.voices.list_by_post(),
    "GET /api/v1/anchor/voice_list": lambda a2e: a2e.voices.list(),
    "POST /api/v1/video/send_tts": lambda a2e: a2e.text_to_speech("Hello!", tts_id=_ID),
    "GET /api/v1/tts/preview/list": lambda a2e: _first(a2e.voices.previews()),
    "DELETE /api/v1/tts/preview/{id}": lambda a2e: a2e.voices.delete_preview(_ID),
    "POST /api/v1/r2/get_upload_presigned_url": lambda a2e: a2e.files.presign_legacy(
        "a.png", content_type="image/png", content_length=4
    ),
    "POST /api/v1/r2/upload-presigned-url": lambda a2e: a2e.files.presign(
        "a.png", content_type="image/png", content_length=4, expires_in=600
    ),
    "POST /api/v1/tos/transferToStorage": lambda a2e: a2e.files.transfer(_URL),
    "GET /api/v1/user/remainingCoins": lambda a2e: a2e.account.coins(),
    "POST /api/v1/generation/quote": lambda a2e: a2e.account.quote(TextToImage(prompt="a lake")),
    "GET /api/v1/transactionRecord/creditsHistory": lambda a2e: _first(
        a2e.account.history(is_consumption=True, start_date="2026-01-01T00:00:00Z")
    ),
    "POST /api/v1/user/exchangeDiamonds": lambda a2e: a2e.account.exchange_diamonds(1),
    "POST /api/v1/video/auto-public-pool": lambda a2e: a2e.account.auto_public_pool(enabled=True),
    "POST /api/login/account": lambda a2e: a2e.tokens.login(_FIELDS),
    "POST /api/v1/token/generate": lambda a2e: a2e.tokens.generate("mine"),
    "POST /api/v1/video/lang_classify": lambda a2e: a2e.detect_language("Hello!"),
    "POST /api/v1/watermark/start": lambda a2e: a2e.watermark(_URL, "text", text="mine"),
    f"GET {_LIVE}/all_avatars": lambda a2e: a2e.streaming.avatars(),
    f"POST {_LIVE}/agora-token": _room,
    f"POST {_LIVE}/set-qa-context": _room,
    f"POST {_LIVE}/ask": _room,
    f"POST {_LIVE}/speak": _room,
    f"POST {_LIVE}/leave": _room,
}
