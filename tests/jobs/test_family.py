"""The other verbs of a family, and ids and tokens that are none."""

from __future__ import annotations

from typing import Any

import pytest

from a2e_async import A2E, NotFound, ServerError, TextToImage, UnexpectedResponse
from tests.jobs.service import BATCH, DETAIL, LIST, START, URL, image
from tests.support.scripted import DROP, Reply, Scripted, Seen, html, ok, says

ROWS = [image(f"id-{n}") for n in range(25)]


@pytest.mark.parametrize(
    "data",
    [
        image(word="completed"),
        [image(word="completed")],
        {"data": image(word="completed")},
        [image("b"), image(word="completed")],
        {"current_status": "completed", "image_urls": [URL]},
    ],
)
async def test_get(client: A2E, scripted: Scripted, data: Any) -> None:
    scripted.on("GET", DETAIL, ok(data))
    record = await client.text_to_image.get("a")
    assert (record.id, record.outputs) == ("a", (URL,))
    assert len(scripted.seen) == 1


@pytest.mark.parametrize("answer", [html(404), ok([]), ok(None), ok({}), ok({"rows": []})])
async def test_get_what_is_not_there(client: A2E, scripted: Scripted, answer: Reply) -> None:
    scripted.on("GET", DETAIL, answer)
    with pytest.raises(NotFound):
        await client.text_to_image.get("a")


@pytest.mark.parametrize("data", [image("b"), [image("b"), image("c")], "text", 5])
async def test_get_something_else(client: A2E, scripted: Scripted, data: Any) -> None:
    scripted.on("GET", DETAIL, ok(data))
    with pytest.raises(UnexpectedResponse):
        await client.text_to_image.get("a")


async def test_an_id_is_quoted(client: A2E, scripted: Scripted) -> None:
    scripted.on("GET", "*", ok(image("a/b?c d%")))
    await client.text_to_image.get("a/b?c d%")
    assert scripted.seen[0].path.endswith("/userText2Image/a/b?c d%")


async def test_get_many_needs_the_service(client: A2E, scripted: Scripted) -> None:
    scripted.on("POST", BATCH, html(404)).on("GET", DETAIL, says({"message": "oops"}, 500))
    with pytest.raises(ServerError):
        await client.text_to_image.get_many(["a", "b"])


async def test_get_many_is_no_get(client: A2E, scripted: Scripted) -> None:
    with pytest.raises(TypeError, match="task_ids"):
        await client.text_to_image.get_many("abc")
    assert scripted.seen == []


def pages(cap: int, wrap: Any = lambda rows: {"rows": rows, "count": len(ROWS)}) -> Any:
    def answer(seen: Seen) -> Reply:
        size = min(cap, int(seen.query["pageSize"]))
        first = (int(seen.query["pageNum"]) - 1) * size
        return ok(wrap(ROWS[first : first + size]))

    return answer


@pytest.mark.parametrize(
    "wrap",
    [
        lambda rows: {"rows": rows, "count": 25},
        lambda rows: {"list": rows},
        lambda rows: rows,
        lambda rows: {"data": {"data": rows}},
        lambda rows: rows or None,
    ],
)
@pytest.mark.parametrize("cap", [7, 25, 100])
async def test_list_goes_over_all_pages(
    client: A2E, scripted: Scripted, cap: int, wrap: Any
) -> None:
    scripted.on("GET", LIST, pages(cap, wrap))
    ids = [record.id async for record in client.text_to_image.list(page_size=10)]
    assert ids == [row["_id"] for row in ROWS]


async def test_list_where_the_page_number_counts_for_nothing(
    client: A2E, scripted: Scripted
) -> None:
    scripted.on("GET", LIST, ok({"rows": ROWS}))
    assert len([r async for r in client.text_to_image.list()]) == len(ROWS)
    assert len(scripted.seen) == 2


async def test_list_gives_a_task_once(client: A2E, scripted: Scripted) -> None:
    """A task started meanwhile pushes the others to the next page."""
    scripted.on("GET", LIST, ok(ROWS[:5] + ROWS[:2]), ok(ROWS[4:9]), ok([]))
    ids = [r.id async for r in client.text_to_image.list()]
    assert ids == [row["_id"] for row in ROWS[:9]]


async def test_list_survives_a_hiccup(client: A2E, scripted: Scripted) -> None:
    scripted.on("GET", LIST, DROP, html(), ok(ROWS[:3]), says({}, 500), ok([]))
    assert len([r async for r in client.text_to_image.list()]) == 3


@pytest.mark.parametrize("data", ["text", 5, {"odd": 1}])
async def test_a_list_that_is_none(client: A2E, scripted: Scripted, data: Any) -> None:
    scripted.on("GET", LIST, ok(data))
    with pytest.raises(UnexpectedResponse):
        await anext(aiter(client.text_to_image.list()))


@pytest.mark.parametrize("size", [0, 101, -1, True, "5"])
async def test_a_page_size_that_is_none(client: A2E, scripted: Scripted, size: Any) -> None:
    with pytest.raises(ValueError, match="page_size"):
        await anext(aiter(client.text_to_image.list(page_size=size)))
    assert scripted.seen == []


async def test_delete(client: A2E, scripted: Scripted) -> None:
    scripted.on("DELETE", DETAIL, ok(None))
    await client.text_to_image.delete("a")
    assert scripted.count("DELETE", "/api/v1/userText2Image/a") == 1


@pytest.mark.parametrize(
    ("task_id", "kind"),
    [("", ValueError), (" ", ValueError), ("text_to_image:a", ValueError), (5, TypeError)]
    + [(dots, ValueError) for dots in (".", "..", " .. ")],
)
async def test_an_id_that_is_none(
    client: A2E, scripted: Scripted, task_id: Any, kind: type[Exception]
) -> None:
    family = client.text_to_image
    with pytest.raises(kind, match="task_id"):
        family.job(task_id)
    for call in (family.get(task_id), family.delete(task_id), family.get_many([task_id])):
        with pytest.raises(kind, match="task_id"):
            await call
    assert scripted.seen == []


@pytest.mark.parametrize(
    ("token", "kind"),
    [("", ValueError), ("a", ValueError), ("text_to_image", ValueError), (None, TypeError)]
    + [(text, ValueError) for text in ("text_to_image:", "nothing:a", ":a")],
)
async def test_a_token_that_is_none(client: A2E, token: Any, kind: type[Exception]) -> None:
    with pytest.raises(kind, match=r"token|task_id|kind"):
        client.job(token)


async def test_a_token_is_plain_text(client: A2E, scripted: Scripted) -> None:
    job = client.job(" text_to_image:a\n")
    assert (job.id, job.kind, job.token) == ("a", "text_to_image", "text_to_image:a")
    assert repr(job) == "<Job text_to_image:a not looked at yet>"
    assert scripted.seen == []


async def test_submit_and_run_take_a_request(client: A2E, scripted: Scripted) -> None:
    scripted.on("POST", START, ok(image())).on("GET", DETAIL, ok(image(word="completed")))
    assert (await client.submit(TextToImage(prompt="x"))).id == "a"
    assert (await client.run(TextToImage(prompt="x"))).outputs == (URL,)
    for wrong in ("a fox", {"prompt": "x"}, TextToImage):
        with pytest.raises(TypeError, match="request"):
            await client.submit(wrong)  # type: ignore[arg-type]
