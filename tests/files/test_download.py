from __future__ import annotations

import asyncio
import errno
import gzip
import os
import random
import traceback
import tracemalloc
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import aiohttp
import anyio
import pytest
from aiohttp import web

from a2e_async import config, errors
from a2e_async.files import disk, download
from a2e_async.files.disk import Part
from a2e_async.files.download import Downloads
from a2e_async.http.session import Session
from tests.files.asset_host import AssetHost, answer, break_off, cut, drop, hang, whole
from tests.files.conftest import QUICK
from tests.files.samples import HTML, JPEG, M4A, MP4, PNG, body

DATE = "Wed, 21 Oct 2025 07:28:00 GMT"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "out"


@pytest.fixture(autouse=True)
def content(host: AssetHost) -> bytes:
    host.content = body(PNG)
    return host.content


async def save(downloads: Downloads, host: AssetHost, out: Path, **options: Any) -> list[Path]:
    options = {"stem": "fox", "media": "image", **options}
    return await downloads.save([host.url()], out, **options)


def listed(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def everything_told(error: BaseException) -> str:
    return "".join(traceback.format_exception(error)) + repr(error)


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


# Resuming


async def test_a_cut_body_is_resumed_where_it_stood(
    host: AssetHost, downloads: Downloads, out: Path, content: bytes
) -> None:
    host.script = [cut(60_000), cut(70_000, start=60_000)]
    (file,) = await save(downloads, host, out)
    assert file.read_bytes() == content
    assert host.ranges == [
        (None, None),
        ("bytes=60000-", '"one"'),
        ("bytes=130000-", '"one"'),
    ]


async def test_a_date_validates_where_there_is_no_strong_tag(
    host: AssetHost, downloads: Downloads, out: Path, content: bytes
) -> None:
    host.etag, host.modified = 'W/"weak"', DATE
    host.script = [cut(60_000)]
    (file,) = await save(downloads, host, out)
    assert file.read_bytes() == content
    assert host.ranges[1] == ("bytes=60000-", DATE)


async def test_a_changed_file_is_fetched_from_the_beginning(
    host: AssetHost, downloads: Downloads, out: Path
) -> None:
    async def change(_: AssetHost, request: web.Request) -> web.StreamResponse:
        host.etag, host.content = '"two"', body(JPEG, 90_000, seed=2)
        return await host.serve(request)

    host.script = [cut(60_000), change]
    (file,) = await save(downloads, host, out)
    assert host.ranges[1] == ("bytes=60000-", '"one"')
    assert file.read_bytes() == host.content
    assert file.name == "fox.jpg"


async def test_without_validators_it_begins_anew(
    host: AssetHost, downloads: Downloads, out: Path, content: bytes
) -> None:
    host.etag = None
    host.script = [cut(60_000), cut(150_000)]
    (file,) = await save(downloads, host, out)
    assert file.read_bytes() == content
    assert host.ranges == [(None, None)] * 3


@pytest.mark.parametrize(
    "second",
    [
        whole(),
        whole(start=0),
        whole(start=100),
        whole(start=60_000, ETag='"two"'),
        whole(start=60_000, Content_Range="bytes 60000-199999/200001"),
        whole(start=60_000, Content_Range="nonsense"),
        answer(416, Content_Range="bytes */60000"),
        answer(416),
    ],
)
async def test_a_server_that_does_not_keep_to_the_range_spoils_nothing(
    host: AssetHost, downloads: Downloads, out: Path, content: bytes, second: Any
) -> None:
    host.script = [cut(60_000), second]
    (file,) = await save(downloads, host, out)
    assert file.read_bytes() == content


async def test_nothing_left_means_done(
    host: AssetHost, downloads: Downloads, out: Path, content: bytes
) -> None:
    async def lost_end(_: AssetHost, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers=host.headers())
        await response.prepare(request)
        await response.write(content)
        await break_off(request)
        return response

    host.script = [lost_end]
    (file,) = await save(downloads, host, out)
    assert file.read_bytes() == content
    assert host.ranges[1] == ("bytes=200000-", '"one"')
    assert len(host.seen) == 2


async def test_a_body_of_unknown_length_is_whole_at_its_end(
    host: AssetHost, downloads: Downloads, out: Path, content: bytes
) -> None:
    async def chunked(_: AssetHost, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(content)
        return response

    totals: list[int | None] = []
    host.script = [chunked]
    (file,) = await save(downloads, host, out, progress=lambda _, total: totals.append(total))
    assert file.read_bytes() == content
    assert set(totals) == {None}


async def test_an_encoded_body_is_not_measured_by_its_headers(
    host: AssetHost, downloads: Downloads, out: Path, content: bytes
) -> None:
    async def encoded(_: AssetHost, request: web.Request) -> web.StreamResponse:
        headers = {**host.headers(), "Content-Encoding": "gzip"}
        return web.Response(body=gzip.compress(content), headers=headers)

    host.script = [encoded]
    (file,) = await save(downloads, host, out)
    assert file.read_bytes() == content


async def test_a_length_that_is_never_reached_fails(
    host: AssetHost, downloads: Downloads, out: Path
) -> None:
    async def short(_: AssetHost, request: web.Request) -> web.StreamResponse:
        host.script.append(short)
        response = web.StreamResponse(headers={"Content-Length": "300000"})
        await response.prepare(request)
        await response.write(host.content)
        await break_off(request)
        return response

    host.script = [short]
    with pytest.raises(errors.DownloadFailed, match="ClientPayloadError") as raised:
        await save(downloads, host, out)
    assert isinstance(raised.value.__cause__, errors.ConnectionFailed)
    assert len(host.seen) == QUICK.attempts
    assert listed(out) == []


async def test_a_total_below_the_bytes_that_come_is_not_believed(
    host: AssetHost, downloads: Downloads, out: Path, content: bytes
) -> None:
    host.script = [whole(start=0, Content_Range="bytes 0-99/100")]
    (file,) = await save(downloads, host, out)
    assert file.read_bytes() == content
    assert host.ranges == [(None, None)] * 2


async def test_progress_gives_attempts_back_up_to_a_bound(
    host: AssetHost, downloads: Downloads, out: Path, content: bytes
) -> None:
    async def bit_by_bit(_: AssetHost, request: web.Request) -> web.StreamResponse:
        host.script.append(bit_by_bit)
        asked = request.headers.get("Range")
        return await host.send(request, int(asked[6:-1]) if asked else None, 1000)

    host.script = [bit_by_bit]
    with pytest.raises(errors.DownloadFailed):
        await save(downloads, host, out)
    assert len(host.seen) == QUICK.attempts * 10
    host.script.clear()
    (file,) = await save(downloads, host, out)
    assert file.read_bytes() == content
    assert host.ranges[-1] == ("bytes=40000-", '"one"')


async def test_transient_answers_are_asked_again(
    host: AssetHost, downloads: Downloads, out: Path, content: bytes
) -> None:
    host.script = [answer(503), drop(), answer(429, Retry_After="0")]
    (file,) = await save(downloads, host, out)
    assert file.read_bytes() == content


async def test_a_stalled_connection_is_given_up_and_resumed(
    host: AssetHost, session: Session, out: Path, content: bytes
) -> None:
    downloads = Downloads(session, stall=0.1)
    host.script = [hang(60_000)]
    (file,) = await save(downloads, host, out)
    assert file.read_bytes() == content
    assert host.ranges[1] == ("bytes=60000-", '"one"')
    await downloads.aclose()


async def test_redirects_are_followed(
    host: AssetHost, downloads: Downloads, out: Path, content: bytes
) -> None:
    host.script = [answer(302, Location="/elsewhere")]
    (file,) = await save(downloads, host, out)
    assert file.read_bytes() == content
    assert host.seen[-1].path == "/elsewhere"


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


# Leftovers


async def cancelled_midway(downloads: Downloads, host: AssetHost, out: Path, after: int) -> None:
    enough = asyncio.Event()
    host.script = [hang(after)]

    def progress(size: int, _: int | None) -> None:
        if size == after:
            enough.set()

    task = asyncio.create_task(save(downloads, host, out, progress=progress))
    await enough.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_cancelled_download_is_resumed_by_the_next(
    host: AssetHost, downloads: Downloads, out: Path, content: bytes
) -> None:
    await cancelled_midway(downloads, host, out, 60_000)
    (left,) = listed(out)
    assert left.startswith(".fox.")
    (file,) = await save(downloads, host, out)
    assert file.read_bytes() == content
    assert host.ranges[-1] == ("bytes=60000-", '"one"')
    assert listed(out) == ["fox.png"]


async def test_closing_removes_what_was_left(
    host: AssetHost, downloads: Downloads, out: Path
) -> None:
    await cancelled_midway(downloads, host, out, 60_000)
    assert len(listed(out)) == 1
    await downloads.aclose()
    assert listed(out) == []
    await downloads.aclose()
    with pytest.raises(errors.ConfigurationError, match="closed"):
        await save(downloads, host, out)


async def test_a_scope_cancels_as_well(
    host: AssetHost, downloads: Downloads, out: Path, content: bytes
) -> None:
    host.script = [hang(60_000)]
    with anyio.move_on_after(0.2) as scope:
        await save(downloads, host, out)
    assert scope.cancelled_caught
    (file,) = await save(downloads, host, out)
    assert file.read_bytes() == content
    assert host.ranges[-1] == ("bytes=60000-", '"one"')


async def test_a_file_that_was_whole_already_is_not_asked_for_again(
    host: AssetHost, downloads: Downloads, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def interrupted(self: Part, final: Path) -> None:
        raise asyncio.CancelledError

    with monkeypatch.context() as patch:
        patch.setattr(Part, "publish", interrupted)
        with pytest.raises(asyncio.CancelledError):
            await save(downloads, host, out)
    (file,) = await save(downloads, host, out)
    assert file.read_bytes() == host.content
    assert len(host.seen) == 1


@pytest.mark.parametrize("spoil", [Path.unlink, lambda path: path.write_bytes(b"?")])
async def test_a_leftover_that_was_tampered_with_is_not_used(
    host: AssetHost, downloads: Downloads, out: Path, content: bytes, spoil: Any
) -> None:
    await cancelled_midway(downloads, host, out, 60_000)
    (left,) = listed(out)
    spoil(out / left)
    (file,) = await save(downloads, host, out)
    assert file.read_bytes() == content
    assert host.ranges[-1] == (None, None)


async def test_only_so_many_leftovers_are_kept(
    host: AssetHost, downloads: Downloads, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "_MOST_LEFT_OVER", 2)
    for number in range(5):
        host.script = [cut(60_000), *[answer(400)]]
        with pytest.raises(errors.DownloadFailed):
            await save(downloads, host, out, stem=f"fox{number}")
    assert [name.split(".")[1] for name in listed(out)] == ["fox2", "fox3", "fox4"]
    await downloads.aclose()
    assert listed(out) == []


async def test_closing_ends_a_download_that_runs(
    host: AssetHost, session: Session, downloads: Downloads, out: Path
) -> None:
    async def slow(_: AssetHost, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers=host.headers())
        await response.prepare(request)
        await response.write(PNG)
        await asyncio.sleep(0.1)
        return response

    begun = asyncio.Event()
    host.script = [slow]
    task = asyncio.create_task(save(downloads, host, out, progress=lambda *_: begun.set()))
    await begun.wait()
    assert len(listed(out)) == 1
    await downloads.aclose()
    with pytest.raises(errors.ConfigurationError, match="closed during"):
        await task
    assert listed(out) == []


async def test_a_closed_session_is_said_so(
    session: Session, host: AssetHost, downloads: Downloads, out: Path
) -> None:
    await session.aclose()
    with pytest.raises(errors.ConfigurationError, match="closed"):
        await save(downloads, host, out)
    assert listed(out) == []


# Many at once


async def test_the_same_target_twice_at_once_stays_whole(
    host: AssetHost, downloads: Downloads, out: Path, content: bytes
) -> None:
    host.script = [cut(60_000), cut(70_000, start=60_000)]
    every = await asyncio.gather(*(save(downloads, host, out) for _ in range(5)))
    assert every == [[out / "fox.png"]] * 5
    assert (out / "fox.png").read_bytes() == content
    assert listed(out) == ["fox.png"]
    assert host.most_running == 1
    assert len(downloads._locks) == 0


async def test_one_directory_spelt_in_two_ways_is_one_target(
    host: AssetHost, downloads: Downloads, out: Path, content: bytes
) -> None:
    await anyio.Path(out).mkdir(parents=True)
    other = out / ".." / "out"
    await asyncio.gather(save(downloads, host, out), save(downloads, host, other))
    assert host.most_running == 1
    assert (out / "fox.png").read_bytes() == content


async def test_only_some_downloads_run_at_a_time(
    host: AssetHost, session: Session, out: Path
) -> None:
    async def slow(_: AssetHost, request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(0.01)
        return await host.send(request)

    host.content = PNG
    host.script = [slow] * 30
    downloads = Downloads(session, at_once=5)
    await asyncio.gather(*(save(downloads, host, out, stem=f"{n}") for n in range(30)))
    assert host.most_running == 5
    assert len(listed(out)) == 30
    await downloads.aclose()


async def test_a_large_file_is_not_held_in_memory(
    host: AssetHost, downloads: Downloads, out: Path
) -> None:
    piece, pieces = random.Random(1).randbytes(2**20), 20

    async def large(_: AssetHost, request: web.Request) -> web.StreamResponse:
        length = len(PNG) + pieces * len(piece)
        response = web.StreamResponse(headers={"Content-Length": str(length)})
        await response.prepare(request)
        await response.write(PNG)
        for _number in range(pieces):
            await response.write(piece)
        return response

    host.script = [large]
    tracemalloc.start()
    try:
        (file,) = await save(downloads, host, out)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert file.read_bytes() == PNG + piece * pieces
    assert peak < 8 * 2**20


async def test_small_chunks_are_written_together(
    host: AssetHost, downloads: Downloads, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writes: list[int] = []
    original = Part._append

    def counted(self: Part, chunks: Sequence[bytes]) -> None:
        writes.append(sum(map(len, chunks)))
        original(self, chunks)

    monkeypatch.setattr(Part, "_append", counted)
    host.content = body(PNG, 3 * 2**20)
    await save(downloads, host, out)
    assert sum(writes) == len(host.content)
    assert len(writes) <= 4


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
