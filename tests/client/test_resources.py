"""Voices, languages, avatars, the account."""

from __future__ import annotations

from typing import Any

import pytest

from a2e_async import A2E, InsufficientCoins, Region, UnexpectedResponse
from tests.support.scripted import Scripted, ok, says

VOICES = "/api/v1/anchor/voice_list"
LANGUAGES = "/api/v1/anchor/language_list"
AVATARS = "/api/v1/anchor/character_list"
COINS = "/api/v1/user/remainingCoins"


async def test_voices_in_groups(client: A2E, scripted: Scripted) -> None:
    groups = [
        {"value": "female", "label": "Female", "children": [{"value": "1", "label": "Ann"}]},
        {"value": "male", "children": [{"value": "2", "label": "Bob", "ttsRate": "1.5"}, None]},
        {"value": "none", "children": None},
    ]
    scripted.on("GET", VOICES, ok(groups))
    voices = await client.voices.list(country="de", region="DE")
    assert [(v.id, v.label, v.group) for v in voices] == [
        ("1", "Ann", "female"),
        ("2", "Bob", "male"),
    ]
    assert voices[1].tts_rate == 1.5
    assert voices[0].raw == {"value": "1", "label": "Ann"}
    query = {"country": "de", "region": "DE", "voice_map_type": "de-DE"}
    assert scripted.seen[0].query == query


@pytest.mark.parametrize("wrap", [lambda v: v, lambda v: {"list": v}, lambda v: {"rows": v}])
async def test_voices_in_a_flat_list(client: A2E, scripted: Scripted, wrap: Any) -> None:
    scripted.on("GET", VOICES, ok(wrap([{"_id": "1", "name": "Ann"}])))
    (voice,) = await client.voices.list(voice_map_type="en")
    assert (voice.id, voice.label, voice.group) == ("1", "Ann", None)
    assert scripted.seen[0].query["voice_map_type"] == "en"


async def test_languages(client: A2E, scripted: Scripted) -> None:
    english = {"value": "en", "label": "English", "children": [{"value": "US", "label": "USA"}]}
    scripted.on("POST", LANGUAGES, ok([english, {"value": "de"}]))
    one, other = await client.languages()
    assert (one.value, one.label, one.raw) == ("en", "English", english)
    assert one.regions == (Region(value="US", label="USA"),)
    assert other.regions == ()
    await client.languages(voice_map_type="en-US")
    assert [seen.json for seen in scripted.seen] == [{}, {"voice_map_type": "en-US"}]


async def test_avatars(client: A2E, scripted: Scripted) -> None:
    raw = {"_id": "1", "name": "Ann", "anchor_type": "1", "lang": "en-US", "more": 5}
    scripted.on("GET", AVATARS, ok([raw]))
    (avatar,) = await client.avatars.list(type="custom", user_video_twin_id="t")
    assert (avatar.id, avatar.anchor_type, avatar.raw) == ("1", 1, raw)
    assert scripted.seen[0].query == {"type": "custom", "user_video_twin_id": "t"}
    await client.avatars.list()
    assert scripted.seen[1].query == {}


async def test_no_list_at_all_is_an_empty_one(client: A2E, scripted: Scripted) -> None:
    scripted.on("*", "*", ok(None))
    assert await client.avatars.list() == []
    assert await client.voices.list() == []
    assert await client.languages() == []


@pytest.mark.parametrize("data", ["text", 5, {"odd": 1}, True])
async def test_what_is_no_list(client: A2E, scripted: Scripted, data: Any) -> None:
    scripted.on("*", "*", ok(data))
    for call in (client.avatars.list(), client.voices.list(), client.languages()):
        with pytest.raises(UnexpectedResponse) as caught:
            await call
        assert caught.value.body["data"] == data


async def test_wrong_arguments(client: A2E, scripted: Scripted) -> None:
    for call, field in (
        (client.voices.list(country=""), "country"),
        (client.voices.list(region=None), "region"),  # type: ignore[arg-type]
        (client.voices.list(voice_map_type=5), "voice_map_type"),  # type: ignore[arg-type]
        (client.languages(voice_map_type=" "), "voice_map_type"),
        (client.avatars.list(type="mine"), "type"),  # type: ignore[arg-type]
        (client.avatars.list(user_video_twin_id=""), "user_video_twin_id"),
    ):
        with pytest.raises((ValueError, TypeError), match=field):
            await call
    assert scripted.seen == []


@pytest.mark.parametrize(
    ("data", "coins"),
    [({"coins": 5}, 5), ({"coins": "5.5"}, 5.5), (5, 5), ("5", 5), ({"coins": 0}, 0), (-3, -3)],
)
async def test_coins(client: A2E, scripted: Scripted, data: Any, coins: float) -> None:
    scripted.on("GET", COINS, ok(data))
    assert await client.account.coins() == coins


@pytest.mark.parametrize("data", [{}, {"coins": None}, {"coins": "many"}, [], [5], None, True])
async def test_coins_that_are_none(client: A2E, scripted: Scripted, data: Any) -> None:
    scripted.on("GET", COINS, ok(data))
    with pytest.raises(UnexpectedResponse):
        await client.account.coins()


async def test_the_groups_are_made_once(client: A2E, scripted: Scripted) -> None:
    assert client.voices is client.voices
    assert client.files is client.files
    scripted.on("GET", COINS, says({"code": 402, "message": "not enough coins"}))
    with pytest.raises(InsufficientCoins):
        await client.account.coins()
