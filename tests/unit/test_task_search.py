from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from a2e_async.http.shapes import is_page
from a2e_async.tasks.product import objects_in, one_of, read_id

from .strategies import JSON, objects_of

ID = "67ee00000000000000000001"
OTHER = "67ee00000000000000000002"
TASK = {"_id": ID, "current_status": "sent"}
KEYS = st.sampled_from(["_id", "id", "rows", "list", "data", "result", "items", "records"])


@pytest.mark.parametrize(
    ("raw", "task_id"),
    [
        ({"_id": ID, "id": OTHER}, ID),
        ({"id": 7}, "7"),
        ({"task_id": ID}, ID),
        ({"_id": "", "video_id": ID}, ID),
        ({"_id": None}, None),
        ({"user_id": ID}, None),
        ({}, None),
    ],
)
def test_where_an_id_is(raw: dict[str, Any], task_id: str | None) -> None:
    assert read_id(raw) == task_id


@pytest.mark.parametrize(
    ("data", "ids"),
    [
        (TASK, [ID]),
        ([TASK], [ID]),
        ([TASK, {"_id": OTHER}], [ID, OTHER]),
        ({"rows": [TASK], "count": 1}, [ID]),
        ({"list": [TASK]}, [ID]),
        ({"data": [TASK]}, [ID]),
        ({"data": {"data": [TASK]}}, [ID]),
        ({"data": TASK}, [ID]),
        ({"rows": None, "list": [TASK]}, [ID]),
        ([ID, OTHER], [ID, OTHER]),
        (ID, [ID]),
        ("https://example.com/a.mp3", []),
        ([None, 5, "x", {}], []),
        ({"rows": []}, []),
        ([], []),
        (None, []),
    ],
)
def test_tasks_are_found_in_every_shape(data: Any, ids: list[str]) -> None:
    assert [read_id(raw) for raw in objects_in(data)] == ids


@pytest.mark.parametrize(
    "data", [TASK, [TASK], {"data": TASK}, {"rows": [TASK]}, [{"_id": OTHER}, TASK], [[TASK]]]
)
def test_the_one_task_is_found(data: Any) -> None:
    assert one_of(data, ID) == TASK


@pytest.mark.parametrize(
    "data",
    [{"current_status": "sent"}, [{"current_status": "sent"}], {"_id": None} | TASK | {"_id": ""}],
)
def test_the_only_task_without_an_id_is_the_one(data: Any) -> None:
    assert one_of(data, ID) == TASK


@pytest.mark.parametrize("key", ["task_id", "video_id"])
def test_an_id_of_the_provider_s_does_not_hide_the_task(key: str) -> None:
    told = {"current_status": "sent", key: "provider-7"}
    assert one_of(told, ID) == {**told, "_id": ID}
    assert one_of({"data": [told]}, ID) == {**told, "_id": ID}
    assert one_of([{"_id": OTHER, key: ID}, {"_id": ID}], ID) == {"_id": ID}
    assert one_of([told, told], ID) is None


@pytest.mark.parametrize(
    "data",
    [
        {"_id": OTHER},
        [{"_id": OTHER}],
        {"data": {"_id": OTHER}},
        {"rows": [{"_id": OTHER}]},
        [{"current_status": "sent"}, {"current_status": "sent"}],
        [],
        {},
        [{}],
        {"rows": []},
        {"data": {"data": []}},
        None,
        "nothing",
    ],
)
def test_another_task_is_not_the_one(data: Any) -> None:
    assert one_of(data, ID) is None


@given(JSON | objects_of(KEYS))
def test_any_data_can_be_searched(data: Any) -> None:
    assert all(read_id(raw) for raw in objects_in(data))
    found = one_of(data, ID)
    assert found is None or read_id(found) == ID
    assert is_page(data) in {True, False}
