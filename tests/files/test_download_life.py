from __future__ import annotations

import asyncio
import random
import tracemalloc
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import anyio
import pytest
from aiohttp import web

from a2e_async import errors
from a2e_async.files import download
from a2e_async.files.disk import Part
from a2e_async.files.download import Downloads
from a2e_async.http.session import Session
from tests.files.asset_host import AssetHost, answer, cut, hang
from tests.files.samples import PNG, body
from tests.files.saving import listed, save

pytestmark = pytest.mark.usefixtures("content")


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
    async def interrupted(self: Part, final: Path, **_: Any) -> bool:
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
