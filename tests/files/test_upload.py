from __future__ import annotations

import asyncio
import os
import sys
import traceback
from pathlib import Path
from typing import Any

import anyio
import attrs
import pytest
from aiohttp import web

from a2e_async import errors
from a2e_async.files import local, upload
from a2e_async.files.upload import Files
from a2e_async.http.operation import Operation
from a2e_async.http.session import Session
from a2e_async.tasks.avatar_video import AvatarVideo
from a2e_async.tasks.text_to_image import TextToImage
from tests.files.asset_host import AssetHost, answer, drop
from tests.files.samples import JPEG, M4A, MP4, PNG, WAV, body


def everything_told(error: BaseException) -> str:
    return "".join(traceback.format_exception(error)) + repr(error)


def content_of(path: Path) -> bytes:
    return path.read_bytes()


@pytest.fixture
def fox(tmp_path: Path) -> Path:
    path = tmp_path / "狐狸 fox.png"
    path.write_bytes(body(PNG))
    return path


async def test_a_file_is_presigned_put_and_named(host: AssetHost, files: Files, fox: Path) -> None:
    url = await files.upload(fox)
    (presigned,), (put,) = host.of("POST"), host.of("PUT")
    key = presigned.json["key"]
    assert url == f"{host.base_url}/public/{key}"
    assert key.endswith("-fox.png")
    assert presigned.json == {"key": key, "contentType": "image/png", "contentLength": 200_000}
    assert presigned.headers["Authorization"] == "Bearer sk_test"
    assert "Authorization" not in put.headers
    assert put.headers["Content-Type"] == "image/png"
    assert put.headers["Content-Length"] == "200000"
    assert put.body == content_of(fox)


@pytest.mark.parametrize("source", [str, os.fspath, Path])
async def test_paths_come_in_any_form(files: Files, fox: Path, source: Any) -> None:
    assert (await files.upload(source(fox))).endswith(".png")


@pytest.mark.parametrize(
    ("content", "options", "content_type", "end"),
    [
        (JPEG, {}, "image/jpeg", "-file.jpg"),
        (JPEG, {"name": "portrait.jpg"}, "image/jpeg", "-portrait.jpg"),
        (JPEG, {"name": "portrait.png"}, "image/jpeg", "-portrait.png.jpg"),
        (MP4, {"name": "speech.m4a"}, "audio/mp4", "-speech.m4a"),
        (M4A, {}, "audio/mp4", "-file.m4a"),
        (b"???", {"name": "speech.wav"}, "audio/wav", "-speech.wav"),
        (b"???", {"name": "notes.txt"}, "application/octet-stream", "-notes.txt"),
        (b"???", {}, "application/octet-stream", "-file"),
        (WAV, {"content_type": "audio/x-wav"}, "audio/x-wav", "-file.wav"),
        (b"a", {"content_type": "text/plain; charset=utf-8"}, "text/plain; charset=utf-8", "-file"),
    ],
)
async def test_type_and_name_are_told_or_found_out(  # noqa: PLR0917
    host: AssetHost,
    files: Files,
    content: bytes,
    options: dict[str, str],
    content_type: str,
    end: str,
) -> None:
    url = await files.upload(content, **options)
    assert host.of("POST")[0].json["contentType"] == content_type
    assert host.of("PUT")[0].headers["Content-Type"] == content_type
    assert url.endswith(end)


@pytest.mark.parametrize("size", [local.PIECE - 1, local.PIECE, local.PIECE + 1, 1])
async def test_every_size_arrives_whole(
    host: AssetHost, files: Files, tmp_path: Path, size: int
) -> None:
    content = body(b"?", size)
    path = tmp_path / "a.bin"
    await anyio.Path(path).write_bytes(content)
    await files.upload(path)
    await files.upload(content, content_type="image/png")
    assert [put.body for put in host.of("PUT")] == [content, content]


@pytest.mark.parametrize("key", ["cdnUrl", "publicUrl", "url"])
async def test_the_public_address_has_several_names(
    host: AssetHost, files: Files, key: str
) -> None:
    host.presigned = {"uploadUrl": f"{host.base_url}/put/é", key: "https://cdn.example/a.png"}
    assert await files.upload(PNG) == "https://cdn.example/a.png"
    assert host.of("PUT")[0].path == "/put/é"


@pytest.mark.parametrize(
    "data",
    [
        {"key": "a"},
        {"uploadUrl": "https://h/put?X-Signature=s3cr3t"},
        {"uploadUrl": "https://h/put?X-Signature=s3cr3t", "cdnUrl": 7},
        {"uploadUrl": "https://h:0/put?X-Signature=s3cr3t", "cdnUrl": "https://h/a"},
        {"uploadUrl": "ftp://h/put?X-Signature=s3cr3t", "urls": ["https://h?X-Signature=s3cr3t"]},
        "nothing",
    ],
)
async def test_an_answer_without_addresses_is_unexpected(
    host: AssetHost, files: Files, data: Any
) -> None:
    host.presigned = data
    with pytest.raises(errors.UnexpectedResponse, match="uploadUrl") as raised:
        await files.upload(PNG)
    assert raised.value.trace_id == "t-1"
    assert raised.value.body["code"] == 0
    assert "s3cr3t" not in everything_told(raised.value) + repr(raised.value.body)
    assert not host.of("PUT")


@pytest.mark.parametrize(
    "steps", [[drop()], [answer(500)], [answer(429, Retry_After="0"), answer(503), drop()]]
)
async def test_the_put_is_sent_again(host: AssetHost, files: Files, fox: Path, steps: Any) -> None:
    host.script = list(steps)
    await files.upload(fox)
    *_, last = host.of("PUT")
    assert last.body == content_of(fox)
    assert len(host.of("POST")) == 1


async def test_a_kept_connection_that_is_gone_costs_no_file(
    host: AssetHost, files: Files, fox: Path
) -> None:
    await files.upload(PNG)
    host.script = [drop()]
    await files.upload(fox)
    assert host.of("PUT")[-1].body == content_of(fox)


async def test_a_refused_put_fails_without_the_signature(
    host: AssetHost, files: Files, fox: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", "a2e_async")
    page = b"<Error><Code>SignatureDoesNotMatch</Code><Sig>s3cr3t</Sig></Error>"
    host.script = [answer(503, page), answer(403, page)]
    with pytest.raises(errors.UploadFailed, match=r"source: .*SignatureDoesNotMatch") as raised:
        await files.upload(fox)
    assert isinstance(raised.value.__cause__, errors.PermissionDenied)
    assert raised.value.__cause__.status == 403
    assert "s3cr3t" not in everything_told(raised.value) + caplog.text


async def test_a_lost_connection_fails_without_the_signature(
    host: AssetHost, files: Files, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", "a2e_async")
    host.script = [drop() for _ in range(9)]
    with pytest.raises(errors.UploadFailed) as raised:
        await files.upload(PNG)
    assert isinstance(raised.value.__cause__, errors.ConnectionFailed)
    assert "s3cr3t" not in everything_told(raised.value) + caplog.text
    assert "again in" in caplog.text


async def test_endless_redirects_are_given_up_at_once(host: AssetHost, files: Files) -> None:
    host.script = [answer(303, Location=host.url("put/x"))]

    async def again(_: AssetHost, request: web.Request) -> web.StreamResponse:
        host.script.append(again)
        raise web.HTTPFound(str(request.url))

    host.script.append(again)
    with pytest.raises(errors.UploadFailed, match="TooManyRedirects") as raised:
        await files.upload(PNG)
    assert "s3cr3t" not in everything_told(raised.value)
    assert len(host.of("PUT")) == 1


async def test_a_refused_presign_is_the_services_own_error(
    host: AssetHost, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload, "PRESIGN", Operation("POST", "/put/nothing"))
    with pytest.raises(errors.NotFound):
        await files.upload(PNG)


async def test_a_host_that_stops_reading_is_given_up(
    host: AssetHost, session: Session, tmp_path: Path
) -> None:
    async def deaf(_: AssetHost, request: web.Request) -> web.StreamResponse:
        await host.closing.wait()
        return web.Response()

    session.settings = attrs.evolve(session.settings, read_timeout=0.1)
    session.policy = attrs.evolve(session.policy, attempts=1)
    host.script = [deaf]
    path = tmp_path / "long.png"
    path.write_bytes(body(PNG, 20_000_000))
    with pytest.raises(errors.UploadFailed, match="stopped reading"):
        await Files(session).upload(path)


# The same content


async def test_the_same_content_is_stored_once(host: AssetHost, files: Files, fox: Path) -> None:
    urls = [await files.upload(source) for source in (fox, content_of(fox), str(fox))]
    assert len(set(urls)) == 1
    assert len(host.of("POST")) == len(host.of("PUT")) == 1


async def test_concurrent_uploads_of_the_same_content_share_one(
    host: AssetHost, files: Files, fox: Path
) -> None:
    urls = await asyncio.gather(*(files.upload(fox) for _ in range(20)))
    assert len(set(urls)) == 1
    assert len(host.of("PUT")) == 1
    assert len(files._locks) == 0


async def test_another_type_is_another_object(host: AssetHost, files: Files) -> None:
    one = await files.upload(WAV)
    two = await files.upload(WAV, content_type="audio/x-wav")
    assert one != two
    assert len(host.of("PUT")) == 2


async def test_an_upload_is_forgotten_before_the_service_does(
    host: AssetHost, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr(upload, "_now", lambda: now)
    first = await files.upload(PNG)
    now += 23 * 3600
    assert await files.upload(PNG) == first
    now += 2 * 3600
    assert await files.upload(PNG) != first
    await files.upload(JPEG)
    assert len(host.of("PUT")) == 3


async def test_only_so_many_uploads_are_remembered(
    host: AssetHost, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload, "_MOST_REMEMBERED", 2)
    for content in (b"a", b"b", b"c"):
        await files.upload(content)
    await files.upload(b"c")
    assert len(host.of("PUT")) == 3
    await files.upload(b"a")
    assert len(host.of("PUT")) == 4


async def test_a_failed_upload_is_not_remembered(host: AssetHost, files: Files, fox: Path) -> None:
    host.script = [answer(403)]
    outcomes = await asyncio.gather(*(files.upload(fox) for _ in range(3)), return_exceptions=True)
    (failed,) = (outcome for outcome in outcomes if not isinstance(outcome, str))
    assert isinstance(failed, errors.UploadFailed)
    assert len({outcome for outcome in outcomes if isinstance(outcome, str)}) == 1
    assert len(host.of("PUT")) == 2


async def test_the_next_one_goes_on_where_one_was_cancelled(
    host: AssetHost, files: Files, fox: Path
) -> None:
    arrived = asyncio.Event()

    async def wait(_: AssetHost, request: web.Request) -> web.StreamResponse:
        arrived.set()
        await host.closing.wait()
        return web.Response()

    host.script = [wait]
    first = asyncio.create_task(files.upload(fox))
    await arrived.wait()
    second = asyncio.create_task(files.upload(fox))
    await asyncio.sleep(0.02)
    first.cancel()
    assert "public" in await second
    with pytest.raises(asyncio.CancelledError):
        await first
    assert host.of("PUT")[-1].body == content_of(fox)
    assert len(files._locks) == 0


async def test_only_some_uploads_run_at_a_time(host: AssetHost, files: Files) -> None:
    async def slow(_: AssetHost, request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(0.01)
        return await host.take(request)

    host.script = [slow] * 30
    async with anyio.create_task_group() as group:
        for number in range(30):
            group.start_soon(files.upload, f"content {number}".encode())
    assert host.most_running == 8


# Bad sources


@pytest.mark.parametrize(
    ("make", "kind", "words"),
    [
        (lambda d: d / "none.png", FileNotFoundError, "No such file"),
        (lambda d: str(d / "none.png"), FileNotFoundError, "none.png"),
        (lambda d: d, ValueError, "directory"),
        (lambda d: d / "empty.png", ValueError, "empty file"),
        (lambda d: d / "pipe", ValueError, "no file"),
        (lambda d: b"", ValueError, "b''"),
        (lambda d: "a\0b", ValueError, r"a\\x00b"),
        (lambda d: "https://h/a.png?token=x", ValueError, "a URL"),
        (lambda d: None, TypeError, "None"),
        (lambda d: bytearray(b"abc"), TypeError, "bytearray"),
        (lambda d: [d], TypeError, "Path"),
        (lambda d: os.DirEntry, TypeError, "DirEntry"),
    ],
)
async def test_a_bad_source_is_named_before_anything_is_sent(  # noqa: PLR0917
    host: AssetHost, files: Files, tmp_path: Path, make: Any, kind: type[Exception], words: str
) -> None:
    (tmp_path / "empty.png").touch()
    if sys.platform != "win32":
        os.mkfifo(tmp_path / "pipe")
    with pytest.raises(kind, match=rf"source: .*{words}"):
        await files.upload(make(tmp_path))
    assert not host.seen


class BytesPath:
    def __fspath__(self) -> bytes:
        return b"a.png"


async def test_a_path_of_bytes_is_refused(files: Files) -> None:
    with pytest.raises(TypeError, match="source"):
        await files.upload(BytesPath())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


async def test_an_unreadable_file_is_named(
    files: Files, fox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(PermissionError, match=r"source: .*Permission denied") as raised:
        await files.upload(fox)
    assert raised.value.filename == str(fox)


@pytest.mark.parametrize(
    ("options", "kind", "field"),
    [
        ({"name": " "}, ValueError, "name"),
        ({"name": 3}, TypeError, "name"),
        ({"content_type": "png"}, ValueError, "content_type"),
        ({"content_type": "image/png\r\nX: y"}, ValueError, "content_type"),
        ({"content_type": b"image/png"}, TypeError, "content_type"),
    ],
)
async def test_bad_options_are_named(
    host: AssetHost, files: Files, options: Any, kind: type[Exception], field: str
) -> None:
    with pytest.raises(kind, match=f"^{field}: expected"):
        await files.upload(PNG, **options)
    assert not host.seen


def grown(path: Path) -> None:
    path.write_bytes(body(JPEG, 300_000))


def touched(path: Path) -> None:
    os.utime(path, ns=(1, 1))


@pytest.mark.parametrize(
    ("change", "words"),
    [(grown, "200000 bytes, and has 300000"), (touched, "written to"), (Path.unlink, "any more")],
)
@pytest.mark.parametrize("moment", ["digest", "read"])
async def test_a_file_that_changes_meanwhile_is_not_stored(  # noqa: PLR0917
    host: AssetHost,
    files: Files,
    fox: Path,
    monkeypatch: pytest.MonkeyPatch,
    change: Any,
    words: str,
    moment: str,
) -> None:
    original = getattr(local.Local, moment)

    def changed(self: local.Local, *args: Any) -> Any:
        change(fox)
        return original(self, *args)

    monkeypatch.setattr(local.Local, moment, changed)
    with pytest.raises(errors.UploadFailed, match=rf"source: .*{words}"):
        await files.upload(fox)
    assert not host.stored
    assert not files._stored


# Requests


async def test_a_request_without_local_media_stays_the_same(files: Files) -> None:
    request = TextToImage(prompt="a fox", input_images=("https://h.example/a.png",))
    assert await files.resolve(request) is request
    bare = TextToImage(prompt="a fox")
    assert await files.resolve(bare) is bare


async def test_local_media_becomes_urls_in_place(host: AssetHost, files: Files, fox: Path) -> None:
    url = "https://h.example/a.png"
    request = TextToImage(prompt="a fox", input_images=(url, fox))
    resolved = await files.resolve(request)
    assert resolved.input_images is not None
    assert resolved.input_images[0] == url
    assert str(resolved.input_images[1]).startswith(host.base_url)
    assert resolved.prompt == "a fox"
    assert request.input_images == (url, fox)


async def test_single_fields_and_bytes_are_resolved(host: AssetHost, files: Files) -> None:
    request = AvatarVideo(anchor_id="a", anchor_type=0, audio_src=WAV, anchor_background_img=PNG)
    resolved = await files.resolve(request)
    assert str(resolved.audio_src).endswith(".wav")
    assert str(resolved.anchor_background_img).endswith(".png")
    assert resolved.custom_voice is None


async def test_all_media_is_looked_at_before_any_is_sent(
    host: AssetHost, files: Files, fox: Path, tmp_path: Path
) -> None:
    request = TextToImage(prompt="a fox", input_images=(fox, tmp_path / "none.png"))
    with pytest.raises(FileNotFoundError, match=r"input_images\[1\]: .*No such file"):
        await files.resolve(request)
    assert not host.seen


async def test_a_failed_upload_names_the_field(host: AssetHost, files: Files) -> None:
    host.script = [answer(403)] * 2
    request = AvatarVideo(anchor_id="a", anchor_type=0, audio_src=WAV, anchor_background_img=PNG)
    with pytest.raises(
        errors.UploadFailed, match=r"^(audio_src|anchor_background_img): "
    ) as raised:
        await files.resolve(request)
    assert isinstance(raised.value.__cause__, errors.PermissionDenied)


async def test_the_same_media_twice_in_a_request_is_stored_once(
    host: AssetHost, files: Files, fox: Path
) -> None:
    resolved = await files.resolve(TextToImage(prompt="a fox", input_images=(fox, fox)))
    assert resolved.input_images is not None
    assert resolved.input_images[0] == resolved.input_images[1]
    assert len(host.of("PUT")) == 1
