"""Speech, and the avatar video made of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from a2e_async import (
    A2E,
    ConnectionFailed,
    ContentRejected,
    InsufficientCoins,
    SubmitUncertain,
)
from a2e_async.resources.speech import TextToSpeech
from tests.support.scripted import DROP, Reply, Scripted, html, ok, says

TTS = "/api/v1/video/send_tts"
VIDEO = "/api/v1/video/generate"
AVATARS = "/api/v1/anchor/character_list"
VOICES = "/api/v1/anchor/voice_list"
SPEECH = "https://assets.example/speech.wav"


@pytest.mark.parametrize("data", [SPEECH, {"audio_url": SPEECH}, {"url": SPEECH}])
async def test_speech(client: A2E, scripted: Scripted, data: Any) -> None:
    scripted.on("POST", TTS, ok(data))
    assert await client.text_to_speech("hello", tts_id="v", speech_rate=1.5) == SPEECH
    assert scripted.seen[0].json == {
        "msg": "hello",
        "tts_id": "v",
        "country": "en",
        "region": "US",
        "speechRate": 1.5,
    }


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({}, "neither"),
        ({"tts_id": "a", "user_voice_id": "b"}, "both"),
        ({"msg": "x" * 1001, "tts_id": "a"}, "msg"),
        ({"msg": " ", "tts_id": "a"}, "msg"),
        ({"tts_id": "a", "speech_rate": 3}, "speech_rate"),
        ({"tts_id": 5}, "tts_id"),
    ],
)
async def test_wrong_arguments(
    client: A2E, scripted: Scripted, fields: dict[str, Any], word: str
) -> None:
    with pytest.raises((ValueError, TypeError), match=word):
        await client.text_to_speech(**{"msg": "hello", **fields})
    assert scripted.seen == []


async def test_1000_characters_are_fine(client: A2E, scripted: Scripted) -> None:
    scripted.on("POST", TTS, ok(SPEECH))
    await client.text_to_speech("x" * 1000, user_voice_id="v")


@pytest.mark.parametrize(
    "answer", [DROP, html(), Reply(b""), says({}, 500), ok(None), ok({}), ok("soon"), ok([])]
)
async def test_a_lost_speech_is_not_asked_for_twice(
    client: A2E, scripted: Scripted, answer: Reply
) -> None:
    scripted.on("POST", TTS, answer, ok(SPEECH))
    with pytest.raises(SubmitUncertain) as caught:
        await client.text_to_speech("hello", tts_id="v")
    assert caught.value.name is None
    assert isinstance(caught.value.request, TextToSpeech)
    assert caught.value.request.msg == "hello"
    assert caught.value.__cause__ is not None
    assert len(scripted.seen) == 1


async def test_a_refused_speech(client: A2E, scripted: Scripted) -> None:
    scripted.on("POST", TTS, says({"code": 1003, "message": "no"}))
    with pytest.raises(ContentRejected):
        await client.text_to_speech("hello", tts_id="v")
    scripted.on("POST", TTS, says({}, 429), ok(SPEECH))
    assert await client.text_to_speech("hello", tts_id="v") == SPEECH


async def test_a_service_that_is_not_there(unused_tcp_port: int) -> None:
    async with A2E("sk_x", base_url=f"http://127.0.0.1:{unused_tcp_port}") as a2e:
        a2e._core.session.policy = type(a2e._core.session.policy)(attempts=1)
        with pytest.raises(ConnectionFailed):
            await a2e.text_to_speech("hello", tts_id="v")


@pytest.fixture
def service(scripted: Scripted) -> Scripted:
    avatars = [
        {"_id": "system", "anchor_type": 0, "lang": "de-DE"},
        {"_id": "custom", "anchor_type": 1},
        {"_id": "trained", "user_video_twin_id": "t"},
        {"_id": "plain"},
    ]
    voices = [{"value": "female", "children": [{"value": "voice-1"}, {"value": "voice-2"}]}]
    return (
        scripted.on("GET", AVATARS, ok(avatars))
        .on("GET", VOICES, ok(voices))
        .on("POST", TTS, ok(SPEECH))
        .on("POST", VIDEO, ok({"_id": "v", "status": "init"}))
    )


@pytest.mark.parametrize(
    ("anchor_id", "anchor_type"), [("system", 0), ("custom", 1), ("trained", 1), ("plain", 0)]
)
async def test_a_video_from_text(
    client: A2E, service: Scripted, anchor_id: str, anchor_type: int
) -> None:
    job = await client.avatar_video_from_text("hello", anchor_id=anchor_id)
    assert job.token == "avatar_video:v"
    (speech,) = service.requests("POST", TTS)
    (video,) = service.requests("POST", VIDEO)
    assert (speech.json["msg"], speech.json["tts_id"]) == ("hello", "voice-1")
    assert video.json["audioSrc"] == SPEECH
    assert (video.json["anchor_id"], video.json["anchor_type"]) == (anchor_id, anchor_type)


async def test_the_voice_speaks_the_avatars_language(client: A2E, service: Scripted) -> None:
    await client.avatar_video_from_text("hallo", anchor_id="system", speech_rate=0.5)
    assert service.requests("GET", VOICES)[0].query["voice_map_type"] == "de-DE"
    said = service.requests("POST", TTS)[0].json
    assert (said["country"], said["region"], said["speechRate"]) == ("de", "DE", 0.5)


async def test_what_is_given_is_not_looked_up(client: A2E, service: Scripted) -> None:
    await client.avatar_video_from_text(
        "hello", anchor_id="unheard of", anchor_type=1, user_voice_id="mine", title="t"
    )
    assert [seen.path for seen in service.seen] == [TTS, VIDEO]
    assert service.seen[0].json["user_voice_id"] == "mine"
    assert "tts_id" not in service.seen[0].json
    assert service.seen[1].json["title"] == "t"


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"anchor_id": "nobody"}, "nobody"),
        ({"text": ""}, "msg"),
        ({"text": "x" * 1001}, "msg"),
        ({"colour": "red"}, "colour"),
        ({"title": "x" * 41}, "title"),
        ({"anchor_type": 5}, "anchor_type"),
        ({"back_id": "b"}, "web_bg_width"),
        ({"audio_src": SPEECH}, "audio_src"),
        ({"tts_id": "a", "user_voice_id": "b"}, "both"),
        ({"speech_rate": 9}, "speech_rate"),
        ({"anchor_background_img": Path("/nowhere/at/all.png")}, "nowhere"),
    ],
)
async def test_nothing_is_paid_where_a_field_is_wrong(
    client: A2E, service: Scripted, fields: dict[str, Any], word: str
) -> None:
    with pytest.raises((ValueError, TypeError, OSError), match=word):
        await client.avatar_video_from_text(
            **{"text": "hello", "anchor_id": "system", "speech_rate": None} | fields
        )
    assert service.count("POST", "*") == 0


async def test_no_voice_for_the_language(client: A2E, service: Scripted) -> None:
    service.on("GET", VOICES, ok([]))
    with pytest.raises(ValueError, match=r"tts_id: .*'de-DE'"):
        await client.avatar_video_from_text("hello", anchor_id="system")
    assert service.count("POST", "*") == 0


async def test_a_video_that_fails_leaves_the_speech(client: A2E, service: Scripted) -> None:
    service.on("POST", VIDEO, says({"message": "no coins"}, 402))
    with pytest.raises(InsufficientCoins) as caught:
        await client.avatar_video_from_text("hello", anchor_id="system")
    assert SPEECH in "".join(caught.value.__notes__)


async def test_a_lost_video_leaves_the_speech_too(client: A2E, service: Scripted) -> None:
    service.on("POST", VIDEO, DROP).on("GET", "/api/v1/video/awsList", ok([]))
    with pytest.raises(SubmitUncertain) as caught:
        await client.avatar_video_from_text("hello", anchor_id="system")
    assert SPEECH in "".join(caught.value.__notes__)
    assert service.count("POST", VIDEO) == 1


async def test_an_avatar_that_tells_its_language_only(client: A2E, service: Scripted) -> None:
    languages = [{"value": "en", "children": []}, {"value": "ja", "children": [{"value": "JP"}]}]
    service.on("GET", AVATARS, ok([{"_id": "x", "lang": "ja"}]))
    service.on("POST", "/api/v1/anchor/language_list", ok(languages))
    await client.avatar_video_from_text("hello", anchor_id="x", anchor_type=0)
    query = service.requests("GET", VOICES)[0].query
    assert (query["country"], query["region"]) == ("ja", "JP")
