from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from a2e_async import AvatarVideo, AvatarVideoRecord, JobStatus, TextToImage, TextToImageRecord
from a2e_async.http.call import Call
from a2e_async.http.operation import Operation
from a2e_async.tasks.product import Pages, Product
from a2e_async.tasks.record import Record

from .strategies import objects_of

IMAGE = TextToImage.product
VIDEO = AvatarVideo.product
PRODUCTS: list[Product[Any]] = [IMAGE, VIDEO]

ID = "67ee00000000000000000001"
OUT = "https://cdn.example.com/out.png?sig=1"

# Fields of the service's records that tell what a task was started with.
ECHOES = [
    "image_url",
    "video_url",
    "audio_url",
    "audioSrc",
    "face_url",
    "source_url",
    "input_images",
    "anchor_background_img",
    "custom_voice",
    "webhook_url",
    "result_people_url",
    "result_bg_url",
]


def image(**fields: Any) -> TextToImageRecord:
    return IMAGE.read({"_id": ID, "current_status": "completed", **fields})


def video(**fields: Any) -> AvatarVideoRecord:
    return VIDEO.read({"_id": ID, "status": "success", **fields})


def test_an_image_record() -> None:
    raw = {
        "_id": ID,
        "name": "mine",
        "image_urls": [OUT],
        "current_status": "completed",
        "failed_code": "",
        "failed_message": "",
        "prompt": "a sunset",
        "req_key": "high_aes",
        "width": 1024,
        "height": "768",
        "coins": 20,
        "createdAt": "2025-01-23T07:26:52.420Z",
        "updatedAt": "2025-01-23T07:27:52Z",
    }
    assert IMAGE.read(raw) == TextToImageRecord(
        id=ID,
        status=JobStatus.COMPLETED,
        current_status="completed",
        name="mine",
        outputs=(OUT,),
        coins=20,
        created_at=datetime(2025, 1, 23, 7, 26, 52, 420_000, UTC),
        updated_at=datetime(2025, 1, 23, 7, 27, 52, tzinfo=UTC),
        raw=raw,
        prompt="a sunset",
        req_key="high_aes",
        width=1024,
        height=768,
        image_urls=(OUT,),
    )


def test_a_video_record() -> None:
    raw = {
        "_id": ID,
        "title": "mine",
        "msg": "",
        "result": OUT,
        "process": 100,
        "status": "success",
        "anchor_type": 1,
        "anchor_id": "av",
        "result_people_url": "",
        "result_bg_url": "",
        "custom_backs_id": None,
        "createdAt": "2025-01-01T00:00:00.000Z",
        "diff_s": 12,
    }
    assert VIDEO.read(raw) == AvatarVideoRecord(
        id=ID,
        status=JobStatus.COMPLETED,
        current_status="success",
        name="mine",
        outputs=(OUT,),
        progress=100,
        created_at=datetime(2025, 1, 1, tzinfo=UTC),
        raw=raw,
        result=OUT,
        anchor_id="av",
        anchor_type="1",
        diff_s=12,
    )


def test_the_raw_object_is_untouched() -> None:
    raw = {"_id": ID, "current_status": "COMPLETED", "image_urls": OUT, "new": {"x": 1}}
    before = dict(raw)
    assert IMAGE.read(raw).raw is raw
    assert raw == before


@pytest.mark.parametrize("product", PRODUCTS, ids=lambda product: product.kind)
@settings(deadline=None)
@given(data=st.data())
def test_any_object_can_be_read_as_a_record(product: Product[Any], data: st.DataObject) -> None:
    names = "_id id status current_status title name result image_urls process coins error msg"
    more = "failed_code failed_message faild_message createdAt updatedAt prompt width diff_s"
    raw = data.draw(objects_of(st.sampled_from(f"{names} {more}".split())))
    record: Record = product.read(raw)
    assert isinstance(record.id, str)
    assert isinstance(record.status, JobStatus)
    assert isinstance(record.name, str | None)
    assert isinstance(record.failed_message, str | None)
    assert isinstance(record.progress, int | None)
    assert all(url.startswith(("http://", "https://")) for url in record.outputs)


@pytest.mark.parametrize(
    ("value", "outputs"),
    [
        ([OUT], (OUT,)),
        (OUT, (OUT,)),
        ([{"url": OUT}], (OUT,)),
        ([OUT, OUT, f"{OUT}2"], (OUT, f"{OUT}2")),
        ([], ()),
        ("", ()),
        (None, ()),
        (["", None, "pending"], ()),
    ],
)
def test_results_in_every_shape(value: Any, outputs: tuple[str, ...]) -> None:
    assert image(image_urls=value).outputs == outputs
    assert video(result=value).outputs == outputs


@given(st.dictionaries(st.sampled_from(ECHOES), st.sampled_from([OUT, [OUT], [{"url": OUT}]])))
def test_an_echoed_input_is_no_result(echoes: dict[str, Any]) -> None:
    assert image(**echoes).outputs == ()
    assert video(**echoes).outputs == ()
    assert image(**echoes, image_urls=["https://r"]).outputs == ("https://r",)


@pytest.mark.parametrize("field", ["failed_message", "faild_message", "fail_reason"])
def test_a_failure_tells_why_however_it_is_spelt(field: str) -> None:
    record = image(current_status="failed", **{field: "no luck"})
    assert record.status is JobStatus.FAILED
    assert record.failed_message == "no luck"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"msg": "no luck"}, "no luck"),
        ({"error": "no luck", "msg": "a note"}, "no luck"),
        ({"error": "", "msg": "no luck"}, "no luck"),
        ({"failed_message": "", "msg": "no luck"}, "no luck"),
        ({}, None),
    ],
)
def test_a_failed_video_tells_why(fields: dict[str, Any], message: str | None) -> None:
    assert video(status="fail", **fields).failed_message == message


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"failed_code": "E1"}, "E1"),
        ({"failed_code": 7}, "7"),
        ({"failed_code": "", "error_code": "9"}, "9"),
        ({"error_code": 0}, "0"),
        ({"error_code": None}, None),
    ],
)
def test_failure_codes_are_texts(fields: dict[str, Any], code: str | None) -> None:
    assert image(current_status="failed", **fields).failed_code == code


def test_a_task_that_did_not_fail_has_no_failure() -> None:
    record = image(error_code="0", failed_message="", faild_message="-")
    assert (record.failed_code, record.failed_message) == (None, None)
    assert video(msg="a free note").failed_message is None
    assert video(msg="a free note").msg == "a free note"


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("queueing", JobStatus.PROCESSING),
        ("", JobStatus.PROCESSING),
        (None, JobStatus.PROCESSING),
        (5, JobStatus.PROCESSING),
        ("FAIL", JobStatus.FAILED),
    ],
)
def test_the_status_word_is_kept(word: Any, status: JobStatus) -> None:
    record = image(current_status=word)
    assert record.status is status
    assert record.current_status == (str(word) if word else None)


def test_a_token_names_the_product_and_the_task() -> None:
    assert [product.token(ID) for product in PRODUCTS] == [
        f"text_to_image:{ID}",
        f"avatar_video:{ID}",
    ]


def test_routes_carry_the_id_where_it_belongs() -> None:
    assert Operation("GET", "/x/{id}").call("a/b?c") == Call("GET", "/x/a%2Fb%3Fc")
    assert Operation("GET", "/x", query="_id").call("a&b") == Call("GET", "/x", {"_id": "a&b"})
    assert Operation("POST", "/x", body="_id").call("a") == Call("POST", "/x", None, {"_id": "a"})
    assert Pages("/x", number="current").call(2, 50) == Call(
        "GET", "/x", {"current": "2", "pageSize": "50"}
    )


@pytest.mark.parametrize(
    ("fields", "status", "word"),
    [
        ({"current_status": "failed"}, JobStatus.FAILED, "failed"),
        ({"state": "running"}, JobStatus.PROCESSING, "running"),
        ({"status": "success", "image_urls": [OUT]}, JobStatus.COMPLETED, "success"),
        # A request may be a success before its task is one.
        ({"status": "success"}, JobStatus.PROCESSING, "success"),
        ({"status": "fail"}, JobStatus.FAILED, "fail"),
        ({"status": "whatever"}, JobStatus.PROCESSING, None),
        ({"current_status": "whatever", "status": "fail"}, JobStatus.PROCESSING, "whatever"),
        ({}, JobStatus.PROCESSING, None),
    ],
)
def test_a_word_in_another_family_s_field_is_read_where_its_own_is_missing(
    fields: dict[str, Any], status: JobStatus, word: str | None
) -> None:
    record = IMAGE.read({"_id": ID, **fields})
    assert (record.status, record.current_status) == (status, word)
