"""Avatars, voices, coins, uploads and everything else that is no task."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from a2e_async.sandbox import Fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Caller

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(20)]


async def test_avatars_have_stable_ids_and_real_covers(caller: Caller) -> None:
    avatars = (await caller.call("GET", "anchor/character_list")).data
    assert len(avatars) == 12
    assert avatars[0]["_id"] == "65ee00000000000000000001"
    cover = await caller.raw("GET", avatars[0]["video_cover"])
    assert cover.content.startswith(b"\x89PNG")
    custom = await caller.call("GET", "anchor/character_list", params={"type": "custom"})
    assert custom.data == []
    public = await caller.call("GET", "anchor/character_list", params={"type": "public"})
    assert len(public.data) == 12


async def test_the_avatar_list_needs_a_client_type_for_the_system_s(caller: Caller) -> None:
    assert (await caller.call("POST", "anchor/list", json={"web_type": "a2e"})).data
    assert (await caller.call("POST", "anchor/list")).data == []


async def test_voices_come_in_two_levels(caller: Caller) -> None:
    query = {"country": "en", "region": "US"}
    by_query = (await caller.call("GET", "anchor/voice_list", params=query)).data
    by_body = (await caller.call("POST", "anchor/voice_list", json=query)).data
    assert by_query == by_body
    assert [group["value"] for group in by_query] == ["female", "male"]
    ids = {voice["value"] for group in by_query for voice in group["children"]}
    presets = (await caller.call("POST", "anchor/tts_list")).data
    assert ids == {preset["_id"] for preset in presets}
    assert len(ids) == 12


async def test_languages_nest(caller: Caller) -> None:
    languages = (await caller.call("POST", "anchor/language_list")).data
    english = next(it for it in languages if it["value"] == "en")
    assert {"value": "US", "label": "United States"} in english["children"]


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("hello", "en-US"),
        ("こんにちは", "ja-JP"),
        ("你好", "zh-CN"),
        ("안녕", "ko-KR"),
        ("привет", "ru-RU"),
    ],
)
async def test_languages_are_told_by_script(caller: Caller, text: str, tag: str) -> None:
    answer = await caller.call("POST", "video/lang_classify", json={"msg": text})
    assert answer.data == tag


async def test_speech_is_a_bare_url_of_a_real_file(caller: Caller) -> None:
    body = {"msg": "hello there", "tts_id": "65bb00000000000000000001"}
    url = (await caller.call("POST", "video/send_tts", json=body)).data
    assert isinstance(url, str)
    sound = await caller.raw("GET", url)
    assert sound.headers["Content-Type"] == "audio/wav"
    assert sound.content.startswith(b"RIFF")
    previews = (await caller.call("GET", "tts/preview/list")).data
    assert previews["count"] == 1
    gone = await caller.call("DELETE", f"tts/preview/{previews['rows'][0]['_id']}")
    assert gone.data == {}
    assert (await caller.call("GET", "tts/preview/list")).data["count"] == 0


async def test_coins_and_their_history(caller: Caller) -> None:
    caller.faults.next("start", Fault.failed_task())
    voice = {"name": "v", "voice_urls": ["https://example.com/a.mp3"]}
    await caller.call("POST", "userVoice/training", json=voice)
    caller.clock.advance(100)
    await caller.image()
    assert (await caller.call("GET", "user/remainingCoins")).data["coins"] == 99_990
    assert [row["amount"] for row in (await _history(caller))["rows"]] == [-10, 20, -20]
    spent = await _history(caller, is_consumption="true")
    assert [row["amount"] for row in spent["rows"]] == [-10, -20]
    income = await _history(caller, is_consumption="false")
    assert [row["amount"] for row in income["rows"]] == [20]
    page = await _history(caller, pageNum="2", pageSize="2")
    assert ([row["amount"] for row in page["rows"]], page["count"]) == ([-20], 3)
    early = await _history(caller, endDate="2023-11-14T22:13:59Z")
    assert [row["amount"] for row in early["rows"]] == [-20]
    late = await _history(caller, startDate="2023-11-14T22:14:59Z")
    assert [row["amount"] for row in late["rows"]] == [-10, 20]


async def test_diamonds_cost_a_hundred_coins(serve: Callable[..., Any]) -> None:
    caller = await serve(coins=250)
    answer = await caller.call("POST", "user/exchangeDiamonds", json={"diamonds": 2})
    assert answer.data == {"coins": 50, "diamonds": 2}
    for number in (1, 0, -5):
        refused = await caller.call("POST", "user/exchangeDiamonds", json={"diamonds": number})
        assert refused.status == 400
    assert caller.sandbox.coins == 50


async def test_a_quote_charges_nothing(caller: Caller) -> None:
    body = {
        "endpoint": "POST /api/v1/userText2image/start",
        "requestBody": {"prompt": "x", "max_images": 3},
    }
    quote = (await caller.call("POST", "generation/quote", json=body)).data
    assert quote == {"coins": 30, "generationRequestValidated": False}
    assert caller.sandbox.coins == 100_000
    body["endpoint"] = "/api/v1/user/remainingCoins"
    assert (await caller.call("POST", "generation/quote", json=body)).status == 400


async def test_faces_and_backgrounds_are_kept(caller: Caller) -> None:
    faces = []
    for name in ("a", "b"):
        body = {"face_url": f"https://example.com/{name}"}
        faces = (await caller.call("POST", "userFaceSwapImage/add", json=body)).data
    assert [face["face_url"][-1] for face in faces] == ["b", "a"]
    await caller.call("DELETE", f"userFaceSwapImage/{faces[0]['_id']}")
    left = (await caller.call("GET", "userFaceSwapImage/records")).data
    assert [face["_id"] for face in left] == [faces[1]["_id"]]
    gone = await caller.call("DELETE", f"userFaceSwapImage/{faces[0]['_id']}")
    assert (gone.status, gone.body["code"]) == (404, 404)


async def test_own_avatars_can_be_changed(caller: Caller) -> None:
    avatar = (await caller.call("POST", "custom_avatar/add", json={"name": "Ann"})).data
    path = f"custom_avatar/{avatar['_id']}"
    changed = (await caller.call("PUT", path, json={"name": "Eve"})).data
    assert changed["name"] == "Eve"
    (listed,) = (await caller.call("POST", "custom_avatar/list")).data
    assert listed == changed
    removed = await caller.call("POST", "custom_avatar/del", json={"_id": avatar["_id"]})
    assert removed.data == {}
    assert (await caller.call("PUT", path, json={})).status == 404


async def test_an_upload_is_bound_to_its_type_and_size(caller: Caller) -> None:
    signed = await _presign(caller, contentType="image/png", contentLength=4)
    assert caller.sandbox.coins == 99_999
    url, public = signed["uploadUrl"], signed["cdnUrl"]
    assert signed["key"] in url
    good = {"Content-Type": "image/png"}
    for content, headers in (
        (b"abcd", {"Content-Type": "image/jpeg"}),
        (b"abcde", good),
        (b"abcd", {**good, "Authorization": "Bearer x"}),
    ):
        assert (await caller.raw("PUT", url, data=content, headers=headers)).status == 403
    forged = url.replace("contentLength=4", "contentLength=5")
    assert (await caller.raw("PUT", forged, data=b"abcde", headers=good)).status == 403
    assert (await caller.raw("GET", public)).status == 404
    assert (await caller.raw("PUT", url, data=b"abcd", headers=good)).status == 200
    stored = await caller.raw("GET", public)
    assert (stored.content, stored.headers["Content-Type"]) == (b"abcd", "image/png")
    caller.clock.advance(2 * 3600)
    assert (await caller.raw("PUT", url, data=b"abcd", headers=good)).status == 403


async def test_an_upload_without_bounds_takes_what_comes(caller: Caller) -> None:
    signed = await _presign(caller)
    answer = await caller.raw("PUT", signed["uploadUrl"], data=b"abc")
    assert answer.status == 200
    stored = await caller.raw("GET", signed["cdnUrl"])
    assert stored.headers["Content-Type"] == "application/octet-stream"
    assert stored.headers["ETag"] == answer.headers["ETag"]


async def test_the_older_presign_and_odd_keys(caller: Caller) -> None:
    body = {"key": "/bilder/ein fuchs ü.png", "fileSize": 3, "expiresIn": 60, "bucket": "b"}
    signed = (await caller.call("POST", "r2/get_upload_presigned_url", json=body)).data
    assert (signed["expiresIn"], signed["bucket"]) == (60, "b")
    assert signed["key"].endswith("/bilder/ein fuchs ü.png")
    assert (await caller.raw("PUT", signed["uploadUrl"], data=b"abc")).status == 200
    assert (await caller.raw("GET", signed["cdnUrl"])).content == b"abc"


async def test_an_upload_costs_a_coin(serve: Callable[..., Any]) -> None:
    caller = await serve(coins=0)
    answer = await caller.call("POST", "r2/upload-presigned-url", json={"key": "a"})
    assert answer.body["message"] == "Insufficient coins"


async def test_a_transfer_answers_a_url_of_its_own(caller: Caller) -> None:
    body = {"url": "https://example.com/a/fox.png?x=1"}
    stored = (await caller.call("POST", "tos/transferToStorage", json=body)).data["url"]
    assert stored.startswith(caller.sandbox.assets_url)
    assert stored.endswith("-fox.png")
    assert (await caller.raw("GET", stored)).headers["Content-Type"] == "image/png"


async def _history(caller: Caller, **query: str) -> dict[str, Any]:
    path = "transactionRecord/creditsHistory"
    page: dict[str, Any] = (await caller.call("GET", path, params=query)).data
    return page


async def _presign(caller: Caller, **bound: Any) -> dict[str, Any]:
    body = {"key": "pictures/fox.png", **bound}
    signed: dict[str, Any] = (await caller.call("POST", "r2/upload-presigned-url", json=body)).data
    return signed
