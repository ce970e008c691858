"""`Webhook`, and what of it is sent with starts."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest

from a2e_async import (
    A2E,
    AvatarVideo,
    FaceSwapPreview,
    SubmitUncertain,
    TextToImage,
    Webhook,
    WebhookReceiver,
)
from tests.conftest import QUICK_RETRY
from tests.conftest import TOKEN as API_TOKEN
from tests.jobs.service import START, image, listing, started
from tests.support.scripted import DROP, Scripted, ok, says

BELL = Webhook(url="https://bot.example/a2e", token="a secret of mine")
SENT = {"webhook_url": BELL.url, "webhook_token": BELL.token}


def test_a_token_is_drawn_where_none_is_given() -> None:
    one, other = Webhook(url="https://x.ai/"), Webhook(url="https://x.ai/")
    assert len(one.token) >= 32
    assert one.token != other.token
    assert one.token not in repr(one)
    assert "https://x.ai/" in repr(one)


@pytest.mark.parametrize(
    ("fields", "error", "words"),
    [
        ({"url": "http://example.com/"}, ValueError, "url: expected an https URL, 2048"),
        ({"url": "https://x.ai/" + "x" * 2036}, ValueError, "url: expected an https URL, 2048"),
        ({"url": None}, TypeError, "url: expected an https URL"),
        ({"token": ""}, ValueError, "token: expected a text that is not blank, 256"),
        ({"token": "hush" * 65}, ValueError, "256 characters at most, got 260"),
        ({"token": b"hush"}, TypeError, "token: expected a text"),
        ({"token": "hush "}, ValueError, "token: expected a text that a header can hold"),
        ({"token": "hu\nsh"}, ValueError, "token: expected a text that a header can hold"),
    ],
)
def test_a_webhook_is_checked(fields: dict[str, Any], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words) as caught:
        Webhook(**{"url": "https://x.ai/", **fields})
    assert "hush" not in str(caught.value)
    assert "hu\nsh" not in str(caught.value)


@pytest.mark.parametrize("wrong", ["https://x.ai/hush", {"url": "hush"}])
async def test_a_client_s_webhook_is_a_webhook(wrong: Any) -> None:
    with pytest.raises(TypeError, match=r"webhook: expected Webhook\(url=") as caught:
        A2E(API_TOKEN, webhook=wrong)
    assert "hush" not in str(caught.value)
    with pytest.raises(TypeError, match=r"webhook: expected Webhook\(url="):
        A2E.sandbox(webhook=wrong)


@pytest.fixture
async def a2e(scripted: Scripted) -> AsyncIterator[A2E]:
    async with A2E(
        API_TOKEN, base_url=scripted.base_url, retry=QUICK_RETRY, webhook=BELL
    ) as client:
        yield client


async def test_each_start_has_the_client_s_webhook(a2e: A2E, scripted: Scripted) -> None:
    scripted.on("POST", START, ok([image("a"), image("b")]))
    await a2e.text_to_image.start_all(prompt="x", max_images=2)
    await a2e.submit(TextToImage(prompt="x", webhook_token="not mine"))
    for body in started(scripted):
        assert SENT.items() <= body.items()


async def test_one_s_own_address_wins_and_gets_no_token_of_ours(
    a2e: A2E, scripted: Scripted
) -> None:
    scripted.on("POST", START, ok(image("a")))
    await a2e.text_to_image.start(prompt="x", webhook_url="https://other.example/")
    [body] = started(scripted)
    assert body["webhook_url"] == "https://other.example/"
    assert "webhook_token" not in body


async def test_without_a_webhook_nothing_is_added(client: A2E, scripted: Scripted) -> None:
    scripted.on("POST", START, ok(image("a")))
    await client.text_to_image.start(prompt="x")
    assert not SENT.keys() & started(scripted)[0].keys()


async def test_a_product_without_the_fields_gets_none(a2e: A2E, scripted: Scripted) -> None:
    scripted.on("POST", "*", ok(image("a")))
    urls = {"video_url": "https://x.ai/v.mp4", "face_url": "https://x.ai/f.png"}
    await a2e.submit(FaceSwapPreview(**urls))
    assert not SENT.keys() & scripted.seen[-1].json.keys()
    await a2e.submit(AvatarVideo(anchor_id="a", anchor_type=0, audio_src="https://x.ai/a.mp3"))
    assert SENT.items() <= scripted.seen[-1].json.items()


@pytest.mark.parametrize("own", [True, False])
async def test_a_task_that_was_lost_and_found_rings_too(
    a2e: A2E, scripted: Scripted, own: bool
) -> None:
    scripted.on("POST", START, DROP).on("GET", "*/allRecords", listing(scripted))
    fields: dict[str, Any] = {"webhook_url": "https://other.example/"} if own else {}
    job = await a2e.text_to_image.start(prompt="x", **fields)
    assert len(started(scripted)) == 1
    assert job._watch.has_bell is not own


async def test_a_task_that_is_only_looked_at_is_not_expected_to_ring(a2e: A2E) -> None:
    assert a2e.job("text_to_image:67ee00000000000000000001")._watch.has_bell is False


async def test_the_token_is_nowhere(
    a2e: A2E, scripted: Scripted, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    echoed = image("a", webhook_url=BELL.url, webhook_token=BELL.token)
    scripted.on("POST", START, ok(echoed), DROP).on("GET", "*/allRecords", ok({"rows": []}))
    job = await a2e.text_to_image.start(prompt="x")
    with pytest.raises(SubmitUncertain) as lost:
        await a2e.text_to_image.start(prompt="x")
    scripted.on("POST", START, says({"code": 400, "message": "no"}, status=400))
    with pytest.raises(Exception, match="no") as refused:
        await a2e.text_to_image.start(prompt="x")
    shown = [repr(thing) for thing in (a2e, job, job.record, BELL, WebhookReceiver(a2e))]
    shown += [repr(error.value) + str(error.value) for error in (lost, refused)]
    shown += [repr(lost.value.request), caplog.text]
    for text in shown:
        assert BELL.token not in text
    assert BELL.token not in str([seen.headers | seen.query for seen in scripted.seen])
