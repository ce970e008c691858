"""Avatars, voices, languages and speech."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from a2e_async.sandbox.media.specs import ImageSpec, SpeechSpec
from a2e_async.sandbox.records import render
from a2e_async.sandbox.world import OtherShape

if TYPE_CHECKING:
    from a2e_async.sandbox.world import Call, World

AVATARS = (
    ("Ann", "female", "en-US"),
    ("Ben", "male", "en-GB"),
    ("Chiara", "female", "it-IT"),
    ("Diego", "male", "es-ES"),
    ("Emi", "female", "ja-JP"),
    ("Felix", "male", "de-DE"),
    ("Grace", "female", "en-US"),
    ("Hugo", "male", "fr-FR"),
    ("Iris", "female", "pt-BR"),
    ("Jun", "male", "zh-CN"),
    ("Kim", "female", "ko-KR"),
    ("Luca", "male", "it-IT"),
)
LANGUAGES = {
    "en": ("English", {"US": "United States", "GB": "United Kingdom"}),
    "de": ("German", {"DE": "Germany"}),
    "es": ("Spanish", {"ES": "Spain", "MX": "Mexico"}),
    "fr": ("French", {"FR": "France"}),
    "it": ("Italian", {"IT": "Italy"}),
    "ja": ("Japanese", {"JP": "Japan"}),
    "ko": ("Korean", {"KR": "South Korea"}),
    "pt": ("Portuguese", {"BR": "Brazil"}),
    "zh": ("Chinese", {"CN": "China"}),
}
SCRIPTS = (("぀", "ヿ", "ja-JP"), ("一", "鿿", "zh-CN"), ("가", "힣", "ko-KR"), ("Ѐ", "ӿ", "ru-RU"))
AVATAR_ID = "65ee0000000000000000{:04x}"
VOICE_ID = "65bb0000000000000000{:04x}"


def avatars(world: World, call: Call) -> Any:
    """List the avatars: the system's, the trained ones, or both."""
    asked = call.query.get("type")
    system = [] if asked == "custom" else system_avatars(world)
    own = [] if asked in ("default", "public") else _own_avatars(world)
    twin = call.query.get("user_video_twin_id")
    if twin:
        return [avatar for avatar in own if avatar["user_video_twin_id"] == twin]
    return own + system


def own_avatars(world: World, call: Call) -> Any:
    """List the trained avatars, with the system's when a client type is named."""
    return _own_avatars(world) + (system_avatars(world) if call.body.get("web_type") else [])


def voices(world: World, call: Call) -> Any:
    """List the voices in two levels, by gender."""
    del world, call
    return [
        {
            "label": gender.capitalize(),
            "value": gender,
            "children": [
                {"label": voice["name"], "value": voice["_id"], "ttsRate": 1}
                for voice in _voices()
                if voice["gender"] == gender
            ],
        }
        for gender in ("female", "male")
    ]


def voice_presets(world: World, call: Call) -> Any:
    """List the voices one by one."""
    del world, call
    return _voices()


def languages(world: World, call: Call) -> Any:
    """List the languages with their regions."""
    del world, call
    return [
        {
            "value": code,
            "label": label,
            "children": [{"value": region, "label": name} for region, name in regions.items()],
        }
        for code, (label, regions) in LANGUAGES.items()
    ]


def speak(world: World, call: Call) -> Any:
    """Turn text into speech at once; the answer is the bare URL."""
    owner = world.service.new_id()
    voice = str(call.body.get("tts_id") or call.body.get("user_voice_id"))
    text = str(call.body["msg"])
    world.library[owner] = (SpeechSpec(text, voice, float(call.body.get("speechRate", 1))),)
    url = world.links.media(owner, 0, "wav")
    shelf = world.shelves.setdefault("tts", {})
    shelf[owner] = {"_id": owner, "msg": text, "url": url, "createdAt": world.stamp()}
    return {"audio_url": url} if world.shapes(OtherShape.TEXT) else url


def language_of(world: World, call: Call) -> Any:
    """Guess a language by its script."""
    del world
    text = str(call.body["msg"])
    found = (tag for low, high, tag in SCRIPTS if any(low <= letter <= high for letter in text))
    return next(found, "en-US")


def system_avatars(world: World) -> list[dict[str, Any]]:
    """Return the service's own avatars."""
    return [
        {
            "_id": AVATAR_ID.format(number),
            "name": name,
            "gender": gender,
            "anchor_type": 0,
            "lang": language,
            "video_cover": _cover(world, AVATAR_ID.format(number), name),
            "user_video_twin_id": "",
        }
        for number, (name, gender, language) in enumerate(AVATARS, 1)
    ]


def _own_avatars(world: World) -> list[dict[str, Any]]:
    tasks = world.service.listed(world.products["userVideoTwin"])
    records = [render(task, world.service.user, world.links) for task in tasks]
    return [
        {
            "_id": record["anchor_id"],
            "name": record["name"],
            "gender": record.get("gender", ""),
            "anchor_type": 1,
            "lang": "en-US",
            "video_cover": _cover(world, record["anchor_id"], record["name"]),
            "user_video_twin_id": record["_id"],
        }
        for record in records
        if record.get("anchor_id")
    ]


def _cover(world: World, avatar: str, name: str) -> str:
    world.library.setdefault(avatar, (ImageSpec(name, 480, 640, avatar),))
    return world.links.media(avatar, 0, "png")


def _voices() -> list[dict[str, Any]]:
    return [
        {"_id": VOICE_ID.format(number), "name": name, "gender": gender, "lang": language}
        for number, (name, gender, language) in enumerate(AVATARS, 1)
    ]
