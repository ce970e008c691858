"""Which handler serves which operation."""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import TYPE_CHECKING, Any

from a2e_async.sandbox.handlers import account, catalogue, documented, shelves, tasks, uploads

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
    "stream": documented.stream,
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
    "GET /api/v1/tts/preview/list": shelves.page,
    "DELETE /api/v1/tts/preview/{id}": shelves.remove,
    "GET /api/v1/user/remainingCoins": account.balance,
    "POST /api/v1/user/exchangeDiamonds": account.exchange,
    "POST /api/v1/generation/quote": account.quote,
    "GET /api/v1/transactionRecord/creditsHistory": account.history,
    "POST /api/v1/r2/upload-presigned-url": uploads.presign,
    "POST /api/v1/r2/get_upload_presigned_url": uploads.presign_legacy,
    "POST /api/v1/tos/transferToStorage": uploads.transfer,
    "POST /api/v1/userFaceSwapImage/add": shelves.add,
    "GET /api/v1/userFaceSwapImage/records": shelves.listing,
    "DELETE /api/v1/userFaceSwapImage/{_id}": shelves.remove,
    "POST /api/v1/custom_avatar/add": shelves.add,
    "POST /api/v1/custom_avatar/list": shelves.listing,
    "POST /api/v1/custom_avatar/del": shelves.remove,
    "PUT /api/v1/custom_avatar/{_id}": shelves.change,
    "POST /api/v1/custom_back/add": shelves.add,
    "POST /api/v1/custom_back/list": shelves.listing,
    "POST /api/v1/custom_back/del": shelves.remove,
    "GET /api/v1/userFaceSwapTask/status": tasks.running,
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
