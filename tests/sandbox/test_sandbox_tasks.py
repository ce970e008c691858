"""Starts, looks, lists, batches and deletes, through real sockets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from a2e_async.sandbox import Fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Caller

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(20)]


def _is_page_of_four(data: dict[str, Any]) -> bool:
    return (data["count"], len(data["rows"])) == (4, 4)


def _has_two(data: list[Any]) -> bool:
    return len(data) == 2


def _is_unknown(data: dict[str, Any]) -> bool:
    return not {"rows", "list", "data"} & data.keys()


async def test_an_image_walks_through_its_words_to_a_result(caller: Caller) -> None:
    record = await caller.image(width=640, height=320)
    seen = [record["current_status"]]
    look = record
    for _ in range(5):
        caller.clock.advance(20)
        look = await caller.look(record)
        seen.append(look["current_status"])
        assert bool(look["image_urls"]) is (look["current_status"] == "completed")
    assert seen == ["initialized", "sent", "pending", "processing", "processing", "completed"]
    assert look["updatedAt"] == "2023-11-14T22:15:00.000Z"
    assert look["createdAt"] == "2023-11-14T22:13:20.000Z"
    assert (look["width"], look["height"], look["prompt"]) == (640, 320, "a red fox")


async def test_a_record_shows_default_sizes_and_a_made_up_name(caller: Caller) -> None:
    record = await caller.image()
    assert (record["width"], record["height"]) == (1024, 1024)
    assert record["name"].startswith("Untitled ")
    assert len(record["_id"]) == 24
    int(record["_id"], 16)


async def test_the_webhook_fields_are_not_echoed(caller: Caller) -> None:
    record = await caller.image(webhook_url="https://example.com/w", webhook_token="w")
    assert not {"webhook_url", "webhook_token"} & record.keys()


async def test_several_images_are_several_tasks_each_paid(caller: Caller) -> None:
    body = {"prompt": "x", "max_images": 3, "name": "three"}
    records = (await caller.call("POST", "userText2image/start", json=body)).data
    assert len({record["_id"] for record in records}) == 3
    assert {record["name"] for record in records} == {"three"}
    assert caller.sandbox.coins == 100_000 - 30
    assert [task.coins for task in caller.sandbox.tasks] == [10, 10, 10]


async def test_the_classic_service_answers_one_object(serve: Callable[..., Any]) -> None:
    caller = await serve(classic=True)
    body = {"prompt": "x"}
    assert "_id" in (await caller.call("POST", "userText2image/start", json=body)).data


async def test_other_starts_answer_an_object_or_a_list_when_several(caller: Caller) -> None:
    body = {
        "name": "v",
        "image_url": "https://example.com/a.png",
        "prompt": "she smiles",
        "negative_prompt": "blurry",
    }
    one = (await caller.call("POST", "userImage2Video/start", json=body)).data
    assert one["image_url"] == body["image_url"]
    assert one["result_url"] == ""
    two = await caller.call("POST", "userImage2Video/start", json={**body, "number_of_images": 2})
    assert len(two.data) == 2


async def test_too_few_coins_make_nothing(serve: Callable[..., Any]) -> None:
    caller = await serve(coins=15)
    await caller.image()
    answer = await caller.call("POST", "userText2Image/start", json={"prompt": "x"})
    assert (answer.status, answer.body["code"]) == (400, 400)
    assert answer.body["message"] == "Insufficient coins"
    assert caller.sandbox.coins == 5
    assert len(caller.sandbox.tasks) == 1


async def test_avatar_videos_follow_their_own_words(caller: Caller) -> None:
    record = video = await caller.video(title="hello")
    words = []
    for _ in range(7):
        answer = await caller.call("POST", "video/awsResult", json={"_id": video["_id"]})
        (record,) = answer.data
        words.append((record["status"], record["process"]))
        caller.clock.advance(20)
    assert words[0] == ("init", 0)
    assert [word for word, _ in words] == [
        "init",
        "start",
        "process",
        "copy",
        "copy",
        "success",
        "success",
    ]
    assert words[3] == ("copy", 60)
    assert record["process"] == 100
    assert record["result"].startswith(caller.sandbox.assets_url)
    assert (record["title"], record["anchor_type"]) == ("hello", "0")
    detail = await caller.call("GET", "video/detail", params={"video_id": video["_id"]})
    assert detail.data["status"] == "success"


async def test_aws_result_is_empty_for_an_unknown_id(caller: Caller) -> None:
    assert (await caller.call("POST", "video/awsResult", json={"_id": "f" * 24})).data == []


async def test_aws_list_pages_newest_first_in_its_own_shape(caller: Caller) -> None:
    ids = [(await caller.video(title=str(n)))["_id"] for n in range(5)]
    query = {"current": "2", "pageSize": "2"}
    page = (await caller.call("GET", "video/awsList", params=query)).data
    assert [record["_id"] for record in page["data"]] == [ids[2], ids[1]]
    assert (await caller.call("GET", "video/awsList")).status == 400


async def test_lists_show_rows_newest_first_with_a_count(caller: Caller) -> None:
    ids = [(await caller.image())["_id"] for _ in range(12)]
    first = (await caller.call("GET", "userText2Image/allRecords")).data
    assert first["count"] == 12
    assert [row["_id"] for row in first["rows"]] == ids[:1:-1]
    query = {"pageNum": "2", "pageSize": "10"}
    second = (await caller.call("GET", "userText2image/allRecords", params=query)).data
    assert [row["_id"] for row in second["rows"]] == [ids[1], ids[0]]


@pytest.mark.parametrize(("shape", "kind"), [("list", dict), ("bare", list)])
async def test_lists_in_other_shapes(serve: Callable[..., Any], shape: str, kind: type) -> None:
    caller = await serve(list_shape=shape)
    await caller.image()
    data = (await caller.call("GET", "userText2Image/allRecords")).data
    rows = data["list"] if kind is dict else data
    assert (type(data), len(rows)) == (kind, 1)


async def test_lists_forget_what_has_expired(caller: Caller) -> None:
    old = await caller.image()
    caller.clock.advance(3 * 24 * 3600 + 50)
    new = await caller.image()
    caller.clock.advance(51)
    rows = (await caller.call("GET", "userText2Image/allRecords")).data["rows"]
    assert [row["_id"] for row in rows] == [new["_id"]]
    assert (await caller.look(old))["current_status"] == "completed"


async def test_a_list_can_be_narrowed_to_a_status(caller: Caller) -> None:
    body = {"name": "n", "prompt": "x"}
    done = (await caller.call("POST", "userNanoBanana/start", json=body)).data
    caller.clock.advance(100)
    await caller.call("POST", "userNanoBanana/start", json=body)
    query = {"pageNum": "1", "pageSize": "5", "status": "completed"}
    page = (await caller.call("GET", "userNanoBanana/allRecords", params=query)).data
    assert ([row["_id"] for row in page["rows"]], page["count"]) == ([done["_id"]], 1)


async def test_lists_of_running_or_finished_tasks_only(caller: Caller) -> None:
    body = {"name": "n", "source_url": "https://example.com/v.mp4"}
    old = (await caller.call("POST", "userCaptionRemoval/start", json=body)).data
    caller.clock.advance(100)
    new = (await caller.call("POST", "userCaptionRemoval/start", json=body)).data
    running = (await caller.call("GET", "userCaptionRemoval/allProcessing")).data
    assert [row["_id"] for row in running] == [new["_id"]]
    everything = (await caller.call("GET", "userCaptionRemoval/allRecords")).data
    assert [row["_id"] for row in everything["rows"]] == [new["_id"], old["_id"]]


async def test_face_swaps_under_way_are_listed_without_an_id(caller: Caller) -> None:
    body = {"name": "n", "video_url": "https://example.com/v", "face_url": "https://example.com/f"}
    task = (await caller.call("POST", "userFaceSwapTask/add", json=body)).data
    (shown,) = (await caller.call("GET", "userFaceSwapTask/status")).data
    assert shown["_id"] == task["_id"]
    assert (shown["error_code"], shown["faild_message"]) == (None, None)
    assert (task["error_code"], task["duration"]) == ("0", 6)
    caller.clock.advance(100)
    assert (await caller.call("GET", "userFaceSwapTask/status")).data == []


async def test_batch_detail_shuffles_and_skips_the_unknown(caller: Caller) -> None:
    ids = [(await caller.image())["_id"] for _ in range(20)]
    asked = {"ids": [*ids, "0" * 24]}
    data = (await caller.call("POST", "userText2Image/batchDetail", json=asked)).data
    assert sorted(record["_id"] for record in data) == sorted(ids)
    assert [record["_id"] for record in data] != ids


@pytest.mark.parametrize(
    ("shape", "check"),
    [("rows", _is_page_of_four), ("partial", _has_two), ("odd", _is_unknown)],
)
async def test_batch_detail_in_other_shapes(
    serve: Callable[..., Any], shape: str, check: Callable[[Any], bool]
) -> None:
    caller = await serve(batch_detail=shape)
    ids = [(await caller.image())["_id"] for _ in range(4)]
    answer = await caller.call("POST", "userText2Image/batchDetail", json={"ids": ids})
    assert check(answer.data)


async def test_batch_detail_can_be_missing(serve: Callable[..., Any]) -> None:
    caller = await serve(batch_detail="missing")
    answer = await caller.call("POST", "userText2Image/batchDetail", json={"ids": ["x"]})
    assert answer.status == 404
    assert answer.headers["Content-Type"] == "text/html"


async def test_batch_detail_keeps_the_documented_limit(caller: Caller) -> None:
    body = {"name": "n", "prompt": "x", "n": 9}
    ids: list[str] = []
    for _ in range(23):
        records = (await caller.call("POST", "userKlingImage/start", json=body)).data
        ids += [record["_id"] for record in records]
    data = (await caller.call("POST", "userKlingImage/batchDetail", json={"ids": ids})).data
    assert len(data) == 200


async def test_a_deleted_task_is_gone(caller: Caller) -> None:
    record = await caller.image()
    path = f"userText2Image/{record['_id']}"
    assert (await caller.call("DELETE", path)).data == {}
    answer = await caller.call("GET", path)
    assert (answer.status, answer.body["code"]) == (404, 404)
    assert (await caller.call("DELETE", path)).status == 404
    assert (await caller.call("GET", "userText2Image/allRecords")).data["count"] == 0
    assert caller.sandbox.tasks == ()


async def test_avatar_videos_and_trainings_are_deleted_their_own_ways(caller: Caller) -> None:
    video = await caller.video()
    assert (await caller.call("DELETE", f"video/{video['_id']}")).data == {}
    assert (await caller.call("POST", "video/awsResult", json={"_id": video["_id"]})).data == []
    body = {"name": "Ann", "gender": "female", "image_url": "https://example.com/a.png"}
    twin = (await caller.call("POST", "userVideoTwin/startTraining", json=body)).data
    removed = await caller.call("POST", "userVideoTwin/remove", json={"_id": twin["_id"]})
    assert removed.data == {}


async def test_a_guarded_task_can_be_deleted_at_either_end_only(caller: Caller) -> None:
    body = {"image_url": "https://example.com/a", "target_image_url": "https://example.com/b"}
    records = [(await caller.call("POST", "headSwap/start", json=body)).data for _ in range(2)]
    assert caller.sandbox.coins == 100_000 - 40
    await caller.call("DELETE", f"headSwap/{records[0]['_id']}")
    assert caller.sandbox.coins == 100_000 - 20
    caller.clock.advance(50)
    answer = await caller.call("DELETE", f"headSwap/{records[1]['_id']}")
    assert answer.status == 400
    caller.clock.advance(50)
    assert (await caller.call("DELETE", f"headSwap/{records[1]['_id']}")).data == {}
    assert caller.sandbox.coins == 100_000 - 20


async def test_each_family_sees_its_own_tasks_only(caller: Caller) -> None:
    record = await caller.image()
    assert (await caller.call("GET", f"userFlux2/detail/{record['_id']}")).status == 404
    assert (await caller.call("GET", "userFlux2/list")).data == {"rows": [], "count": 0}


async def test_a_task_can_be_renamed(caller: Caller) -> None:
    body = {"name": "old", "prompt": "x"}
    task = (await caller.call("POST", "klingOmni/start", json=body)).data
    path = f"klingOmni/{task['_id']}"
    assert (await caller.call("PUT", path, json={"name": "new"})).data["name"] == "new"
    assert (await caller.call("GET", path)).data["name"] == "new"


async def test_a_failed_task_tells_why_in_its_family_s_words(caller: Caller) -> None:
    caller.faults.next("start", Fault.failed_task("nsfw", code=1003), times=4)
    image = await caller.image()
    video = await caller.video()
    swap = {"video_url": "https://example.com/v", "face_url": "https://example.com/f"}
    face = (await caller.call("POST", "userFaceSwapPreview/add", json=swap)).data
    clip = (await caller.call("POST", "veoVideo/start", json={"prompt": "x"})).data
    assert (image["failed_message"], image["failed_code"]) == ("", "")
    assert clip["state"] == "waiting"
    caller.clock.advance(100)
    seen = await caller.look(image)
    assert (seen["current_status"], seen["image_urls"]) == ("failed", [])
    assert (seen["failed_message"], seen["failed_code"]) == ("nsfw", "1003")
    (seen,) = (await caller.call("POST", "video/awsResult", json={"_id": video["_id"]})).data
    assert (seen["status"], seen["msg"], seen["error"]) == ("fail", "nsfw", "nsfw")
    query = {"_id": face["_id"]}
    seen = (await caller.call("GET", "userFaceSwapPreview/status", params=query)).data
    assert (seen["faild_message"], seen["error_code"]) == ("nsfw", "1003")
    seen = (await caller.call("GET", f"veoVideo/{clip['_id']}")).data
    assert (seen["state"], seen["fail_reason"], seen["video_output"]) == ("fail", "nsfw", "")


async def test_a_failed_voice_gives_its_coins_back(caller: Caller) -> None:
    caller.faults.next("start", Fault.failed_task())
    body = {"name": "v", "voice_urls": ["https://example.com/a.mp3"]}
    voice = (await caller.call("POST", "userVoice/training", json=body)).data
    assert caller.sandbox.coins == 100_000 - 20
    caller.clock.advance(100)
    assert caller.sandbox.coins == 100_000
    assert caller.sandbox.tasks[0].refunded
    seen = (await caller.call("GET", f"userVoice/{voice['_id']}")).data
    assert seen["current_status"] == "failed"
    assert (await caller.call("GET", "userVoice/completedRecord")).data == []
    assert len((await caller.call("GET", "userVoice/trainingRecord")).data) == 1


async def test_result_fields_differ_by_family(caller: Caller) -> None:
    pictures = ["https://example.com/a", "https://example.com/b"]
    try_on = (await caller.call("POST", "virtualTryOn/start", json={"image_urls": pictures})).data
    photos = {"face_image_url": pictures[0], "total_count": 8}
    book = (await caller.call("POST", "userPhotobook/start", json=photos)).data
    twin = {"name": "Ann", "video_url": "https://example.com/v.mp4"}
    avatar = (await caller.call("POST", "userVideoTwin/startTraining", json=twin)).data
    assert avatar["anchor_id"] == ""
    caller.clock.advance(100)
    seen = (await caller.call("GET", f"virtualTryOn/{try_on['_id']}")).data
    assert seen["image_urls"] == pictures
    assert seen["result_image_url"].startswith("http")
    seen = (await caller.call("GET", f"userPhotobook/{book['_id']}")).data
    assert len(set(seen["image_urls"])) == 8
    seen = (await caller.call("GET", f"userVideoTwin/{avatar['_id']}")).data
    assert seen["preview_result_url"]
    query = {"type": "custom", "user_video_twin_id": avatar["_id"]}
    (own,) = (await caller.call("GET", "anchor/character_list", params=query)).data
    assert own["_id"] == seen["anchor_id"]
    assert own["anchor_type"] == 1


async def test_the_same_seed_gives_the_same_story(serve: Callable[..., Any]) -> None:
    stories = []
    for seed in (5, 5, 6):
        caller = await serve(seed=seed)
        await caller.image()
        await caller.video()
        stories.append([(task.id, task.duration) for task in caller.sandbox.tasks])
    assert stories[0] == stories[1]
    assert stories[0] != stories[2]
    assert 5 <= stories[0][0][1] <= 60 <= stories[0][1][1] <= 900


async def test_durations_can_be_chosen_by_path(serve: Callable[..., Any]) -> None:
    asked = []

    def durations(path: str) -> float:
        asked.append(path)
        return 0.0

    caller = await serve(durations=durations)
    record = await caller.image()
    assert record["current_status"] == "completed"
    assert record["image_urls"]
    assert asked == ["/api/v1/userText2Image/start"]
