"""Avatar training: what it has besides the verbs that start something."""

from __future__ import annotations

from typing import Any

import pytest

from a2e_async import A2E, JobNotFound, JobStatus, UnexpectedResponse
from tests.families.twins import DETAIL, ID, LIST, OTHER, START, TWINS, trained, twin
from tests.support.scripted import Scripted, html, ok


async def test_the_start(client: A2E, scripted: Scripted) -> None:
    scripted.on("POST", START, ok(twin("sent"))).on("GET", DETAIL, ok(trained()))
    job = await client.avatar_training.start(
        gender="female",
        image_url="https://x.com/a.png",
        name="Ann",
        skip_preview=False,
        is_transcoding=True,
    )
    assert scripted.seen[0].json == {
        "gender": "female",
        "image_url": "https://x.com/a.png",
        "name": "Ann",
        "skipPreview": False,
        "isTranscoding": True,
    }
    record = await job
    assert (record.anchor_id, record.name) == ("av", "Ann")


async def test_an_avatar_without_a_preview_is_whole(client: A2E, scripted: Scripted) -> None:
    scripted.on("POST", START, ok(trained(preview_result_url="")))
    record = await client.avatar_training.run(gender="male", video_url="https://x.com/a.mp4")
    assert (record.status, record.outputs) == (JobStatus.COMPLETED, ())
    assert len(scripted.seen) == 1


async def test_delete_is_a_post_of_the_id(client: A2E, scripted: Scripted) -> None:
    scripted.on("POST", f"{TWINS}/remove", ok(None), html(404))
    await client.avatar_training.delete(ID)
    assert scripted.seen[0].json == {"_id": ID}
    with pytest.raises(JobNotFound):
        await client.avatar_training.delete(ID)


@pytest.mark.parametrize("verb", ["training_records", "user_records"])
@pytest.mark.parametrize(
    "wrap", [lambda rows: rows, lambda rows: {"rows": rows, "count": 2}, lambda r: {"list": r}]
)
async def test_lists_that_come_as_a_whole(
    client: A2E, scripted: Scripted, verb: str, wrap: Any
) -> None:
    path = {"training_records": "trainingRecords", "user_records": "userRecords"}[verb]
    scripted.on("GET", f"{TWINS}/{path}", ok(wrap([trained(), twin(task_id=OTHER)])))
    records = await getattr(client.avatar_training, verb)()
    assert [(r.id, r.status) for r in records] == [
        (ID, JobStatus.COMPLETED),
        (OTHER, JobStatus.PROCESSING),
    ]
    assert [seen.query for seen in scripted.seen] == [{}]


@pytest.mark.parametrize("verb", ["training_records", "user_records"])
@pytest.mark.parametrize("data", ["text", 5, {"odd": 1}])
async def test_a_list_that_is_none(client: A2E, scripted: Scripted, verb: str, data: Any) -> None:
    scripted.on("GET", f"{TWINS}/*", ok(data))
    with pytest.raises(UnexpectedResponse):
        await getattr(client.avatar_training, verb)()


async def test_the_list_of_one_status(client: A2E, scripted: Scripted) -> None:
    scripted.on("GET", LIST, ok({"rows": [trained()], "count": 1}), ok({"rows": []}))
    family = client.avatar_training
    assert [r.id async for r in family.list(page_size=5, status="completed")] == [ID]
    query = {"pageSize": "5", "status": "completed"}
    assert [seen.query for seen in scripted.seen] == [
        {"pageNum": "1", **query},
        {"pageNum": "2", **query},
    ]
    assert [r.id async for r in family.list()] == []
    assert "status" not in scripted.seen[-1].query


@pytest.mark.parametrize(("status", "kind"), [("sent", ValueError), (1, TypeError)])
async def test_a_status_that_is_none(
    client: A2E, scripted: Scripted, status: Any, kind: type[Exception]
) -> None:
    with pytest.raises(kind, match="status"):
        await anext(aiter(client.avatar_training.list(status=status)))
    assert scripted.seen == []


@pytest.mark.parametrize("data", [{"files": [1]}, [], "soon", None])
async def test_what_nobody_has_documented_comes_as_it_is(
    client: A2E, scripted: Scripted, data: Any
) -> None:
    scripted.on("POST", f"{TWINS}/upload", ok(data)).on("GET", f"{TWINS}/uploadStatus", ok(data))
    assert await client.avatar_training.upload() == data
    assert await client.avatar_training.upload_status() == data


@pytest.mark.parametrize("data", [None, {}, "ok"])
async def test_a_training_that_makes_no_task(client: A2E, scripted: Scripted, data: Any) -> None:
    scripted.on("POST", f"{TWINS}/training", ok(data))
    assert await client.avatar_training.training() is None


@pytest.mark.parametrize("data", [ID, twin("sent"), [twin("sent")]])
async def test_a_training_that_makes_one(client: A2E, scripted: Scripted, data: Any) -> None:
    scripted.on("POST", f"{TWINS}/training", ok(data)).on("GET", DETAIL, ok(trained()))
    job = await client.avatar_training.training()
    assert job is not None
    assert (await job).anchor_id == "av"


@pytest.mark.parametrize("fields", ["text", [1], {1: 2}, {"a": {1, 2}}])
@pytest.mark.parametrize("verb", ["training", "upload"])
async def test_fields_that_are_none(
    client: A2E, scripted: Scripted, verb: str, fields: Any
) -> None:
    with pytest.raises((TypeError, ValueError), match="fields"):
        await getattr(client.avatar_training, verb)(fields)
    assert scripted.seen == []


async def test_the_path_is_chosen_by_a_truth_value(client: A2E, scripted: Scripted) -> None:
    wrong: Any = "yes"
    with pytest.raises(TypeError, match="classic"):
        await client.avatar_training.continue_training(ID, classic=wrong)
    assert scripted.seen == []
