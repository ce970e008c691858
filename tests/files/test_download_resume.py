from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from a2e_async import errors
from a2e_async.files.download import Downloads
from a2e_async.http.session import Session
from tests.files.asset_host import AssetHost, answer, break_off, cut, drop, hang, whole
from tests.files.conftest import QUICK
from tests.files.samples import JPEG, body
from tests.files.saving import DATE, listed, save

pytestmark = pytest.mark.usefixtures("content")


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
