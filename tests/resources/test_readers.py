"""Whatever the service answers: a value, or an error of the package's own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from a2e_async import A2E, A2EError, TextToImage
from a2e_async.http.call import Call
from a2e_async.http.envelope import Envelope
from tests.conftest import TOKEN
from tests.support.scripted import Reply, Scripted
from tests.unit.strategies import JSON, objects_of

URL = "https://example.com/a.png"
PROMPT: dict[str, Any] = {
    "reference_id": "1",
    "image_url": URL,
    "prompt": "x",
    "negative_prompt": "",
}

NAMES = st.sampled_from(
    [
        *("_id", "id", "name", "coins", "diamonds", "amount", "createdAt", "rows", "list", "data"),
        *("result", "url", "img_url", "face_url", "token", "channel", "appId", "uid", "children"),
        *("expire_date_UTC", "expire_epoch_timestamp", "uploadUrl", "cdnUrl", "expiresIn", "tags"),
        *("prompt", "text", "level", "seconds", "isAutoToPublicPool", "lang", "result_url"),
    ]
)
ANSWERS = JSON | objects_of(NAMES) | st.lists(objects_of(NAMES), max_size=3)


async def room(a2e: A2E) -> None:
    async with a2e.streaming.open("x", expire_seconds=1) as opened:
        repr(opened)


async def all_of(items: Any) -> list[Any]:
    return [item async for item in items]


CALLS: dict[str, Callable[[A2E], Awaitable[Any]]] = {
    "coins": lambda a2e: a2e.account.coins(),
    "quote": lambda a2e: a2e.account.quote(TextToImage(prompt="x")),
    "history": lambda a2e: all_of(a2e.account.history()),
    "exchange": lambda a2e: a2e.account.exchange_diamonds(1),
    "public pool": lambda a2e: a2e.account.auto_public_pool(True),
    "login": lambda a2e: a2e.tokens.login({"a": 1}),
    "generate": lambda a2e: a2e.tokens.generate("x"),
    "voices": lambda a2e: a2e.voices.list(),
    "all voices": lambda a2e: a2e.voices.tts_list(),
    "languages": lambda a2e: a2e.languages(),
    "previews": lambda a2e: all_of(a2e.voices.previews()),
    "avatars": lambda a2e: a2e.avatars.list(),
    "all avatars": lambda a2e: a2e.avatars.all(),
    "custom avatars": lambda a2e: a2e.avatars.list_custom(),
    "new avatar": lambda a2e: a2e.avatars.add_custom({}),
    "changed avatar": lambda a2e: a2e.avatars.update_custom("x", {}),
    "tags": lambda a2e: a2e.avatars.tags(),
    "backgrounds": lambda a2e: a2e.backgrounds.all(),
    "new background": lambda a2e: a2e.backgrounds.add(URL),
    "random background": lambda a2e: a2e.backgrounds.random(),
    "faces": lambda a2e: a2e.faces.list(),
    "new face": lambda a2e: a2e.faces.add(URL),
    "streaming avatars": lambda a2e: a2e.streaming.avatars(),
    "room": room,
    "transfer": lambda a2e: a2e.files.transfer(URL),
    "presign": lambda a2e: a2e.files.presign("x"),
    "presign legacy": lambda a2e: a2e.files.presign_legacy("x"),
    "speech": lambda a2e: a2e.text_to_speech("x", tts_id="x"),
    "language": lambda a2e: a2e.detect_language("x"),
    "watermark": lambda a2e: a2e.watermark(URL, "text", text="x"),
    "processing time": lambda a2e: a2e.image_to_video.average_processing_time(),
    "queue level": lambda a2e: a2e.image_to_video.unlimited_queue_level(),
    "prompt": lambda a2e: a2e.image_to_video.extend_prompt(**PROMPT),
    "1080p": lambda a2e: a2e.veo_video.full_hd("x", timeout=0),
}


@pytest.mark.parametrize("name", CALLS)
@settings(max_examples=25)
@given(data=ANSWERS)
async def test_no_answer_is_a_riddle(name: str, data: Any) -> None:
    async def answer(call: Call, **_: Any) -> Envelope:
        return Envelope(data, None, {"code": 0, "data": data})

    async with A2E(TOKEN) as a2e:
        a2e._core.session.call = answer  # type: ignore[method-assign]
        with suppress(A2EError):
            repr(await CALLS[name](a2e))


@pytest.mark.parametrize("name", CALLS)
async def test_no_answer_is_too_deep(name: str, client: A2E, scripted: Scripted) -> None:
    deep = b"[" * 900 + b"]" * 900
    scripted.on("*", "*", Reply(b'{"code": 0, "data": ' + deep + b"}"))
    with suppress(A2EError):
        repr(await CALLS[name](client))
