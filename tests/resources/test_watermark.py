"""Watermarks."""

from __future__ import annotations

from typing import Any

import pytest

from a2e_async import A2E, InsufficientCoins, SubmitUncertain
from a2e_async.resources.watermark import NewWatermark
from tests.support.scripted import DROP, Reply, Scripted, html, ok, says

START = "/api/v1/watermark/start"
URL = "https://example.com/a.mp4"
MARKED = "https://example.com/marked.mp4"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


@pytest.mark.parametrize("data", [{"result_url": MARKED}, MARKED, {"url": MARKED}])
async def test_watermarks(client: A2E, scripted: Scripted, data: Any) -> None:
    scripted.on("POST", START, ok(data))
    assert await client.watermark(URL, "text", text="mine") == MARKED
    await client.watermark(URL, "image", watermark_image_url=URL)
    assert [seen.json for seen in scripted.seen] == [
        {"media_url": URL, "watermark_type": "text", "text": "mine"},
        {"media_url": URL, "watermark_type": "image", "watermark_image_url": URL},
    ]


async def test_local_media_is_uploaded() -> None:
    async with A2E.sandbox() as a2e:
        url = await a2e.watermark(PNG, "image", watermark_image_url=PNG + b"1")
        assert url.startswith("http")


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"media_url": "a.png"}, "media_url"),
        ({"watermark_type": "sound"}, "watermark_type"),
        ({"text": None}, "text"),
        ({"text": " "}, "text"),
        ({"watermark_type": "image"}, "watermark_image_url"),
        ({"watermark_image_url": 5}, "watermark_image_url"),
    ],
)
async def test_wrong_arguments(
    client: A2E, scripted: Scripted, arguments: dict[str, Any], field: str
) -> None:
    given = {"media_url": URL, "watermark_type": "text", "text": "mine", **arguments}
    with pytest.raises((ValueError, TypeError), match=rf"\b{field}\b"):
        await client.watermark(**given)
    assert scripted.seen == []


@pytest.mark.parametrize(
    "answer", [DROP, html(), Reply(b""), says({}, 500), ok(None), ok({"media_url": URL}), ok([])]
)
async def test_a_lost_watermark_is_not_made_twice(
    client: A2E, scripted: Scripted, answer: Reply
) -> None:
    scripted.on("POST", START, answer, ok(MARKED))
    with pytest.raises(SubmitUncertain) as caught:
        await client.watermark(URL, "text", text="mine")
    assert isinstance(caught.value.request, NewWatermark)
    assert len(scripted.seen) == 1


async def test_a_refused_watermark(client: A2E, scripted: Scripted) -> None:
    scripted.on("POST", START, says({"message": "no coins"}, 402))
    with pytest.raises(InsufficientCoins):
        await client.watermark(URL, "text", text="mine")
