"""The second shape of each answer of which the facts tell two."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Answer, Caller

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(20)]

PICTURES = ["https://example.com/a.png", "https://example.com/b.png"]
WAN_30 = {"model": "wan3.0-video", "input": {"prompt": "x"}, "parameters": {}}
COMPOSED = {"image_urls": PICTURES, "product_rect": {}}


async def _shaped(serve: Callable[..., Any], shape: str) -> Caller:
    caller: Caller = await serve(durations=0, other_shapes=[shape])
    return caller


async def test_the_other_name_of_a_result(serve: Callable[..., Any]) -> None:
    motion = {"image_url": PICTURES[0], "video_url": "https://example.com/v.mp4"}
    for path, body, usual, other in (
        ("virtualTryOn", {"image_urls": PICTURES}, "result_image_url", "result_url"),
        ("motionTransfer", motion, "result_url", "result_video_url"),
    ):
        for caller, name in (
            (await serve(durations=0), usual),
            (await _shaped(serve, "result"), other),
        ):
            record = (await caller.call("POST", f"{path}/start", json=body)).data
            assert record[name].startswith("http")
            assert {usual, other} & record.keys() == {name}


async def test_a_record_outside_the_envelope(serve: Callable[..., Any]) -> None:
    caller = await _shaped(serve, "bare")
    started: Answer = await caller.call("POST", "productAvatar/start", json=COMPOSED)
    assert started.body["current_status"] == "completed"
    assert not {"code", "data"} & started.body.keys()
    seen = await caller.call("GET", f"productAvatar/{started.body['_id']}")
    assert seen.body["result_image_url"].startswith("http")
    assert (await caller.call("GET", "user/remainingCoins")).data


async def test_starts_that_say_little_or_answer_a_list(serve: Callable[..., Any]) -> None:
    terse = await _shaped(serve, "terse")
    assert [*(await terse.video())] == ["_id"]
    assert "image_urls" in await terse.image()
    listed = await _shaped(serve, "start")
    (record,) = (await listed.call("POST", "userWan30/start", json=WAN_30)).data
    assert record["_id"]


async def test_details_and_lists_in_their_other_shapes(serve: Callable[..., Any]) -> None:
    caller = await _shaped(serve, "detail")
    video = await caller.video()
    query = {"video_id": video["_id"]}
    (seen,) = (await caller.call("GET", "video/detail", params=query)).data
    assert seen["_id"] == video["_id"]
    caller = await _shaped(serve, "list")
    rows = (await caller.call("GET", "userVideoTwin/trainingRecords")).data
    assert rows == {"rows": [], "count": 0}


async def test_texts_in_their_other_shapes(serve: Callable[..., Any]) -> None:
    caller = await _shaped(serve, "text")
    speech = {"msg": "hello", "tts_id": "v"}
    assert [*(await caller.call("POST", "video/send_tts", json=speech)).data] == ["audio_url"]
    body = {"url": "https://example.com/a.png"}
    assert isinstance((await caller.call("POST", "tos/transferToStorage", json=body)).data, str)
    picture = await caller.image()
    made = {"_id": picture["_id"]}
    twin = (await caller.call("POST", "userText2Image/quickAddAvatar", json=made)).data
    assert (await caller.call("GET", f"userVideoTwin/{twin}")).data["_id"] == twin
