from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from a2e_async import config, errors
from a2e_async.files import disk
from a2e_async.files.disk import Part
from a2e_async.files.download import Downloads
from a2e_async.http.session import Session
from tests.files.asset_host import AssetHost, answer, cut, whole
from tests.files.conftest import QUICK
from tests.files.samples import HTML, JPEG, M4A, MP4
from tests.files.saving import everything_told, listed, save

pytestmark = pytest.mark.usefixtures("content")


# Names and types


async def test_a_result_is_saved_without_the_token(
    host: AssetHost, downloads: Downloads, out: Path, content: bytes
) -> None:
    files = await save(downloads, host, out)
    assert files == [out / "fox.png"]
    assert files[0].read_bytes() == content
    assert listed(out) == ["fox.png"]
    (seen,) = host.seen
    assert "Authorization" not in seen.headers
    assert seen.headers["Accept-Encoding"] == "identity"
    assert "Range" not in seen.headers


async def test_several_results_are_numbered_in_order(
    host: AssetHost, downloads: Downloads, out: Path
) -> None:
    async def jpeg(_: AssetHost, request: web.Request) -> web.StreamResponse:
        return web.Response(body=JPEG)

    host.script = [whole(), jpeg]
    urls = [host.url("one"), host.url("two")]
    files = await downloads.save(urls, str(out), stem="fox", media="image")
    assert files == [out / "fox-1.png", out / "fox-2.jpg"]
    assert [seen.path for seen in host.seen] == ["/one", "/two"]
    assert await downloads.save([], out, stem="fox", media="image") == []


@pytest.mark.parametrize(
    ("start", "content_type", "path", "media", "name"),
    [
        (JPEG, "image/png", "a.png", "image", "fox.jpg"),
        (b"????", "image/webp", "a.png", "image", "fox.webp"),
        (b"????", "application/octet-stream", "a.png", "image", "fox.png"),
        (b"????", "application/octet-stream", "a.exe", "image", "fox.bin"),
        (MP4, "application/octet-stream", "a", "video", "fox.mp4"),
        (MP4, "audio/mp4", "a", "audio", "fox.m4a"),
        (MP4, "application/octet-stream", "a", "audio", "fox.m4a"),
        (M4A, "text/html", "a", "audio", "fox.m4a"),
        (MP4, "video/mp4", "a", "anything", "fox.mp4"),
    ],
)
async def test_the_extension_is_that_of_the_real_type(  # noqa: PLR0917
    host: AssetHost,
    downloads: Downloads,
    out: Path,
    start: bytes,
    content_type: str,
    path: str,
    media: str,
    name: str,
) -> None:
    host.content, host.content_type = start, content_type
    files = await downloads.save([host.url(path)], out, stem="fox", media=media)
    assert files == [out / name]


async def test_a_stem_leads_nowhere_else(host: AssetHost, downloads: Downloads, out: Path) -> None:
    files = await save(downloads, host, out, stem="../../fox")
    assert [file.parent for file in files] == [out]
    assert listed(out) == ["_.._fox.png"]


async def test_an_older_file_is_replaced_with_the_usual_rights(
    host: AssetHost, downloads: Downloads, out: Path, content: bytes
) -> None:
    (await save(downloads, host, out))[0].write_bytes(b"old")
    (file,) = await save(downloads, host, out)
    assert file.read_bytes() == content
    (out / "other").touch()
    assert file.stat().st_mode == (out / "other").stat().st_mode


async def test_progress_is_told_and_ends_at_the_length(
    host: AssetHost, downloads: Downloads, out: Path, content: bytes
) -> None:
    told: list[tuple[int, int | None]] = []
    host.script = [cut(60_000)]
    await save(downloads, host, out, progress=lambda *numbers: told.append(numbers))
    assert told == sorted(told)
    assert told[-1] == (len(content), len(content))
    assert (60_000, len(content)) in told


async def test_an_error_of_the_callers_own_function_is_not_taken_for_the_networks(
    host: AssetHost, downloads: Downloads, out: Path
) -> None:
    def broken(*_: object) -> None:
        raise BrokenPipeError("stdout is closed")

    with pytest.raises(BrokenPipeError):
        await save(downloads, host, out, progress=broken)
    assert len(host.seen) == 1


async def test_a_single_text_is_no_list(downloads: Downloads, out: Path) -> None:
    with pytest.raises(TypeError, match="urls: expected a list") as raised:
        await downloads.save("https://h/a?sig=s3cr3t", out, stem="fox", media="image")
    assert "s3cr3t" not in str(raised.value)


# What is no result


@pytest.mark.parametrize(
    ("page", "content_type"),
    [(HTML, "text/html"), (b'{"code":1}', "image/png"), (b"", "image/png"), (b"??", "text/plain")],
)
async def test_a_page_under_success_is_no_result(
    host: AssetHost, downloads: Downloads, out: Path, page: bytes, content_type: str
) -> None:
    host.content, host.content_type = page, content_type
    with pytest.raises(errors.DownloadFailed, match="holds no image") as raised:
        await save(downloads, host, out)
    assert isinstance(raised.value.__cause__, errors.UnexpectedResponse)
    assert len(host.seen) == QUICK.attempts
    assert listed(out) == []


async def test_a_page_may_be_a_passing_trouble(
    host: AssetHost, downloads: Downloads, out: Path, content: bytes
) -> None:
    host.script = [answer(200, HTML)]
    (file,) = await save(downloads, host, out)
    assert file.read_bytes() == content


async def test_other_media_than_expected_is_refused_at_once(
    host: AssetHost, downloads: Downloads, out: Path
) -> None:
    with pytest.raises(errors.DownloadFailed, match="is image/png, expected video"):
        await save(downloads, host, out, media="video")
    assert len(host.seen) == 1
    assert listed(out) == []


@pytest.mark.parametrize(
    "url", ["ftp://h/a", "file:///etc/passwd", "a.png", "", "http://[", "https://"]
)
async def test_only_web_addresses_are_fetched(downloads: Downloads, out: Path, url: str) -> None:
    with pytest.raises(errors.DownloadFailed, match="expected an http or https address"):
        await downloads.save([url], out, stem="fox", media="image")


async def test_a_redirect_to_something_else_is_refused_at_once(
    host: AssetHost, downloads: Downloads, out: Path
) -> None:
    host.script = [answer(302, Location="ftp://h/a?X-Signature=s3cr3t")]
    with pytest.raises(errors.DownloadFailed, match="NonHttpUrl") as raised:
        await save(downloads, host, out)
    assert "s3cr3t" not in everything_told(raised.value)
    assert len(host.seen) == 1


async def test_an_error_tells_the_address_without_its_signature(
    host: AssetHost, downloads: Downloads, out: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", "a2e_async")
    host.script = [whole(), *[answer(500, b"<Code>InternalError</Code>s3cr3t") for _ in range(9)]]
    with pytest.raises(errors.DownloadFailed, match="InternalError") as raised:
        await downloads.save([host.url("a"), host.url("b")], out, stem="fox", media="image")
    assert raised.value.url == f"{host.base_url}/b"
    assert raised.value.files == (out / "fox-1.png",)
    assert isinstance(raised.value.__cause__, errors.ServerError)
    assert "s3cr3t" not in everything_told(raised.value) + caplog.text
    assert "again in" in caplog.text
    assert listed(out) == ["fox-1.png"]


async def test_an_unreachable_host_is_named_without_the_signature(
    host: AssetHost, downloads: Downloads, out: Path
) -> None:
    url = host.url()
    assert host.server is not None
    await host.server.close()
    with pytest.raises(errors.DownloadFailed, match="ClientConnector") as raised:
        await downloads.save([url], out, stem="fox", media="image")
    assert "s3cr3t" not in everything_told(raised.value)


# Expired addresses


class Renewal:
    def __init__(self, *answers: Sequence[str] | Exception) -> None:
        self.answers = list(answers)
        self.calls = 0

    async def __call__(self) -> Sequence[str]:
        self.calls += 1
        found = self.answers.pop(0)
        if isinstance(found, Exception):
            raise found
        return found


@pytest.mark.parametrize("status", [401, 403, 404, 410])
async def test_an_expired_address_is_renewed_once(
    host: AssetHost, downloads: Downloads, out: Path, content: bytes, status: int
) -> None:
    fresh = Renewal([host.url("fresh.png")])
    host.script = [cut(60_000), answer(status)]
    (file,) = await save(downloads, host, out, refresh=fresh)
    assert file.read_bytes() == content
    assert fresh.calls == 1
    assert host.seen[-1].path == "/fresh.png"
    assert host.ranges[-1] == ("bytes=60000-", '"one"')


async def test_later_results_use_the_fresh_addresses(
    host: AssetHost, downloads: Downloads, out: Path
) -> None:
    fresh = Renewal([host.url("new1"), host.url("new2")])
    host.script = [answer(403)]
    urls = [host.url("old1"), host.url("old2")]
    await downloads.save(urls, out, stem="fox", media="image", refresh=fresh)
    assert [seen.path for seen in host.seen] == ["/old1", "/new1", "/new2"]


@pytest.mark.parametrize(
    ("fresh", "words"),
    [
        (None, "HTTP 403"),
        (Renewal(["http://127.0.0.1:1/a"] * 2), "HTTP 403"),
        (Renewal(errors.ConnectionFailed("no answer")), "no fresh address: no answer"),
    ],
)
async def test_without_fresh_addresses_the_download_fails(
    host: AssetHost, downloads: Downloads, out: Path, fresh: Any, words: str
) -> None:
    host.script = [answer(403)]
    with pytest.raises(errors.DownloadFailed, match=words) as raised:
        await save(downloads, host, out, refresh=fresh)
    assert isinstance(raised.value.__cause__, errors.A2EError)


async def test_an_address_that_expires_again_fails(
    host: AssetHost, downloads: Downloads, out: Path
) -> None:
    fresh = Renewal([host.url("fresh")])
    host.script = [answer(403), answer(404)]
    with pytest.raises(errors.DownloadFailed, match="HTTP 404"):
        await save(downloads, host, out, refresh=fresh)
    assert fresh.calls == 1


async def test_a_renewal_may_download_too(host: AssetHost, session: Session, out: Path) -> None:
    """The one place of the client is free while the caller's function runs."""
    downloads = Downloads(session, at_once=1)

    async def refresh() -> list[str]:
        await save(downloads, host, out, stem="other")
        return [host.url()]

    host.script = [answer(403)]
    await save(downloads, host, out, refresh=refresh)
    assert listed(out) == ["fox.png", "other.png"]
    await downloads.aclose()


# The disk


async def test_a_full_disk_is_told_and_leaves_nothing(
    host: AssetHost, downloads: Downloads, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Part, chunks: Sequence[bytes]) -> None:
        self.path.write_bytes(chunks[0][:10])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Part, "_append", full)
    with pytest.raises(errors.DownloadFailed, match=r"\.fox\..*No space left") as raised:
        await save(downloads, host, out)
    assert isinstance(raised.value.__cause__, OSError)
    assert raised.value.__cause__.errno == errno.ENOSPC
    assert len(host.seen) == 1
    assert listed(out) == []


async def test_a_file_in_the_place_of_the_directory_is_told(
    host: AssetHost, downloads: Downloads, tmp_path: Path
) -> None:
    (tmp_path / "out").touch()
    with pytest.raises(errors.DownloadFailed, match="out: File exists") as raised:
        await save(downloads, host, tmp_path / "out")
    assert isinstance(raised.value.__cause__, FileExistsError)
    assert "s3cr3t" not in everything_told(raised.value)
    assert not host.seen


async def test_a_directory_in_the_place_of_the_file_is_told(
    host: AssetHost, downloads: Downloads, out: Path
) -> None:
    (out / "fox.png").mkdir(parents=True)
    with pytest.raises(errors.DownloadFailed, match=r"fox\.png: ") as raised:
        await save(downloads, host, out)
    assert isinstance(raised.value.__cause__, OSError)
    assert listed(out) == ["fox.png"]


async def test_a_directory_that_cannot_be_written_to_is_told(
    host: AssetHost, downloads: Downloads, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Part) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(self.path))

    monkeypatch.setattr(disk.Part, "_prepare", refuse)
    with pytest.raises(errors.DownloadFailed, match="Permission denied"):
        await save(downloads, host, out)


# The token


async def test_the_sessions_own_token_goes_to_no_other_host(host: AssetHost, out: Path) -> None:
    """A caller's aiohttp session may carry the token for every request."""
    headers = {"Authorization": "Bearer sk_other"}
    settings = config.from_environment(token="sk_test", base_url=host.base_url)
    async with aiohttp.ClientSession(headers=headers) as given:
        session = Session(settings, session=given, policy=QUICK)
        downloads = Downloads(session)
        host.script = [cut(60_000), answer(302, Location="/elsewhere")]
        await save(downloads, host, out)
        await downloads.aclose()
        await session.aclose()
    assert len(host.seen) == 3
    assert not any("Authorization" in seen.headers for seen in host.seen)
