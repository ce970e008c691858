"""Text to speech (documented under "TTS and Voice Clone")."""

from __future__ import annotations

from typing import Any

import attrs

from a2e_async import wire
from a2e_async.errors import A2EError, SubmitUncertain
from a2e_async.http.call import Call
from a2e_async.http.envelope import Envelope
from a2e_async.http.retry import Effect, Fate, fate
from a2e_async.http.session import Session
from a2e_async.resources import listing
from a2e_async.tasks import checks
from a2e_async.wire import named

MOST_CHARACTERS = 1000
_URL_KEYS = ("audio_url", "url", "audioSrc", "result")


@attrs.frozen(kw_only=True)
class TextToSpeech:
    """The fields of ``POST /api/v1/video/send_tts``, checked. See `text_to_speech`."""

    msg: str = attrs.field(validator=checks.Text(MOST_CHARACTERS))
    tts_id: str | None = attrs.field(default=None, validator=checks.Text())
    user_voice_id: str | None = attrs.field(default=None, validator=checks.Text())
    country: str = attrs.field(default="en", validator=checks.Text())
    region: str = attrs.field(default="US", validator=checks.Text())
    speech_rate: float = attrs.field(
        default=1.0, validator=checks.Number(0.5, 2), metadata=named("speechRate")
    )

    def __attrs_post_init__(self) -> None:
        """Check that exactly one voice is named."""
        if (self.tts_id is None) == (self.user_voice_id is None):
            given = "neither" if self.tts_id is None else "both"
            raise ValueError(
                "tts_id: expected this (a2e.voices.list()) or user_voice_id (a cloned voice), "
                f"got {given}"
            )


async def text_to_speech(session: Session, request: TextToSpeech) -> str:
    """Speak a text (``POST /api/v1/video/send_tts``). It is never sent twice.

    Args:
        session: the client's session.
        request: what to say, and how.

    Returns:
        URL of the audio.

    Raises:
        APIError: the service refuses.
        ConnectionFailed: the service was not reached.
        SubmitUncertain: the answer was lost or holds no URL; the speech may have been charged.
    """
    call = Call("POST", "/api/v1/video/send_tts", json=wire.unstructure(request))
    try:
        return _url(await session.call(call, effect=Effect.START))
    except A2EError as error:
        if fate(error) is not Fate.UNKNOWN:
            raise
        words = "text_to_speech: the answer was lost; the speech may have been made and charged"
        raise SubmitUncertain(words, request=request, name=None) from error


def _url(answer: Envelope) -> str:
    data: Any = answer.data
    if isinstance(data, dict):
        data = next((data[key] for key in _URL_KEYS if data.get(key)), None)
    if not isinstance(data, str) or not data.startswith(("https://", "http://")):
        raise listing.unexpected(answer, "the answer holds no URL of an audio")
    return data
