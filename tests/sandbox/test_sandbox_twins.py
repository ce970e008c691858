"""Avatars that are trained further, second attempts, voices and avatars made from other tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from a2e_async.sandbox import Fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Caller

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(20)]

TWIN = {"name": "Ann", "gender": "female", "image_url": "https://example.com/a.png"}
CAPTION = {"name": "n", "source_url": "https://example.com/v.mp4"}
UNKNOWN = {"_id": "f" * 24}


@pytest.mark.parametrize("spelling", ["continueTraining", "continueTranining"])
async def test_a_continued_training_runs_again_under_its_id(caller: Caller, spelling: str) -> None:
    twin = await _twin(caller)
    caller.clock.advance(100)
    assert (await _seen(caller, twin))["anchor_id"]
    before = caller.sandbox.coins
    path = f"userVideoTwin/{spelling}"
    again = (await caller.call("POST", path, json={"_id": twin["_id"]})).data
    assert (again["_id"], again["current_status"]) == (twin["_id"], "initialized")
    assert again["anchor_id"] == ""
    assert caller.sandbox.coins == before - 100
    caller.clock.advance(100)
    done = await _seen(caller, twin)
    assert (done["current_status"], done["coins"]) == ("completed", twin["coins"] + 100)
    assert done["createdAt"] == twin["createdAt"]
    assert done["anchor_id"]
    assert (await caller.call("POST", path, json=UNKNOWN)).status == 404


async def test_a_diamond_pays_for_it_where_there_is_one(caller: Caller) -> None:
    twin = await _twin(caller)
    await caller.call("POST", "user/exchangeDiamonds", json={"diamonds": 1})
    before = caller.sandbox.coins
    await caller.call("POST", "userVideoTwin/continueTraining", json={"_id": twin["_id"]})
    balance = (await caller.call("GET", "user/remainingCoins")).data
    assert balance == {"coins": before, "diamonds": 0}


async def test_a_continued_training_takes_about_two_hours(serve: Callable[..., Any]) -> None:
    caller = await serve()
    twin = await _twin(caller)
    caller.clock.advance(1800)
    await caller.call("POST", "userVideoTwin/continueTraining", json={"_id": twin["_id"]})
    caller.clock.advance(5000)
    assert (await _seen(caller, twin))["current_status"] == "processing"
    caller.clock.advance(4000)
    assert (await _seen(caller, twin))["current_status"] == "completed"


async def test_too_few_coins_leave_a_training_as_it_was(serve: Callable[..., Any]) -> None:
    caller = await serve(coins=30, durations=0)
    twin = await _twin(caller)
    refused = await caller.call("POST", "userVideoTwin/continueTraining", json={"_id": twin["_id"]})
    assert refused.body["message"] == "Insufficient coins"
    assert (await _seen(caller, twin))["current_status"] == "completed"


@pytest.mark.parametrize(
    ("start", "body", "retry", "price"),
    [
        ("userCaptionRemoval/start", CAPTION, "userCaptionRemoval/retry", 20),
        ("userVideoTwin/startTraining", TWIN, "userVideoTwin/retry", 30),
    ],
)
async def test_a_failed_task_can_be_tried_again(
    caller: Caller, start: str, body: dict[str, Any], retry: str, price: int
) -> None:
    assert (await caller.call("POST", retry)).status == 404
    caller.faults.next("start", Fault.failed_task("broken"), times=2)
    first = (await caller.call("POST", start, json=body)).data
    second = (await caller.call("POST", start, json=body)).data
    assert (await caller.call("POST", retry, json={"_id": first["_id"]})).status == 400
    caller.clock.advance(100)
    newest = (await caller.call("POST", retry)).data
    assert (newest["_id"], newest["failed_message"]) == (second["_id"], "")
    named = (await caller.call("POST", retry, json={"_id": first["_id"]})).data
    assert named["current_status"] == "initialized"
    assert caller.sandbox.coins == 100_000 - 4 * price
    caller.clock.advance(100)
    assert [task.status for task in caller.sandbox.tasks] == ["completed", "completed"]
    assert (await caller.call("POST", retry, json={"_id": first["_id"]})).status == 400
    assert (await caller.call("POST", retry, json=UNKNOWN)).status == 404


async def test_a_second_attempt_may_fail_too(caller: Caller) -> None:
    caller.faults.next("start", Fault.failed_task("broken"))
    task = (await caller.call("POST", "userCaptionRemoval/start", json=CAPTION)).data
    caller.clock.advance(100)
    caller.faults.next("/api/v1/*/retry", Fault.failed_task("broken again"))
    await caller.call("POST", "userCaptionRemoval/retry")
    caller.clock.advance(100)
    seen = (await caller.call("GET", f"userCaptionRemoval/{task['_id']}")).data
    assert (seen["current_status"], seen["failed_message"]) == ("failed", "broken again")


async def test_a_voice_is_cloned_from_an_avatar(caller: Caller) -> None:
    twin = await _twin(caller)
    path = "userVideoTwin/addVoiceClone"
    voice = (await caller.call("POST", path, json={"_id": twin["_id"]})).data
    assert voice["current_status"] == "sent"
    caller.clock.advance(100)
    (listed,) = (await caller.call("GET", "userVoice/completedRecord")).data
    assert (listed["_id"], listed["name"]) == (voice["_id"], "Ann")
    assert (await caller.call("POST", path, json=UNKNOWN)).status == 404


async def test_eye_contact_is_a_task_of_its_own(caller: Caller) -> None:
    twin = await _twin(caller)
    path = "userVideoTwin/eyeContact"
    task = (await caller.call("POST", path, json={"_id": twin["_id"]})).data
    assert task["_id"] != twin["_id"]
    assert (await caller.call("POST", path, json={})).data["_id"]
    assert (await caller.call("POST", path, json=UNKNOWN)).status == 404
    assert len(caller.sandbox.tasks) == 3


async def test_an_avatar_is_made_from_a_finished_picture(caller: Caller) -> None:
    picture = await caller.image(name="fox")
    path = "userText2image/quickAddAvatar"
    body = {"_id": picture["_id"], "gender": "male"}
    assert (await caller.call("POST", path, json=body)).status == 400
    caller.clock.advance(100)
    made = (await caller.call("POST", path, json=body)).data
    assert [*made] == ["_id"]
    twin = await _seen(caller, made)
    assert (twin["name"], twin["gender"]) == ("fox", "male")
    assert twin["image_url"].startswith(caller.sandbox.assets_url)
    assert (await caller.call("POST", path, json=UNKNOWN)).status == 404


async def test_training_from_a_video_is_free(caller: Caller) -> None:
    body = {"name": "Ann", "video_url": "https://example.com/a.mp4"}
    twin = (await caller.call("POST", "userVideoTwin/startTraining", json=body)).data
    assert twin["coins"] == 0
    assert caller.sandbox.coins == 100_000


async def _twin(caller: Caller) -> dict[str, Any]:
    twin: dict[str, Any] = (
        await caller.call("POST", "userVideoTwin/startTraining", json=TWIN)
    ).data
    return twin


async def _seen(caller: Caller, twin: dict[str, Any]) -> dict[str, Any]:
    seen: dict[str, Any] = (await caller.call("GET", f"userVideoTwin/{twin['_id']}")).data
    return seen
