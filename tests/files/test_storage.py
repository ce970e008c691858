"""Copies in the service's storage, and signed addresses to put files to."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from a2e_async import A2E, InvalidRequest, SubmitUncertain
from a2e_async.files.storage import NewObject, NewUpload, Presigned
from tests.http.test_secrets import everything_shown
from tests.support.scripted import DROP, Reply, Scripted, html, ok, says

TRANSFER = "/api/v1/tos/transferToStorage"
PRESIGN = "/api/v1/r2/upload-presigned-url"
LEGACY = "/api/v1/r2/get_upload_presigned_url"
URL = "https://example.com/a.png?sig=s3cr3t"
COPY = "https://storage.example/b.png"
SIGNED = {
    "uploadUrl": "https://put.example/a?sig=s3cr3t",
    "cdnUrl": "https://cdn.example/a",
    "key": "x/a",
    "expiresIn": "900",
    "bucket": "b",
}


@pytest.mark.parametrize("data", [COPY, {"url": COPY}, {"cdnUrl": COPY}])
async def test_transfer(client: A2E, scripted: Scripted, data: Any) -> None:
    scripted.on("POST", TRANSFER, ok(data))
    assert await client.files.transfer(URL) == COPY
    assert scripted.seen[0].json == {"url": URL}


@pytest.mark.parametrize(
    "answer",
    [
        DROP,
        html(),
        Reply(b""),
        ok(None),
        ok("soon"),
        ok({"odd": f"at {URL}"}),
        says({"data": [URL]}, 500),
        Reply(f'{{"code": 0, "data": "{URL}'.encode()),
    ],
)
async def test_a_lost_copy_is_not_made_twice(
    client: A2E, scripted: Scripted, caplog: pytest.LogCaptureFixture, answer: Reply
) -> None:
    caplog.set_level(logging.DEBUG)
    scripted.on("POST", TRANSFER, answer, ok(COPY))
    with pytest.raises(SubmitUncertain) as caught:
        await client.files.transfer(URL)
    assert "s3cr3t" not in everything_shown(caught.value) + caplog.text
    assert len(scripted.seen) == 1


async def test_presign(client: A2E, scripted: Scripted) -> None:
    scripted.on("POST", PRESIGN, ok(SIGNED))
    found = await client.files.presign(
        "a.png",
        bucket="b",
        url_prefix="p",
        cdn_domain="d",
        expires_in=60,
        content_type="image/png",
        file_size=5,
        content_length=6,
        purpose="STAGING",
    )
    assert found == Presigned(
        upload_url=SIGNED["uploadUrl"],
        public_url=SIGNED["cdnUrl"],
        key="x/a",
        expires_in=900,
        bucket="b",
        raw=SIGNED,
    )
    assert "s3cr3t" not in repr(found)
    assert scripted.seen[0].json == {
        "key": "a.png",
        "bucket": "b",
        "urlPrefix": "p",
        "cdnDomain": "d",
        "expiresIn": 60,
        "contentType": "image/png",
        "fileSize": 5,
        "contentLength": 6,
        "purpose": "STAGING",
    }


async def test_presign_legacy(client: A2E, scripted: Scripted) -> None:
    scripted.on("POST", LEGACY, ok({"uploadUrl": SIGNED["uploadUrl"], "key": "x/a"}))
    found = await client.files.presign_legacy("a.png")
    assert (found.upload_url, found.public_url, found.key) == (SIGNED["uploadUrl"], None, "x/a")
    assert scripted.seen[0].json == {"key": "a.png"}


async def test_the_sandbox_signs() -> None:
    async with A2E.sandbox() as a2e:
        found = await a2e.files.presign("a.png", content_type="image/png")
        assert found.public_url is not None
        assert found.public_url.endswith("a.png")
        session = a2e._core.session
        headers = {"Content-Type": "image/png"}
        async with session.fetch("PUT", found.upload_url, headers=headers, data=b"x") as response:
            assert response.status == 200
        legacy = await a2e.files.presign_legacy("a.png", expires_in=600, file_size=3)
        assert legacy.expires_in == 600
        assert (await a2e.files.transfer(COPY)).endswith("b.png")


@pytest.mark.parametrize(
    "answer",
    [
        DROP,
        html(),
        ok(None),
        ok([SIGNED]),
        ok({**SIGNED, "uploadUrl": f"not one: {URL}"}),
        Reply(f'{{"code": 0, "data": {{"uploadUrl": "{URL}'.encode()),
    ],
)
async def test_a_lost_address_is_not_asked_for_twice(
    client: A2E, scripted: Scripted, caplog: pytest.LogCaptureFixture, answer: Reply
) -> None:
    caplog.set_level(logging.DEBUG)
    scripted.on("POST", "*", answer)
    for presign, kind in (
        (client.files.presign, NewUpload),
        (client.files.presign_legacy, NewObject),
    ):
        scripted.seen.clear()
        with pytest.raises(SubmitUncertain) as caught:
            await presign("a.png")
        assert caught.value.request == kind(key="a.png")
        assert "s3cr3t" not in everything_shown(caught.value) + caplog.text
        assert len(scripted.seen) == 1


async def test_the_public_address_is_needed_where_it_is_documented(
    client: A2E, scripted: Scripted
) -> None:
    scripted.on("POST", "*", ok({"uploadUrl": SIGNED["uploadUrl"]}))
    with pytest.raises(SubmitUncertain):
        await client.files.presign("a.png")
    assert (await client.files.presign_legacy("a.png")).public_url is None


async def test_a_refusal(client: A2E, scripted: Scripted) -> None:
    scripted.on("POST", "*", says({"message": "bad key"}, 400))
    with pytest.raises(InvalidRequest, match="bad key"):
        await client.files.presign("a.png")


@pytest.mark.parametrize(
    "fields",
    [
        {"key": " "},
        {"expires_in": 59},
        {"expires_in": 60.5},
        {"content_type": 5},
        {"file_size": "5"},
        {"bucket": ""},
        {"purpose": b""},
    ],
)
async def test_wrong_arguments(client: A2E, scripted: Scripted, fields: dict[str, Any]) -> None:
    with pytest.raises((TypeError, ValueError), match=next(iter(fields))):
        await client.files.presign(**{"key": "a.png", **fields})
    for url in ("a.png", 5, "ftp://example.com/a"):
        with pytest.raises((TypeError, ValueError), match="url"):
            await client.files.transfer(url)  # type: ignore[arg-type]
    assert scripted.seen == []
