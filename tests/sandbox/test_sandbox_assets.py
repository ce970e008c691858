"""The asset host: real files, signed for a while, with ranges and validators."""

from __future__ import annotations

import io
import wave
from typing import TYPE_CHECKING, Any

import av
import pytest
from aiohttp import ClientPayloadError, ClientResponse
from PIL import Image

from a2e_async.sandbox import Fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Caller

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(20)]


async def test_a_picture_has_the_asked_size(caller: Caller) -> None:
    url = await _picture(caller, width=320, height=200)
    answer = await caller.raw("GET", url)
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Content-Length"] == str(len(answer.content))
    with Image.open(io.BytesIO(answer.content)) as picture:
        assert (picture.format, picture.size) == ("PNG", (320, 200))


async def test_the_same_seed_paints_the_same_picture(serve: Callable[..., Any]) -> None:
    pictures = []
    for seed in (1, 1, 2):
        caller = await serve(seed=seed, durations=0)
        url = (await caller.image(width=128, height=128))["image_urls"][0]
        pictures.append((await caller.raw("GET", url)).content)
    assert pictures[0] == pictures[1]
    assert pictures[0] != pictures[2]


async def test_an_avatar_video_plays(caller: Caller) -> None:
    record = await caller.video(title="hello")
    caller.clock.advance(100)
    (record,) = (await caller.call("POST", "video/awsResult", json={"_id": record["_id"]})).data
    answer = await caller.raw("GET", record["result"])
    assert answer.headers["Content-Type"] == "video/mp4"
    assert len(answer.content) < 200_000
    assert answer.content.find(b"moov") < answer.content.find(b"mdat")
    with av.open(io.BytesIO(answer.content), "r") as container:
        names = {stream.type: stream.codec_context.name for stream in container.streams}
        assert names == {"video": "h264", "audio": "aac"}
        pictures = list(container.decode(video=0))
        assert pictures[0].format.name == "yuv420p"
        assert len(pictures) == 30
    with av.open(io.BytesIO(answer.content), "r") as container:
        assert len(list(container.decode(audio=0))) > 50


async def test_speech_lasts_as_long_as_its_text(caller: Caller) -> None:
    lengths = []
    for text, rate in (("hello there, you", 1), ("hello there, you", 2), ("x" * 900, 1)):
        body = {"msg": text, "tts_id": "v", "speechRate": rate}
        url = (await caller.call("POST", "video/send_tts", json=body)).data
        with wave.open(io.BytesIO((await caller.raw("GET", url)).content)) as sound:
            assert (sound.getnchannels(), sound.getsampwidth()) == (1, 2)
            lengths.append(sound.getnframes() / sound.getframerate())
    assert lengths == pytest.approx([1.2, 0.6, 20], abs=0.06)


async def test_a_url_is_good_for_three_days_and_then_renewed(caller: Caller) -> None:
    record = await caller.image(width=64, height=64)
    caller.clock.advance(100)
    url = (await caller.look(record))["image_urls"][0]
    assert (await caller.look(record))["image_urls"][0] == url
    caller.clock.advance(3 * 24 * 3600)
    assert (await caller.raw("GET", url)).status == 200
    caller.clock.advance(3600)
    answer = await caller.raw("GET", url)
    assert (answer.status, answer.headers["Content-Type"]) == (403, "application/xml")
    assert b"ExpiredToken" in answer.content
    fresh = (await caller.look(record))["image_urls"][0]
    assert fresh != url
    assert (await caller.raw("GET", fresh)).status == 200


async def test_the_bearer_must_not_come_along(caller: Caller) -> None:
    url = await _picture(caller)
    headers = {"Authorization": f"Bearer {caller.sandbox.token}"}
    assert (await caller.raw("GET", url, headers=headers)).status == 400
    assert url.startswith(caller.sandbox.assets_url)
    assert caller.sandbox.assets_url != caller.sandbox.base_url


async def test_what_is_not_there(caller: Caller) -> None:
    url = await _picture(caller)
    task = caller.sandbox.tasks[0]
    base = caller.sandbox.assets_url
    links = caller.sandbox._world.links
    for wrong, status in (
        (f"{base}/media/{task.id}/0.png", 403),
        (url.replace("signature=", "signature=0"), 403),
        (links.media(task.id, 1, "png"), 404),
        (links.media(task.id, 0, "mp4"), 404),
        (links.media("f" * 24, 0, "png"), 404),
        (f"{base}/other", 404),
        (f"{base}/public/nothing", 404),
    ):
        assert (await caller.raw("GET", wrong)).status == status, wrong
    assert (await caller.raw("POST", url)).status == 405
    await caller.call("GET", "anchor/character_list")
    assert (
        await caller.raw("GET", links.media("65ee00000000000000000001", 1, "png"))
    ).status == 404
    await caller.call("DELETE", f"userText2Image/{task.id}")
    assert (await caller.raw("GET", url)).status == 404


async def test_a_voice_has_no_files(caller: Caller) -> None:
    body = {"name": "v", "voice_urls": ["https://example.com/a.mp3"]}
    voice = (await caller.call("POST", "userVoice/training", json=body)).data
    caller.clock.advance(100)
    url = caller.sandbox._world.links.media(voice["_id"], 0, "png")
    assert (await caller.raw("GET", url)).status == 404


async def test_ranges_and_validators(caller: Caller) -> None:
    url = await _picture(caller)
    whole = await caller.raw("GET", url)
    size = len(whole.content)
    assert whole.headers["Accept-Ranges"] == "bytes"
    part = await _part(caller, url, "bytes=10-19")
    assert (part.status, part.content) == (206, whole.content[10:20])
    assert part.headers["Content-Range"] == f"bytes 10-19/{size}"
    tail = await _part(caller, url, "bytes=-7")
    assert tail.content == whole.content[-7:]
    behind = await _part(caller, url, f"bytes={size}-")
    assert (behind.status, behind.headers["Content-Range"]) == (416, f"bytes */{size}")
    assert (await _part(caller, url, "bytes=0-1,4-5")).status == 200
    for good in (whole.headers["ETag"], whole.headers["Last-Modified"]):
        assert (await _part(caller, url, "bytes=5-", good)).status == 206
    changed = await _part(caller, url, "bytes=5-", '"other"')
    assert (changed.status, changed.content) == (200, whole.content)


async def test_head_tells_the_size_without_the_body(caller: Caller) -> None:
    url = await _picture(caller)
    whole = await caller.raw("GET", url)
    head = await caller.raw("HEAD", url)
    assert (head.status, head.content) == (200, b"")
    assert head.headers["Content-Length"] == str(len(whole.content))
    assert head.headers["ETag"] == whole.headers["ETag"]


async def test_a_cut_download_can_be_resumed(caller: Caller) -> None:
    url = await _picture(caller)
    whole = (await caller.raw("GET", url)).content
    caller.faults.next("download", Fault.cut(0.25))
    got = bytearray()
    async with caller.session.get(url) as response:
        with pytest.raises(ClientPayloadError):
            await _drain(response, got)
    assert len(got) == len(whole) // 4
    rest = await _part(caller, url, f"bytes={len(got)}-", response.headers["ETag"])
    assert bytes(got) + rest.content == whole


async def test_downloads_and_uploads_have_faults_too(caller: Caller) -> None:
    url = await _picture(caller)
    caller.faults.next("download", Fault.status(503, retry_after=1), Fault.html())
    assert (await caller.raw("GET", url)).status == 503
    assert (await caller.raw("GET", url)).headers["Content-Type"] == "text/html"
    assert (await caller.raw("GET", url)).headers["Content-Type"] == "image/png"
    body = {"key": "a"}
    signed = (await caller.call("POST", "r2/upload-presigned-url", json=body)).data
    caller.faults.next("upload", Fault.status(500))
    assert (await caller.raw("PUT", signed["uploadUrl"], data=b"a")).status == 500
    assert (await caller.raw("PUT", signed["uploadUrl"], data=b"a")).status == 200


async def test_too_large_an_upload_is_refused(caller: Caller) -> None:
    server = caller.sandbox._server
    assert server is not None
    server.assets.storage.limit = 1000
    signed = (await caller.call("POST", "r2/upload-presigned-url", json={"key": "a"})).data
    assert (await caller.raw("PUT", signed["uploadUrl"], data=b"a" * 2000)).status == 413


async def _picture(caller: Caller, **fields: Any) -> str:
    record = await caller.image(**{"width": 96, "height": 96, **fields})
    caller.clock.advance(100)
    url: str = (await caller.look(record))["image_urls"][0]
    return url


async def _drain(response: ClientResponse, into: bytearray) -> None:
    async for chunk in response.content.iter_any():
        into += chunk


async def _part(caller: Caller, url: str, asked: str, condition: str | None = None) -> Any:
    headers = {"Range": asked} | ({"If-Range": condition} if condition else {})
    return await caller.raw("GET", url, headers=headers)
