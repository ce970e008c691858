"""Calls that put several operations of the service together."""

from __future__ import annotations

from typing import Any

import anyio
import attrs

from a2e_async.errors import A2EError
from a2e_async.http.session import Session
from a2e_async.jobs.core import Core
from a2e_async.jobs.family import Family
from a2e_async.jobs.job import Job
from a2e_async.resources.avatars import Avatars
from a2e_async.resources.speech import Speech, TextToSpeech
from a2e_async.resources.voices import Voices
from a2e_async.tasks.avatar_video import AvatarVideo, AvatarVideoRecord

# These stand for what comes later while the other fields are checked.
_NO_AUDIO_YET = "https://audio.invalid/speech"
_NO_VOICE_YET = "chosen later"
_LANGUAGE = "en-US"


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
    # The speech is charged on its own, so that it is not made for a start that cannot be.
    core.check_starting()
    speech = {key: value for key, value in speech.items() if value is not None}
    request = checked(text=text, anchor_id=anchor_id, speech=speech, video=video)
    voiced = _names_voice(speech)
    avatar = None
    if "anchor_type" not in video or not voiced:
        avatar = await Avatars(session).find(anchor_id)
        request = attrs.evolve(request, **{"anchor_type": avatar.anchor_type, **video})
    if avatar is not None and not voiced:
        speech = await _with_voice(session, speech, avatar.lang or _LANGUAGE)
    if request.has_local_media:
        request = await core.files.resolve(request)
    url = await Speech(session).speak(TextToSpeech(msg=text, **speech))
    try:
        return await family.submit(attrs.evolve(request, audio_src=url))
    except (A2EError, anyio.get_cancelled_exc_class()) as error:
        error.add_note(f"The speech was made and can be used again as audio_src: {url}")
        raise


def checked(
    *, text: str, anchor_id: str, speech: dict[str, Any], video: dict[str, Any]
) -> AvatarVideo:
    """Check all fields of an avatar video from text, before anything is asked of the service.

    Args:
        text: what the avatar says.
        anchor_id: the avatar's id.
        speech: fields of `TextToSpeech`; the voice may be left out.
        video: fields of `AvatarVideo`; ``anchor_type`` may be left out.

    Returns:
        The request, with an audio that is still to be made.

    Raises:
        TypeError: a field is unknown or of the wrong type.
        ValueError: a field is out of bounds, or there is an audio already.
    """
    if "audio_src" in video:
        raise ValueError("audio_src: expected this or a text to speak, got both")
    voice: dict[str, Any] = {} if _names_voice(speech) else {"tts_id": _NO_VOICE_YET}
    TextToSpeech(msg=text, **speech, **voice)
    return AvatarVideo(anchor_id=anchor_id, audio_src=_NO_AUDIO_YET, **{"anchor_type": 0, **video})


def _names_voice(speech: dict[str, Any]) -> bool:
    return bool(speech.keys() & {"tts_id", "user_voice_id"})


async def _with_voice(session: Session, speech: dict[str, Any], lang: str) -> dict[str, Any]:
    country, _, region = lang.partition("-")
    region = region or await _first_region(session, country)
    voices = await Voices(session).list(country=country, region=region)
    chosen = next((voice.id for voice in voices if voice.id), None)
    if chosen is None:
        raise ValueError(
            f"tts_id: expected one, since no voice is listed for the avatar's language {lang!r}; "
            "a2e.languages() and a2e.voices.list() tell what there is"
        )
    return {**speech, "tts_id": chosen, "country": country, "region": region}


async def _first_region(session: Session, country: str) -> str:
    known = await Voices(session).languages()
    regions = (language.regions for language in known if language.value == country)
    return next((region.value for found in regions for region in found if region.value), "US")
