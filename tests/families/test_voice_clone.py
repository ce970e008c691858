"""Voice clones: a training of which no file comes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from a2e_async import A2E, JobStatus, NotFound, PermissionDenied, UnexpectedResponse, Unsupported
from tests.families.twins import VOICE
from tests.support.scripted import DROP, Reply, Scripted, Seen, html, ok, says

VOICES = "/api/v1/userVoice"
SAMPLE = "https://example.com/a.mp3"


def voice(word: str = "completed", **more: Any) -> dict[str, Any]:
    return {"_id": VOICE, "name": "mine", "voice_urls": [SAMPLE], "current_status": word, **more}


async def test_a_voice_is_trained(client: A2E, scripted: Scripted, tmp_path: Path) -> None:
    scripted.on("POST", f"{VOICES}/training", ok(voice("sent")))
    done = voice(train_mode="fast", speaker_id="s", gender="male")
    scripted.on("GET", f"{VOICES}/{VOICE}", ok(voice("pendding")), ok(done))
    job = await client.voice_clone.start(voice_urls=[SAMPLE], name="mine", gender="male")
    assert scripted.seen[0].json == {"voice_urls": [SAMPLE], "name": "mine", "gender": "male"}
    words = [record.current_status async for record in job.updates()]
    assert words == ["sent", "pendding", "completed"]
    record = await job
    assert (record.voice_urls, record.train_mode) == ((SAMPLE,), "fast")
    assert (record.speaker_id, record.gender, record.outputs) == ("s", "male", ())
    with pytest.raises(Unsupported):
        await job.download(tmp_path)
    speech = "https://example.com/s.wav"
    scripted.on("POST", "/api/v1/video/send_tts", ok(speech))
    assert await client.text_to_speech("hello", user_voice_id=record.id) == speech


async def test_the_limit_of_voices(client: A2E, scripted: Scripted) -> None:
    scripted.on("POST", f"{VOICES}/training", says({"message": "clone limit exceeded"}, 403))
    with pytest.raises(PermissionDenied):
        await client.voice_clone.start(voice_urls=[SAMPLE])
    assert len(scripted.seen) == 1


async def test_a_lost_training_is_found_in_the_whole_list(client: A2E, scripted: Scripted) -> None:
    def rows(_: Seen) -> Reply:
        name = scripted.requests("POST", f"{VOICES}/training")[0].json["name"]
        return ok([voice("sent", name=name), voice(_id="other")])

    scripted.on("POST", f"{VOICES}/training", DROP).on("GET", f"{VOICES}/trainingRecord", rows)
    assert (await client.voice_clone.start(voice_urls=[SAMPLE])).id == VOICE
    assert scripted.count("POST", "*") == 1


async def test_completed(client: A2E, scripted: Scripted) -> None:
    scripted.on("GET", f"{VOICES}/completedRecord", ok([voice(), voice(_id="b")]))
    records = await client.voice_clone.completed()
    assert [(r.id, r.status) for r in records] == [
        (VOICE, JobStatus.COMPLETED),
        ("b", JobStatus.COMPLETED),
    ]
    assert [seen.query for seen in scripted.seen] == [{}]


@pytest.mark.parametrize("answer", [ok([]), ok(None), ok({"rows": []})])
async def test_none_is_completed(client: A2E, scripted: Scripted, answer: Reply) -> None:
    scripted.on("GET", f"{VOICES}/completedRecord", DROP, answer)
    assert await client.voice_clone.completed() == []


async def test_completed_that_is_no_list(client: A2E, scripted: Scripted) -> None:
    scripted.on("GET", f"{VOICES}/completedRecord", ok("text"))
    with pytest.raises(UnexpectedResponse):
        await client.voice_clone.completed()


async def test_rename(client: A2E, scripted: Scripted) -> None:
    scripted.on("PUT", f"{VOICES}/{VOICE}", DROP, ok(None), html(404))
    await client.voice_clone.rename(VOICE, "another")
    assert [seen.json for seen in scripted.seen] == [{"name": "another"}] * 2
    with pytest.raises(NotFound):
        await client.voice_clone.rename(VOICE, "another")
    with pytest.raises(ValueError, match="name"):
        await client.voice_clone.rename(VOICE, " ")
