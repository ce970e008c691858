"""Text to speech, and the language of a text (documented under "TTS and Voice Clone")."""

from __future__ import annotations

from typing import Any

import attrs

from a2e_async import wire
from a2e_async.http.once import uncertain_if_lost
from a2e_async.http.operation import Operation, carries_out
from a2e_async.http.retry import Effect
from a2e_async.resources import listing
from a2e_async.resources.resource import Resource
from a2e_async.tasks import checks
from a2e_async.wire import named

_SPEAK = Operation("POST", "/api/v1/video/send_tts")
_CLASSIFY = Operation("POST", "/api/v1/video/lang_classify")
MOST_CHARACTERS = 1000
_URL_KEYS = ("audio_url", "url", "audioSrc", "result")
_LANGUAGE_KEYS = ("lang", "language", "code", "result")


@attrs.frozen(kw_only=True)
class TextToSpeech:
    """The fields of ``POST /api/v1/video/send_tts``, checked. See `Speech.text_to_speech`.

    The fields of a captcha are left out: the service asks nobody for one who has an API token.
    """

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


class Speech(Resource):
    """Texts. Reached from the client: ``a2e.text_to_speech`` and ``a2e.detect_language``."""

    @carries_out(_SPEAK)
    async def text_to_speech(  # noqa: PLR0913  (the operation's fields)
        self,
        msg: str,
        *,
        tts_id: str | None = None,
        user_voice_id: str | None = None,
        country: str = "en",
        region: str = "US",
        speech_rate: float = 1.0,
    ) -> str:
        """Speak a text (``POST /api/v1/video/send_tts``). It is never sent twice.

        Args:
            msg: what to say, 1 to 1000 characters.
            tts_id: a built-in voice. This or ``user_voice_id`` is needed.
            user_voice_id: an own cloned voice. This or ``tts_id`` is needed.
            country: language of a cloned voice, a `Language.value`.
            region: region of a cloned voice, a `Region.value`.
            speech_rate: speed, 0.5 to 2.

        Returns:
            URL of the audio, for ``audio_src`` of an avatar video.

        Raises:
            TypeError: an argument of the wrong type.
            ValueError: an argument out of bounds, or not exactly one voice.
            APIError: the service refuses.
            ConnectionFailed: the service was not reached.
            SubmitUncertain: the answer was lost; the speech may have been charged.
        """
        return await self.speak(
            TextToSpeech(
                msg=msg,
                tts_id=tts_id,
                user_voice_id=user_voice_id,
                country=country,
                region=region,
                speech_rate=speech_rate,
            )
        )

    async def speak(self, request: TextToSpeech) -> str:
        """Speak the text of a request, as `text_to_speech` does with its fields."""
        call = _SPEAK.call(json=wire.unstructure(request))
        with uncertain_if_lost("the speech may have been made and charged", request):
            answer = await self._session.call(call, effect=Effect.START)
            return listing.address_in(answer, *_URL_KEYS)

    @carries_out(_CLASSIFY)
    async def detect_language(self, msg: str) -> str:
        """Tell the language of a text (``POST /api/v1/video/lang_classify``).

        Args:
            msg: the text.

        Returns:
            The language, such as ``en-US``.

        Raises:
            TypeError: no text.
            ValueError: a blank one.
            APIError: the service refuses, or its answer cannot be read.
            ConnectionFailed: there was no answer.
        """
        checks.Text().check("msg", msg)
        answer = await self._session.call(_CLASSIFY.call(json={"msg": msg}))
        data: Any = answer.data
        if isinstance(data, dict):
            data = next((data[key] for key in _LANGUAGE_KEYS if data.get(key)), None)
        if not isinstance(data, str) or not data:
            raise listing.unexpected(answer, "the answer holds no language")
        return data
