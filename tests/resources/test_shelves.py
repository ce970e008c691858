"""What is stored with the service besides tasks: faces, backgrounds, custom avatars, voices."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from a2e_async import A2E, NotFound, SubmitUncertain, UnexpectedResponse
from a2e_async.sandbox import Fault, Faults, Sandbox
from tests.conftest import QUICK_RETRY
from tests.support.scripted import DROP, Reply, Scripted, html, ok, says

FACES = "/api/v1/userFaceSwapImage"
BACKGROUNDS = "/api/v1/custom_back"
AVATARS = "/api/v1/custom_avatar"
VOICES = "/api/v1/anchor/voice_list"
PREVIEWS = "/api/v1/tts/preview"
URL = "https://example.com/a.png"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


async def test_faces_in_the_sandbox(tmp_path: Path) -> None:
    picture = tmp_path / "face.png"
    picture.write_bytes(PNG)
    async with A2E.sandbox() as a2e:
        assert await a2e.faces.list() == []
        one = await a2e.faces.add(URL)
        other = await a2e.faces.add(picture)
        assert one.face_url == URL
        assert other.face_url is not None
        assert other.face_url.startswith("http")
        assert [face.id for face in await a2e.faces.list()] == [other.id, one.id]
        assert one.created_at is not None
        assert one.id is not None
        await a2e.faces.delete(one.id)
        assert await a2e.faces.list() == [other]
        with pytest.raises(NotFound):
            await a2e.faces.delete(one.id)


async def test_backgrounds_in_the_sandbox() -> None:
    async with A2E.sandbox() as a2e:
        made = await a2e.backgrounds.add(PNG)
        assert made.id is not None
        assert made.img_url is not None
        assert [it.id for it in await a2e.backgrounds.list()] == [made.id]
        assert await a2e.backgrounds.list({"anything": 1}) != []
        assert await a2e.backgrounds.all() != []
        await a2e.backgrounds.delete(made.id)
        assert await a2e.backgrounds.list() == []


async def test_custom_avatars_in_the_sandbox() -> None:
    async with A2E.sandbox() as a2e:
        made = await a2e.avatars.add_custom({"name": "Ann", "video_url": URL})
        assert made.name == "Ann"
        assert made.id is not None
        changed = await a2e.avatars.update_custom(made.id, {"name": "Bea"})
        assert (changed.id, changed.name) == (made.id, "Bea")
        assert [it.name for it in await a2e.avatars.list_custom()] == ["Bea"]
        assert await a2e.avatars.list_custom({"page": 1}) != []
        await a2e.avatars.tags()
        await a2e.avatars.delete_custom(made.id)
        assert await a2e.avatars.list_custom() == []
        with pytest.raises(NotFound):
            await a2e.avatars.update_custom(made.id, {})


async def test_avatars_voices_and_languages_in_the_sandbox() -> None:
    async with A2E.sandbox() as a2e:
        every, own = await a2e.avatars.all(web_type="a2e"), await a2e.avatars.all()
        assert len(every) > len(own)
        assert await a2e.voices.list_by_post() == await a2e.voices.list()
        voices = await a2e.voices.tts_list()
        assert all(voice.id and voice.label and voice.lang and voice.group for voice in voices)
        assert await a2e.detect_language("hello") == "en-US"
        assert await a2e.detect_language("狐狸") == "zh-CN"


async def test_previews_in_the_sandbox() -> None:
    async with A2E.sandbox() as a2e:
        voice = (await a2e.voices.tts_list())[0].id
        urls = [await a2e.text_to_speech(text, tts_id=voice) for text in ("one", "two", "three")]
        found = [preview async for preview in a2e.voices.previews(page_size=2)]
        assert [preview.url for preview in found] == urls[::-1]
        assert found[0].msg == "three"
        assert found[0].created_at is not None
        assert found[0].id is not None
        await a2e.voices.delete_preview(found[0].id)
        assert len([preview async for preview in a2e.voices.previews()]) == 2


async def test_what_is_sent(client: A2E, scripted: Scripted) -> None:
    scripted.on("*", "*", ok([{"_id": "1"}]))
    await client.faces.add(URL)
    await client.backgrounds.add(URL)
    await client.backgrounds.all()
    await client.backgrounds.delete("b/1")
    await client.avatars.delete_custom("c")
    await client.avatars.update_custom("c/1", {"a": [1]})
    await client.avatars.all(web_type="tyzn")
    await client.voices.list_by_post(country="de", region="DE")
    await client.voices.tts_list()
    await client.voices.delete_preview("p/1")
    await client.faces.delete("f")
    assert [(seen.method, seen.path, seen.json) for seen in scripted.seen] == [
        ("POST", f"{FACES}/add", {"face_url": URL}),
        ("POST", f"{BACKGROUNDS}/add", {"img_url": URL}),
        ("POST", f"{BACKGROUNDS}/allBackground", None),
        ("POST", f"{BACKGROUNDS}/del", {"_id": "b/1"}),
        ("POST", f"{AVATARS}/del", {"_id": "c"}),
        ("PUT", f"{AVATARS}/c/1", {"a": [1]}),
        ("POST", "/api/v1/anchor/list", {"web_type": "tyzn"}),
        ("POST", VOICES, {"country": "de", "region": "DE", "voice_map_type": "de-DE"}),
        ("POST", "/api/v1/anchor/tts_list", None),
        ("DELETE", f"{PREVIEWS}/p/1", None),
        ("DELETE", f"{FACES}/f", None),
    ]


async def test_a_new_face_is_the_first_of_the_list(client: A2E, scripted: Scripted) -> None:
    faces = [{"_id": "2", "face_url": URL, "createdAt": "2025-01-01T00:00:00Z"}, {"_id": "1"}]
    scripted.on("POST", "*", ok(faces))
    face = await client.faces.add(URL)
    assert (face.id, face.face_url, face.raw) == ("2", URL, faces[0])
    assert face.created_at == datetime(2025, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("data", "id", "img_url"),
    [
        ({"_id": "1", "img_url": URL}, "1", URL),
        ([{"_id": "1"}, {"_id": "2"}], "1", None),
        ({"rows": [{"_id": "1"}]}, "1", None),
        ({"img_url": URL}, None, URL),
        ({"data": {"url": URL}}, None, URL),
        (URL, None, URL),
    ],
)
async def test_a_random_background(
    client: A2E, scripted: Scripted, data: Any, id: str | None, img_url: str | None
) -> None:
    scripted.on("POST", f"{BACKGROUNDS}/randomBackground", ok(data))
    background = await client.backgrounds.random()
    assert (background.id, background.img_url) == (id, img_url)


@pytest.mark.parametrize("data", [None, [], {}, "soon", 5, [5]])
async def test_no_background_at_all(client: A2E, scripted: Scripted, data: Any) -> None:
    scripted.on("POST", "*", ok(data))
    with pytest.raises(UnexpectedResponse):
        await client.backgrounds.random()
    for add in (client.backgrounds.add, client.faces.add):
        with pytest.raises(SubmitUncertain):
            await add(URL)


@pytest.mark.parametrize("data", [None, [], {}, "soon", {"_id": "1"}, [{"name": "x"}], True])
async def test_a_custom_avatar_is_read_as_far_as_it_goes(
    client: A2E, scripted: Scripted, data: Any
) -> None:
    scripted.on("*", "*", ok(data))
    made = await client.avatars.add_custom({"name": "x"})
    assert made.id == ("1" if data == {"_id": "1"} else None)
    assert await client.avatars.update_custom("1", {}) == made


@pytest.mark.parametrize(
    ("data", "tags"),
    [
        (["a", "b", "a", "", 5], ["a", "b"]),
        ([{"name": "a"}, {"tag": "b"}, {}], ["a", "b"]),
        ({"tags": ["a"]}, ["a"]),
        ({"rows": ["a"]}, ["a"]),
        (None, []),
    ],
)
async def test_tags(client: A2E, scripted: Scripted, data: Any, tags: list[str]) -> None:
    scripted.on("GET", f"{AVATARS}/all_tags", ok(data))
    assert await client.avatars.tags() == tags


@pytest.mark.parametrize("answer", [DROP, html(), Reply(b""), says({}, 500)])
async def test_nothing_is_stored_twice(client: A2E, scripted: Scripted, answer: Reply) -> None:
    adds: Any = (
        lambda: client.faces.add(URL),
        lambda: client.backgrounds.add(URL),
        lambda: client.avatars.add_custom({"name": "x"}),
    )
    for add in adds:
        scripted.seen.clear()
        scripted.on("POST", "*", answer, ok([{"_id": "1"}]))
        with pytest.raises(SubmitUncertain, match="may have been"):
            await add()
        assert len(scripted.seen) == 1


async def test_a_deletion_whose_answer_was_lost_is_done() -> None:
    faults = Faults()
    faults.next("delete", Fault.lost_answer())
    sandbox = Sandbox(faults=faults)
    async with sandbox, sandbox.client(retry=QUICK_RETRY) as a2e:
        # A POST: aiohttp sends a DELETE again by itself over a connection that it kept.
        background = await a2e.backgrounds.add(URL)
        assert background.id is not None
        await a2e.backgrounds.delete(background.id)
        assert await a2e.backgrounds.list() == []


@pytest.mark.parametrize("data", [None, [], {"rows": []}, {"rows": None, "count": 0}, {"count": 0}])
async def test_lists_that_are_empty(client: A2E, scripted: Scripted, data: Any) -> None:
    scripted.on("*", "*", ok(data))
    assert await client.faces.list() == []
    assert await client.avatars.tags() == []
    assert [it async for it in client.voices.previews()] == []


async def test_languages_of_odd_names(client: A2E, scripted: Scripted) -> None:
    scripted.on("POST", "*", ok([{"value": 5, "label": [], "children": [{"value": {}}, 5]}]))
    (language,) = await client.languages()
    assert (language.value, language.label) == ("5", None)
    assert [region.value for region in language.regions] == [None]


@pytest.mark.parametrize("data", ["text", 5, {"odd": 1}, True])
async def test_what_is_no_list(client: A2E, scripted: Scripted, data: Any) -> None:
    scripted.on("*", "*", ok(data))
    for call in (
        client.faces.list(),
        client.backgrounds.list(),
        client.backgrounds.all(),
        client.avatars.all(),
        client.avatars.list_custom(),
        client.avatars.tags(),
        client.voices.tts_list(),
        client.voices.list_by_post(),
        anext(client.voices.previews()),
        client.streaming.avatars(),
    ):
        with pytest.raises(UnexpectedResponse) as caught:
            await call
        assert caught.value.body["data"] == data


@pytest.mark.parametrize(
    ("data", "language"),
    [("de-DE", "de-DE"), ({"lang": "de"}, "de"), ({"language": "de"}, "de")],
)
async def test_language(client: A2E, scripted: Scripted, data: Any, language: str) -> None:
    scripted.on("POST", "/api/v1/video/lang_classify", ok(data))
    assert await client.detect_language("hallo") == language
    assert scripted.seen[0].json == {"msg": "hallo"}


@pytest.mark.parametrize("data", [None, "", {}, 5, []])
async def test_no_language(client: A2E, scripted: Scripted, data: Any) -> None:
    scripted.on("POST", "*", ok(data))
    with pytest.raises(UnexpectedResponse):
        await client.detect_language("hallo")


async def test_wrong_arguments(client: A2E, scripted: Scripted) -> None:
    wrong: Any = client
    for call, field in (
        (wrong.faces.add("a.png"), "face_url"),
        (wrong.faces.add(b""), "face_url"),
        (wrong.faces.add(Path("/nowhere.png")), "nowhere"),
        (wrong.faces.delete(""), "face_id"),
        (wrong.faces.delete(".."), "face_id"),
        (wrong.backgrounds.add(5), "img_url"),
        (wrong.backgrounds.delete(None), "background_id"),
        (wrong.backgrounds.list([1]), "filters"),
        (wrong.avatars.all(web_type="web"), "web_type"),
        (wrong.avatars.add_custom(None), "fields"),
        (wrong.avatars.add_custom({"a": object()}), "fields"),
        (wrong.avatars.update_custom(" ", {}), "avatar_id"),
        (wrong.avatars.update_custom("1", None), "fields"),
        (wrong.avatars.delete_custom("."), "avatar_id"),
        (wrong.avatars.list_custom("x"), "filters"),
        (wrong.voices.list_by_post(country=""), "country"),
        (wrong.voices.delete_preview(""), "preview_id"),
        (anext(wrong.voices.previews(page_size=0)), "page_size"),
        (wrong.detect_language(""), "msg"),
    ):
        with pytest.raises((ValueError, TypeError, OSError), match=field):
            await call
    assert scripted.seen == []
