"""What is peculiar to single products and operations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from a2e_async.sandbox import Fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Caller

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(20)]

DAY = 24 * 3600
PICTURES = ["https://example.com/a.png", "https://example.com/b.png"]
IMAGE_VIDEO = {"image_url": PICTURES[0], "prompt": "x", "negative_prompt": ""}
WAN_30 = {"model": "wan3.0-video", "input": {"prompt": "x"}, "parameters": {}}
VOICE = {"name": "v", "voice_urls": ["https://example.com/a.mp3"]}
COMPOSED = {"image_urls": PICTURES, "product_rect": {}}


async def test_wan_30_is_read_where_wan_is_read(caller: Caller) -> None:
    task = (await caller.call("POST", "userWan30/start", json=WAN_30)).data
    path = f"userWan25/{task['_id']}"
    assert (await caller.call("GET", path)).data["model"] == "wan3.0-video"
    asked = {"ids": [task["_id"]]}
    (seen,) = (await caller.call("POST", "userWan25/batchDetail", json=asked)).data
    assert seen["_id"] == task["_id"]
    (row,) = (await caller.call("GET", "userWan25/allRecords")).data["rows"]
    assert row["_id"] == task["_id"]
    caller.clock.advance(100)
    assert (await caller.call("GET", path)).data["result_url"]
    assert (await caller.call("DELETE", path)).data == {}
    assert (await caller.call("GET", path)).status == 404


async def test_one_voice_is_trained_at_a_time(caller: Caller) -> None:
    await caller.call("POST", "userVoice/training", json=VOICE)
    refused = await caller.call("POST", "userVoice/training", json=VOICE)
    assert (refused.status, refused.body["code"]) == (400, 400)
    assert caller.sandbox.coins == 100_000 - 20
    assert (await caller.call("GET", "userVoice/completedRecord")).data == []
    caller.clock.advance(100)
    assert (await caller.call("POST", "userVoice/training", json=VOICE)).data
    (done,) = (await caller.call("GET", "userVoice/completedRecord")).data
    assert done["train_mode"]
    assert (done["voice_urls"], done["current_status"]) == (VOICE["voice_urls"], "completed")


async def test_a_large_veo_video_is_prepared_when_it_is_asked_for(caller: Caller) -> None:
    body = {"prompt": "x", "aspectRatio": "16:9"}
    task = (await caller.call("POST", "veoVideo/start", json=body)).data
    path = f"veoVideo/{task['_id']}/1080p"
    assert (await caller.call("GET", path)).status == 400
    caller.clock.advance(100)
    for _ in range(2):
        waiting = await caller.call("GET", path)
        assert (waiting.status, waiting.body["code"]) == (202, 0)
        caller.clock.advance(30)
    large = (await caller.call("GET", path)).data
    usual = (await caller.call("GET", f"veoVideo/{task['_id']}")).data
    assert large["video_output"] != usual["video_output"]
    film = await caller.raw("GET", large["video_output"])
    assert film.headers["Content-Type"] == "video/mp4"
    assert len(caller.sandbox.tasks) == 1


async def test_only_wide_veo_videos_have_a_large_version(serve: Callable[..., Any]) -> None:
    caller = await serve(durations=0)
    task = (await caller.call("POST", "veoVideo/start", json={"prompt": "x"})).data
    refused = await caller.call("GET", f"veoVideo/{task['_id']}/1080p")
    assert (refused.status, "16:9" in refused.body["message"]) == (400, True)


async def test_a_result_s_kind_follows_its_source(serve: Callable[..., Any]) -> None:
    caller = await serve(durations=0)
    head = {"image_url": PICTURES[0]}
    faces = {"name": "n", "face_url": PICTURES[0]}
    bodies: list[tuple[str, dict[str, Any], str]] = [
        ("headSwap/start", {**head, "target_image_url": "https://example.com/b.mp4?x"}, "mp4"),
        ("headSwap/start", {**head, "target_image_url": "https://example.com/b.JPG"}, "png"),
        ("headSwap/start", {**head, "target_image_url": "https://example.com/b"}, "png"),
        ("userUpscale/start", {"source_url": PICTURES[0]}, "png"),
        ("userUpscale/start", {"source_url": "https://example.com/a.mov"}, "mp4"),
        ("userFaceSwapTask/add", {**faces, "video_url": "a.mp4"}, "mp4"),
        ("userFaceSwapTask/add", {**faces, "video_url": "a", "model_version": "v2"}, "png"),
    ]
    for path, body, extension in bodies:
        record = (await caller.call("POST", path, json=body)).data
        name = record["result_url"] if "result_url" in record else record["image_urls"][0]
        assert name.split("?")[0].endswith(extension), (path, body)
        assert (await caller.raw("GET", name)).status == 200


async def test_a_photo_book_has_four_pages_and_keeps_its_task(caller: Caller) -> None:
    body = {"face_image_url": PICTURES[0]}
    book = (await caller.call("POST", "userPhotobook/start", json=body)).data
    path = f"userPhotobook/{book['_id']}"
    caller.clock.advance(50)
    assert (await caller.call("DELETE", path)).status == 400
    caller.clock.advance(50)
    assert len((await caller.call("GET", path)).data["image_urls"]) == 4
    assert (await caller.call("DELETE", path)).data == {}
    assert caller.sandbox.coins == 100_000 - 20


async def test_a_product_picture_fails_after_two_hours_and_is_paid_back(
    serve: Callable[..., Any],
) -> None:
    caller = await serve(durations=10_000)
    task = (await caller.call("POST", "productAvatar/start", json=COMPOSED)).data
    caller.clock.advance(7199)
    path = f"productAvatar/{task['_id']}"
    assert (await caller.call("GET", path)).data["current_status"] == "processing"
    caller.clock.advance(1)
    failed = (await caller.call("GET", path)).data
    assert (failed["current_status"], failed["failed_message"]) == (
        "failed",
        "The task has expired",
    )
    assert caller.sandbox.coins == 100_000


async def test_head_swaps_have_no_pending(caller: Caller) -> None:
    body = {"image_url": PICTURES[0], "target_image_url": PICTURES[1]}
    task = (await caller.call("POST", "headSwap/start", json=body)).data
    words = []
    for _ in range(5):
        seen = (await caller.call("GET", f"headSwap/{task['_id']}")).data["current_status"]
        words.append(seen)
        caller.clock.advance(25)
    assert words == ["initialized", "sent", "processing", "processing", "completed"]


async def test_flux_pictures_are_kept_for_a_week(caller: Caller) -> None:
    body = {"name": "n", "prompt": "x"}
    task = (await caller.call("POST", "userFlux2/start", json=body)).data
    caller.clock.advance(100)
    (url,) = (await caller.call("GET", f"userFlux2/detail/{task['_id']}")).data["image_urls"]
    caller.clock.advance(6 * DAY)
    assert (await caller.raw("GET", url)).status == 200
    assert (await caller.call("GET", "userFlux2/list")).data["count"] == 1
    caller.clock.advance(DAY + 3600)
    assert (await caller.raw("GET", url)).status == 403
    assert (await caller.call("GET", "userFlux2/list")).data["count"] == 0


async def test_gpt_pictures_cost_by_size_and_fail_without_a_ratio(caller: Caller) -> None:
    body = {"name": "n", "prompt": "x", "model": "gpt-image-2"}
    for extra, coins, word in (
        ({}, 25, "completed"),
        ({"resolution": "4K", "aspect_ratio": "16:9"}, 45, "completed"),
        ({"resolution": "2K"}, 35, "failed"),
    ):
        task = (await caller.call("POST", "userGptImage/start", json={**body, **extra})).data
        caller.clock.advance(100)
        seen = (await caller.call("GET", f"userGptImage/detail/{task['_id']}")).data
        assert (seen["coins"], seen["current_status"]) == (coins, word)


async def test_bookkeeping_of_image_videos(caller: Caller) -> None:
    usual = (await caller.call("GET", "userImage2Video/avgProcessingTime")).data
    assert usual == {"avgProcessingTime": 180}
    task = (await caller.call("POST", "userImage2Video/start", json=IMAGE_VIDEO)).data
    level = (await caller.call("GET", "userImage2Video/unlimitedQueueLevel")).data
    assert level == {"unlimitedQueueLevel": 1}
    caller.clock.advance(100)
    measured = (await caller.call("GET", "userImage2Video/avgProcessingTime")).data
    assert measured == {"avgProcessingTime": 100}
    for verb in ("markShared", "markDownloaded", "markCopied"):
        path = f"userImage2Video/{task['_id']}/{verb}"
        assert (await caller.call("POST", path)).data == {}
        assert (await caller.call("POST", f"userImage2Video/{'f' * 24}/{verb}")).status == 404


async def test_a_face_swap_tells_when_it_reached_its_states(caller: Caller) -> None:
    body = {"name": "n", "video_url": "https://example.com/v.mp4", "face_url": PICTURES[0]}
    task = (await caller.call("POST", "userFaceSwapTask/add", json=body)).data
    assert task["initialized_time"] == task["createdAt"]
    assert "completed_time" not in task
    caller.clock.advance(100)
    done = (await caller.call("GET", f"userFaceSwapTask/{task['_id']}")).data
    assert done["processing_time"] < done["completed_time"] == "2023-11-14T22:15:00.000Z"


async def test_a_preview_s_code_is_null_unless_it_failed(caller: Caller) -> None:
    caller.faults.next("start", Fault.none(), Fault.failed_task("no face", code=7))
    body = {"video_url": PICTURES[0], "face_url": PICTURES[1]}
    good, bad = [
        (await caller.call("POST", "userFaceSwapPreview/add", json=body)).data for _ in range(2)
    ]
    caller.clock.advance(100)
    path = "userFaceSwapPreview/status"
    seen = (await caller.call("GET", path, params={"_id": good["_id"]})).data
    assert (seen["error_code"], seen["result_url"] != "") == (None, True)
    seen = (await caller.call("GET", path, params={"_id": bad["_id"]})).data
    assert (seen["error_code"], seen["faild_message"]) == ("7", "no face")
    assert (await caller.call("GET", path)).status == 400


@pytest.mark.parametrize(
    ("media", "kind"), [("a.mp4", "video/mp4"), ("a.png", "image/png"), ("a", "image/png")]
)
async def test_a_watermark_is_set_at_once(caller: Caller, media: str, kind: str) -> None:
    body = {"media_url": f"https://example.com/{media}", "watermark_type": "text", "text": "fox"}
    url = (await caller.call("POST", "watermark/start", json=body)).data["result_url"]
    assert (await caller.raw("GET", url)).headers["Content-Type"] == kind
    assert caller.sandbox.tasks == ()


async def test_handed_out_tokens_are_good(serve: Callable[..., Any]) -> None:
    caller = await serve(token="sk_mine")
    login = await caller.raw("POST", f"{caller.sandbox.base_url}/api/login/account")
    bearer = {"Authorization": f"Bearer {login.data['token']}"}
    made = await caller.call("POST", "token/generate", json={"alias": "x"}, headers=bearer)
    assert made.data["token"].startswith("sk_")
    bearer = {"Authorization": f"Bearer {made.data['token']}"}
    assert (await caller.call("GET", "user/remainingCoins", headers=bearer)).status == 200
    bearer = {"Authorization": "Bearer sk_other"}
    assert (await caller.call("GET", "user/remainingCoins", headers=bearer)).status == 401


async def test_backgrounds_are_the_service_s_and_one_s_own(caller: Caller) -> None:
    body = {"img_url": "https://example.com/b.png"}
    own = (await caller.call("POST", "custom_back/add", json=body)).data
    assert own["img_url"] == body["img_url"]
    everything = (await caller.call("POST", "custom_back/allBackground")).data
    assert everything[0]["_id"] == own["_id"]
    assert [it["type"] for it in everything] == ["custom", *["default"] * 4]
    assert (await caller.raw("GET", everything[1]["img_url"])).status == 200
    drawn = await caller.raw(
        "POST", f"{caller.sandbox.base_url}/api/v1/custom_back/randomBackground"
    )
    assert drawn.data in everything
    assert [it["_id"] for it in (await caller.call("POST", "custom_back/list")).data] == [
        own["_id"]
    ]
    gone = await caller.call("POST", "custom_back/del", json={"_id": own["_id"]})
    assert gone.data == {}
    assert (await caller.call("POST", "custom_back/list")).data == []


async def test_own_avatars_have_tags(caller: Caller) -> None:
    for tags in (["b", "a"], ["b"], "no list"):
        await caller.call("POST", "custom_avatar/add", json={"tags": tags})
    assert (await caller.call("GET", "custom_avatar/all_tags")).data == ["a", "b"]


async def test_speech_previews_are_listed_for_a_day(caller: Caller) -> None:
    body = {"msg": "hello", "tts_id": "v"}
    url = (await caller.call("POST", "video/send_tts", json=body)).data
    caller.clock.advance(DAY)
    assert (await caller.call("GET", "tts/preview/list")).data["count"] == 1
    caller.clock.advance(1)
    assert (await caller.call("GET", "tts/preview/list")).data["count"] == 0
    assert (await caller.raw("GET", url)).status == 200
    assert (await caller.call("DELETE", f"tts/preview/{'f' * 24}")).status == 404


async def test_the_public_pool_setting_is_answered(caller: Caller) -> None:
    body = {"isAutoToPublicPool": False}
    assert (await caller.call("POST", "video/auto-public-pool", json=body)).data == body


@pytest.mark.parametrize(
    ("start", "end", "amounts"),
    [
        ("2023-11-14T22:13:20Z", "2023-11-14T22:13:20Z", [-10]),
        ("2023-11-14T23:13:20+01:00", "2023-11-14T22:13:20", [-10]),
        ("2023-11-14T22:13:21Z", "2024-01-01", [-20]),
    ],
)
async def test_history_bounds_are_inclusive_moments(
    caller: Caller, start: str, end: str, amounts: list[int]
) -> None:
    await caller.image()
    caller.clock.advance(5)
    await caller.call("POST", "userVoice/training", json=VOICE)
    query = {"startDate": start, "endDate": end}
    answer = await caller.call("GET", "transactionRecord/creditsHistory", params=query)
    assert [row["amount"] for row in answer.data["rows"]] == amounts


async def test_a_bound_that_is_no_moment_is_refused(caller: Caller) -> None:
    query = {"startDate": "yesterday"}
    answer = await caller.call("GET", "transactionRecord/creditsHistory", params=query)
    assert (answer.status, answer.body["message"]) == (
        400,
        "startDate: an ISO date-time is allowed",
    )


@pytest.mark.parametrize(
    ("endpoint", "body"),
    [
        ("/api/v1/userText2Image/allRecords", {}),
        ("/api/v1/userText2Image/start", {"max_images": "many"}),
        ("/api/v1/userText2Image/start", {"max_images": -1}),
        ("/api/v1/nothing/start", {}),
        ("", {}),
    ],
)
async def test_what_has_no_price_has_no_quote(
    caller: Caller, endpoint: str, body: dict[str, Any]
) -> None:
    asked = {"endpoint": endpoint, "requestBody": body}
    assert (await caller.call("POST", "generation/quote", json=asked)).status == 400
