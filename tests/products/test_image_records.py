"""What is special about the records and the starts of the picture products."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from a2e_async import A2E, JobStatus, Unsupported, tasks
from a2e_async.tasks.face_swap import FaceSwapRecord
from a2e_async.tasks.product_avatar import ProductAvatar, ProductRect
from a2e_async.tasks.record import Record

from . import examples
from .examples import URL, VIDEO

NEW = "https://example.com/new.png"
COMPOSED = ("image_edit", "virtual_try_on", "product_avatar")
SWAPS = ("face_swap", "face_swap_preview")


def read(kind: str, word: str = "completed", **fields: Any) -> Record:
    raw = {"_id": "6" * 24, "current_status": word, **fields}
    record: Record = tasks.request_class(kind).product.read(raw)
    return record


def is_whole(kind: str, **fields: Any) -> bool:
    return tasks.request_class(kind).product.is_whole(read(kind, **fields))


@pytest.mark.parametrize("kind", SWAPS)
@pytest.mark.parametrize("none", ["0", 0, None])
@pytest.mark.parametrize("word", ["initialized", "processing", "completed"])
def test_an_error_code_of_zero_is_no_failure(kind: str, word: str, none: Any) -> None:
    record = read(kind, word, result_url="", error_code=none, faild_message=None)
    assert record.status is JobStatus(word)
    assert (record.failed_code, record.failed_message) == (None, None)
    assert record.outputs == ()


@pytest.mark.parametrize("kind", SWAPS)
@pytest.mark.parametrize("code", ["7", 7])
def test_a_failed_swap_tells_why(kind: str, code: Any) -> None:
    record = read(kind, "failed", error_code=code, faild_message="no face")
    assert (record.failed_code, record.failed_message) == ("7", "no face")


def test_a_face_swap_shows_its_input_apart_from_its_result() -> None:
    record = read("face_swap", video_url=VIDEO, face_url=URL, cover_url=URL, duration=6)
    assert isinstance(record, FaceSwapRecord)
    assert (record.video_url, record.face_url, record.duration) == (VIDEO, URL, 6)
    assert (record.outputs, record.result_url) == ((), None)


@pytest.mark.parametrize("field", ["result_image_url", "result_url"])
@pytest.mark.parametrize("kind", COMPOSED)
def test_a_composed_picture_is_read_under_both_of_its_names(kind: str, field: str) -> None:
    empty = {"result_image_url": "", "result_url": ""}
    assert read(kind, **{**empty, field: NEW}).outputs == (NEW,)
    assert is_whole(kind, **{**empty, field: NEW})


@pytest.mark.parametrize("kind", COMPOSED)
def test_one_picture_under_both_names_is_one_picture(kind: str) -> None:
    assert read(kind, result_image_url=NEW, result_url=NEW).outputs == (NEW,)


@pytest.mark.parametrize("kind", COMPOSED)
def test_the_pictures_that_were_given_are_no_result(kind: str) -> None:
    record: Any = read(kind, image_urls=[URL, VIDEO])
    assert record.image_urls == (URL, VIDEO)
    assert record.outputs == ()
    assert not is_whole(kind, image_urls=[URL, VIDEO])


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("head_swap", {"image_url": URL, "target_image_url": VIDEO}),
        ("photobook", {"face_image_url": URL}),
        ("upscale", {"source_url": VIDEO}),
    ],
)
def test_what_was_given_is_shown_and_is_no_result(kind: str, given: dict[str, str]) -> None:
    record = read(kind, **given)
    assert {name: getattr(record, name) for name in given} == given
    assert record.outputs == ()
    assert not is_whole(kind, **given)
    assert read(kind, **given, result_url=NEW).outputs == (NEW,)


@pytest.mark.parametrize("field", ["result_url", "result_image_url", "result_video_url"])
@pytest.mark.parametrize("kind", ["head_swap", "upscale"])
def test_a_result_may_be_a_picture_or_a_video(kind: str, field: str) -> None:
    assert read(kind, **{field: NEW}).outputs == (NEW,)


async def test_files_of_products_that_make_either_are_named_after_what_they_are(
    tmp_path: Path,
) -> None:
    async with A2E.sandbox(seed=7, speed=2000) as a2e:
        swap = await a2e.head_swap.start(image_url=URL, target_image_url=URL)
        upscale = await a2e.upscale.start(source_url=VIDEO)
        [picture] = await swap.download(tmp_path)
        [video] = await upscale.download(tmp_path)
    assert (picture.suffix, video.suffix) == (".png", ".mp4")


async def test_a_photobook_is_one_task_with_all_its_photos(tmp_path: Path) -> None:
    async with A2E.sandbox(seed=7, speed=2000) as a2e:
        job = await a2e.photobook.start(face_image_url=URL, total_count=8)
        assert len(await job.download(tmp_path)) == 8
        record = await job
        assert record.total_count == len(record.outputs) == len(record.image_urls) == 8


async def test_several_kling_pictures_are_several_tasks() -> None:
    async with A2E.sandbox(seed=7, speed=2000) as a2e:
        with pytest.raises(ValueError, match="start_all"):
            await a2e.kling_image.start(prompt="a lake", n=3)
        jobs = await a2e.kling_image.start_all(prompt="a lake", n=3)
        assert len({job.id for job in jobs}) == 3
        assert {(await job).status for job in jobs} == {JobStatus.COMPLETED}


async def test_the_face_swaps_under_way_are_listed_in_one_request() -> None:
    async with A2E.sandbox(seed=7, speed=1) as a2e:
        assert await a2e.face_swap.running() == []
        job = await a2e.face_swap.start(video_url=VIDEO, face_url=URL)
        [record] = await a2e.face_swap.running()
        assert (record.id, record.status.terminal, record.failed_code) == (job.id, False, None)


async def test_previews_have_no_list_and_no_deletion() -> None:
    async with A2E.sandbox(seed=7, speed=2000) as a2e:
        job = await a2e.face_swap_preview.start(video_url=URL, face_url=URL)
        assert (await a2e.job(job.token)).outputs
        with pytest.raises(Unsupported):
            await job.delete()


def test_a_rectangle_that_changes_later_changes_no_request() -> None:
    rect: ProductRect = {"x": 1, "y": 2}
    request = ProductAvatar(image_urls=[URL, URL], product_rect=rect)
    rect["x"] = 7
    assert request.product_rect == {"x": 1, "y": 2}


async def test_local_pictures_of_a_list_are_uploaded_in_their_order(tmp_path: Path) -> None:
    local = tmp_path / "person.png"
    local.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))
    fields = {**examples.of(ProductAvatar).EXAMPLES[0], "image_urls": [URL, local]}
    async with A2E.sandbox(seed=7, speed=2000) as a2e:
        record = await a2e.run(ProductAvatar(**fields))
    first, second = record.image_urls
    assert first == URL
    assert second.startswith("http")
    assert record.raw["product_rect"] == fields["product_rect"]
