"""Calls that put several operations of the service together."""

from __future__ import annotations

from typing import Any

import attrs

from a2e_async.errors import A2EError
from a2e_async.http.session import Session
from a2e_async.jobs.core import Core
from a2e_async.jobs.family import Family
from a2e_async.jobs.job import Job
from a2e_async.resources.avatars import Avatar, Avatars
from a2e_async.resources.speech import TextToSpeech, text_to_speech
from a2e_async.resources.voices import Voices
from a2e_async.tasks.avatar_video import AvatarVideo, AvatarVideoRecord

# Stands for the speech while the other fields are checked, before anything is paid.
_NO_AUDIO_YET = "https://audio.invalid/speech"


async def avatar_video_from_text(  # noqa: PLR0913  (what the two operations take)
    core: Core,
    family: Family[Any, AvatarVideoRecord],
    *,
    text: str,
    anchor_id: str,
    speech: dict[str, Any],
    video: dict[str, Any],
) -> Job[AvatarVideoRecord]:
    """Speak a text, then start the avatar video of it. `A2E.avatar_video_from_text` tells more.

    Args:
        core: the parts of the client.
        family: the client's avatar videos.
        text: what the avatar says.
        anchor_id: the avatar's id.
        speech: fields of `TextToSpeech`; None values count as left out.
        video: fields of `AvatarVideo`; without an ``anchor_type`` it is looked up.

    Returns:
        The job of the video.
    """
    session = core.session
    speech = {key: value for key, value in speech.items() if value is not None}
    checked = AvatarVideo(
        anchor_id=anchor_id, audio_src=_NO_AUDIO_YET, **{"anchor_type": 0, **video}
    )
    voiced = bool(speech.keys() & {"tts_id", "user_voice_id"})
    # Says what is wrong with the text before anything is asked of the service.
    TextToSpeech(msg=text, **(speech if voiced else {**speech, "tts_id": "chosen below"}))
    avatar = await _avatar(session, anchor_id) if "anchor_type" not in video or not voiced else None
    if avatar is not None and "anchor_type" not in video:
        checked = attrs.evolve(checked, anchor_type=_anchor_type(avatar))
    if not voiced:
        speech = await _with_voice(session, speech, avatar)
    if checked.has_local_media:
        checked = await core.files.resolve(checked)
    url = await text_to_speech(session, TextToSpeech(msg=text, **speech))
    try:
        return await family.submit(attrs.evolve(checked, audio_src=url))
    except A2EError as error:
        error.add_note(f"The speech was made and can be used again as audio_src: {url}")
        raise


async def _avatar(session: Session, anchor_id: str) -> Avatar:
    avatars = await Avatars(session).list()
    found = next((avatar for avatar in avatars if avatar.id == anchor_id), None)
    if found is None:
        raise ValueError(
            f"anchor_id: expected the id of one of the {len(avatars)} avatars in "
            f"a2e.avatars.list(), got {anchor_id!r}; give anchor_type and a voice to use it anyway"
        )
    return found


def _anchor_type(avatar: Avatar) -> int:
    if avatar.anchor_type in (0, 1):
        return avatar.anchor_type
    return 1 if avatar.user_video_twin_id else 0


async def _with_voice(
    session: Session, speech: dict[str, Any], avatar: Avatar | None
) -> dict[str, Any]:
    language, _, area = ((avatar and avatar.lang) or "en-US").partition("-")
    country = speech.get("country", language or "en")
    region = speech.get("region", area or "US")
    voices = await Voices(session).list(country=country, region=region)
    chosen = next((voice.id for voice in voices if voice.id), None)
    if chosen is None:
        raise ValueError(f"tts_id: no voice for {country}-{region}; a2e.languages() lists them")
    return {**speech, "tts_id": chosen, "country": country, "region": region}
