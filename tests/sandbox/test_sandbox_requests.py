"""What the sandbox refuses, and how it says so."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Caller

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(20)]

JSON = {"Content-Type": "application/json"}
VIDEO = {"anchor_id": "a", "anchor_type": 0, "audioSrc": "https://example.com/a.wav"}
CANVAS = {
    "web_bg_width": 800,
    "web_bg_height": 600,
    "web_people_width": 300,
    "web_people_height": 500,
}


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic abc", "sk_x"])
async def test_a_call_without_a_token_is_refused(caller: Caller, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    url = f"{caller.sandbox.base_url}/api/v1/user/remainingCoins"
    answer = await caller.raw("GET", url, headers=headers)
    assert (answer.status, answer.body["code"]) == (401, 401)
    assert "coins" not in str(answer.body)


async def test_any_token_will_do_unless_one_is_chosen(serve: Callable[..., Any]) -> None:
    headers = {"Authorization": "Bearer other"}
    generous = await serve()
    assert (await generous.call("GET", "user/remainingCoins", headers=headers)).status == 200
    strict = await serve(token="sk_mine")
    assert strict.sandbox.token == "sk_mine"
    assert (await strict.call("GET", "user/remainingCoins", headers=headers)).status == 401
    assert (await strict.call("GET", "user/remainingCoins")).status == 200


async def test_operations_that_need_no_token(caller: Caller) -> None:
    base = caller.sandbox.base_url
    assert (await caller.raw("POST", f"{base}/api/login/account")).status == 200
    assert (await caller.raw("POST", f"{base}/api/v1/custom_back/randomBackground")).status == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/v1/text-to-image/start"),
        ("GET", "/api/v1/userText2Image/start/"),
        ("GET", "/api/v1/userText2Image/start/now"),
        ("DELETE", "/api/v1/userText2Image/allRecords/x/y"),
        ("POST", "/api/v1/user/remainingCoins"),
        ("GET", "/"),
        ("GET", "/api/v1/userText2Image/"),
    ],
)
async def test_a_wrong_path_answers_a_page(caller: Caller, method: str, path: str) -> None:
    answer = await caller.raw(method, caller.sandbox.base_url + path)
    assert (answer.status, answer.headers["Content-Type"]) == (404, "text/html")
    assert b"<html>" in answer.content


@pytest.mark.parametrize(
    ("path", "body", "message"),
    [
        ("userText2Image/start", {}, "prompt: required"),
        ("userText2Image/start", {"prompt": 3}, "prompt: integer breaks type; allowed: string"),
        ("userText2Image/start", {"prompt": None}, "prompt: null breaks type"),
        (
            "userText2Image/start",
            {"prompt": "x", "model_type": "sdxl"},
            "model_type: string breaks enum; allowed: a2e, seedream",
        ),
        (
            "userText2Image/start",
            {"prompt": "x", "max_images": 9},
            "max_images: integer breaks maximum; allowed: 8",
        ),
        (
            "userText2Image/start",
            {"prompt": "x", "input_images": ["a", {}]},
            "input_images.1: object breaks type; allowed: string",
        ),
        ("userText2Image/start", {"prompt": "x", "n": 2, "q": 1}, "n, q: no such field; allowed: "),
        ("userImage2Video/start", {"negative_prmpt": "x"}, "negative_prmpt: no such field"),
        ("userVideoTwin/startTraining", {"video_backgroud_color": "x"}, "no such field"),
        ("userVideoTwin/startTraining", {"gender": True}, "gender: boolean breaks type"),
        ("video/generate", {**VIDEO, "title": "x" * 41}, "title: string breaks maxLength"),
        ("custom_back/del", {"id": "x"}, "id: no such field; allowed: _id"),
        ("userWan30/start", {"input": [], "name": "x"}, "model: required"),
        (
            "headSwap/start",
            {"image_url": "a.png", "target_image_url": "https://example.com/b"},
            "image_url: string breaks format; allowed: uri",
        ),
    ],
)
async def test_a_body_that_breaks_the_schema_is_refused_by_name(
    caller: Caller, path: str, body: dict[str, Any], message: str
) -> None:
    answer = await caller.call("POST", path, json=body)
    assert (answer.status, answer.body["code"]) == (400, 400)
    assert message in answer.body["message"]
    assert answer.body["trace_id"]
    assert caller.sandbox.tasks == ()


async def test_too_large_a_body_is_refused(caller: Caller) -> None:
    body = io.BytesIO(b" " * (9 * 1024 * 1024))
    answer = await caller.call("POST", "userText2Image/start", data=body, headers=JSON)
    assert (answer.status, answer.body["code"]) == (413, 413)


async def test_messages_never_repeat_a_value(caller: Caller) -> None:
    body = {"prompt": "x", "model_type": "secret", "width": "also secret"}
    answer = await caller.call("POST", "userText2Image/start", json=body)
    assert "secret" not in answer.body["message"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"data": b"{", "headers": JSON}, "not valid JSON"),
        ({"data": b'{"width": NaN}', "headers": JSON}, "not valid JSON"),
        ({"data": b"[" * 100_000, "headers": JSON}, "not valid JSON"),
        ({"json": ["x"]}, "The body is array, allowed: object"),
        ({"data": {"prompt": "x"}}, "Content-Type is application/x-www-form-urlencoded"),
        ({}, "prompt: required"),
    ],
)
async def test_a_body_that_is_no_json_object_is_refused(
    caller: Caller, options: dict[str, Any], message: str
) -> None:
    answer = await caller.call("POST", "userText2Image/start", **options)
    assert answer.status == 400
    assert message in answer.body["message"]


@pytest.mark.parametrize(
    ("path", "query", "message"),
    [
        ("userText2Image/allRecords", {"page": "1"}, "page: no such query parameter; allowed: p"),
        ("userText2Image/allRecords", {"pageNum": "one"}, "pageNum: string breaks type"),
        ("userNanoBanana/allRecords", {"pageNum": "1"}, "pageSize: required"),
        ("userVideoTwin/records", {"pageSize": "101"}, "pageSize: integer breaks maximum"),
        ("userQwen2Image/list", {"x": "1"}, "x: no such query parameter; allowed: none"),
        ("transactionRecord/creditsHistory", {"is_consumption": "no"}, "is_consumption: string"),
    ],
)
async def test_a_query_that_breaks_the_facts_is_refused_by_name(
    caller: Caller, path: str, query: dict[str, str], message: str
) -> None:
    answer = await caller.call("GET", path, params=query)
    assert (answer.status, answer.body["code"]) == (400, 400)
    assert message in answer.body["message"]


@pytest.mark.parametrize(
    ("path", "body", "refused", "message"),
    [
        (
            "userText2Image/start",
            {"input_images": ["a"] * 3},
            (400, 400),
            "input_images: 3 entries",
        ),
        ("userText2Image/start", {"aspect_ratio": "1:1"}, (400, 400), "aspect_ratio: allowed with"),
        (
            "userText2Image/start",
            {"model_type": "seedream", "skip_face_enhance": True},
            (400, 400),
            "skip_face_enhance",
        ),
        ("video/generate", {"audioSrc": ""}, (400, 400), "audioSrc or custom_voice"),
        (
            "video/generate",
            {"back_id": "a", "custom_back_id": "b", **CANVAS},
            (200, 30005),
            "back_id, custom_back_id",
        ),
        ("video/generate", {"back_id": "a"}, (400, 400), "required with back_id"),
        (
            "video/generate",
            {"color": "x", **CANVAS, "web_bg_width": 0},
            (400, 400),
            "web_bg_width: r",
        ),
        ("video/send_tts", {"tts_id": ""}, (400, 400), "tts_id or user_voice_id"),
        ("video/send_tts", {"msg": "é" * 1001}, (400, 400), "msg: 1001 characters; at most 1000"),
        ("userImage2Video/start", {"model_type": "FLF2V"}, (400, 400), "end_image_url: required"),
    ],
)
async def test_conditions_between_fields(
    caller: Caller, path: str, body: dict[str, Any], refused: tuple[int, int], message: str
) -> None:
    answer = await caller.call("POST", path, json={**_good(path), **body})
    assert (answer.status, answer.body["code"]) == refused
    assert message in answer.body["message"]
    assert caller.sandbox.coins == 100_000


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("userText2Image/start", {"model_type": "seedream", "input_images": ["a"] * 10}),
        ("userText2Image/start", {"model_type": "seedream", "aspect_ratio": "16:9"}),
        ("userText2Image/start", {"input_images": ["a"] * 2, "skip_face_enhance": True}),
        ("video/generate", {"back_id": "a", **CANVAS}),
        ("video/generate", {"isAllowReverse": "true"}),
        ("video/send_tts", {"msg": "é" * 1000}),
        ("userImage2Video/start", {"model_type": "FLF2V", "end_image_url": "b"}),
    ],
)
async def test_bodies_within_the_conditions_are_taken(
    caller: Caller, path: str, body: dict[str, Any]
) -> None:
    answer = await caller.call("POST", path, json={**_good(path), **body})
    assert answer.data


@pytest.mark.parametrize(
    ("form", "code"), [("string-code", "0"), ("success", None), ("no-trace", 0)]
)
async def test_other_envelopes(serve: Callable[..., Any], form: str, code: object) -> None:
    caller = await serve(envelope=form)
    body = (await caller.call("GET", "user/remainingCoins")).body
    assert body.get("code") == code
    assert body.get("data", body.get("result")) == {"coins": 100_000, "diamonds": 0}
    assert ("trace_id" in body) is (form != "no-trace")
    assert body.get("success", True) is True


async def test_text_of_any_kind_survives(caller: Caller) -> None:
    for prompt in ("雪の中の赤い狐 🦊", "a\u0000b", "half \ud800 pair"):
        record = await caller.image(prompt=prompt)
        assert record["prompt"] == prompt


def _good(path: str) -> dict[str, Any]:
    bodies: dict[str, dict[str, Any]] = {
        "userText2Image/start": {"prompt": "x"},
        "video/generate": VIDEO,
        "video/send_tts": {"msg": "hello", "tts_id": "v"},
        "userImage2Video/start": {
            "name": "n",
            "image_url": "a",
            "prompt": "p",
            "negative_prompt": "n",
        },
    }
    return bodies[path]
