"""Which handler serves which operation."""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import TYPE_CHECKING, Any

from a2e_async.sandbox.handlers import (
    account,
    backgrounds,
    catalogue,
    documented,
    extras,
    prompts,
    shelves,
    streaming,
    tasks,
    twins,
    uploads,
)

if TYPE_CHECKING:
    from a2e_async.sandbox.operations import Operation
    from a2e_async.sandbox.world import Call, World

Handler = Callable[["World", "Call"], Any]

BY_KIND: dict[str, Handler] = {
    "start": tasks.start,
    "detail": tasks.detail,
    "list": tasks.listing,
    "batch-detail": tasks.batch_detail,
    "delete": tasks.delete,
    "other": documented.answer,
    "stream": prompts.extend,
}

BY_HAND: dict[str, Handler] = {
    "GET /api/v1/anchor/character_list": catalogue.avatars,
    "POST /api/v1/anchor/list": catalogue.own_avatars,
    "GET /api/v1/anchor/voice_list": catalogue.voices,
    "POST /api/v1/anchor/voice_list": catalogue.voices,
    "POST /api/v1/anchor/tts_list": catalogue.voice_presets,
    "POST /api/v1/anchor/language_list": catalogue.languages,
    "POST /api/v1/video/send_tts": catalogue.speak,
    "POST /api/v1/video/lang_classify": catalogue.language_of,
    "GET /api/v1/tts/preview/list": shelves.previews,
    "DELETE /api/v1/tts/preview/{id}": shelves.remove,
    "GET /api/v1/user/remainingCoins": account.balance,
    "POST /api/v1/user/exchangeDiamonds": account.exchange,
    "POST /api/v1/generation/quote": account.quote,
    "GET /api/v1/transactionRecord/creditsHistory": account.history,
    "POST /api/v1/r2/upload-presigned-url": uploads.presign,
    "POST /api/v1/r2/get_upload_presigned_url": uploads.presign_legacy,
    "POST /api/v1/tos/transferToStorage": uploads.transfer,
    "POST /api/v1/userFaceSwapImage/add": shelves.add_to_all,
    "GET /api/v1/userFaceSwapImage/records": shelves.listing,
    "DELETE /api/v1/userFaceSwapImage/{_id}": shelves.remove,
    "POST /api/v1/custom_avatar/add": shelves.add,
    "POST /api/v1/custom_avatar/list": shelves.listing,
    "POST /api/v1/custom_avatar/del": shelves.remove,
    "PUT /api/v1/custom_avatar/{_id}": shelves.change,
    "POST /api/v1/custom_back/add": shelves.add,
    "POST /api/v1/custom_back/list": shelves.listing,
    "POST /api/v1/custom_back/del": shelves.remove,
    "GET /api/v1/custom_avatar/all_tags": shelves.tags,
    "POST /api/v1/custom_back/allBackground": backgrounds.every,
    "POST /api/v1/custom_back/randomBackground": backgrounds.one,
    "GET /api/v1/streaming-avatar/all_avatars": streaming.avatars,
    "POST /api/v1/streaming-avatar/agora-token": streaming.enter,
    "POST /api/v1/streaming-avatar/set-qa-context": streaming.set_context,
    "POST /api/v1/streaming-avatar/ask": streaming.ask,
    "POST /api/v1/streaming-avatar/speak": streaming.speak,
    "POST /api/v1/streaming-avatar/leave": streaming.leave,
    "POST /api/v1/watermark/start": extras.watermark,
    "POST /api/v1/video/auto-public-pool": extras.public_pool,
    "POST /api/login/account": extras.log_in,
    "POST /api/v1/token/generate": extras.api_token,
    "GET /api/v1/veoVideo/{_id}/1080p": extras.large_video,
    "GET /api/v1/userImage2Video/avgProcessingTime": extras.average_time,
    "GET /api/v1/userImage2Video/unlimitedQueueLevel": extras.queue_level,
    "POST /api/v1/userImage2Video/{_id}/markShared": extras.mark,
    "POST /api/v1/userImage2Video/{_id}/markDownloaded": extras.mark,
    "POST /api/v1/userImage2Video/{_id}/markCopied": extras.mark,
    "GET /api/v1/userFaceSwapTask/status": tasks.running,
    "POST /api/v1/userText2Image/quickAddAvatar": twins.quick_add,
    "POST /api/v1/userVideoTwin/addVoiceClone": twins.add_voice_clone,
    "POST /api/v1/userVideoTwin/continueTraining": twins.continue_training,
    "POST /api/v1/userVideoTwin/continueTranining": twins.continue_training,
    "POST /api/v1/userVideoTwin/eyeContact": twins.eye_contact,
    "POST /api/v1/userVideoTwin/retry": twins.retry,
    "POST /api/v1/userCaptionRemoval/retry": twins.retry,
}


def handler_of(operation: Operation, products: Container[str]) -> Handler:
    """Choose the handler of an operation.

    Args:
        operation: The operation.
        products: Names of the products; lists of anything else answer what is documented.
    """
    by_hand = BY_HAND.get(operation.label)
    if by_hand is not None:
        return by_hand
    has_tasks = operation.family in products
    if not has_tasks:
        return documented.answer
    if operation.method == "PUT":
        return tasks.rename
    return BY_KIND[operation.kind]
