"""Voices and languages (documented under "TTS and Voice Clone")."""

from __future__ import annotations

from typing import Any, TypeAlias

import attrs

from a2e_async.http.operation import Operation, carries_out
from a2e_async.http.session import Session
from a2e_async.resources import listing
from a2e_async.tasks import checks
from a2e_async.wire import named

_LIST = Operation("GET", "/api/v1/anchor/voice_list")
_LANGUAGES = Operation("POST", "/api/v1/anchor/language_list")


@attrs.frozen(kw_only=True)
class Voice:
    """A built-in voice.

    Attributes:
        id: the ``tts_id`` of `A2E.text_to_speech`.
        label: its name.
        group: the group it is listed in, as a rule ``female`` or ``male``.
        tts_rate: its speaking rate by default.
        raw: the service's JSON object.
    """

    id: str | None = attrs.field(default=None, metadata=named("value", "_id", "id"))
    label: str | None = attrs.field(default=None, metadata=named("label", "name"))
    group: str | None = None
    tts_rate: float | None = attrs.field(default=None, metadata=named("ttsRate"))
    raw: dict[str, Any] = attrs.field(factory=dict, repr=False, hash=False)


@attrs.frozen(kw_only=True)
class Region:
    """A region of a language.

    Attributes:
        value: the ``region`` of `A2E.text_to_speech` and `Voices.list`.
        label: its name.
    """

    value: str | None = None
    label: str | None = None


@attrs.frozen(kw_only=True)
class Language:
    """A language that voices speak.

    Attributes:
        value: the ``country`` of `A2E.text_to_speech` and `Voices.list`.
        label: its name.
        regions: where it is spoken.
        raw: the service's JSON object.
    """

    value: str | None = None
    label: str | None = None
    regions: tuple[Region, ...] = ()
    raw: dict[str, Any] = attrs.field(factory=dict, repr=False, hash=False)


# `list` is a verb of the group's own.
Languages: TypeAlias = list[Language]


class Voices:
    """The voices. Reached from the client: ``a2e.voices``."""

    def __init__(self, session: Session) -> None:
        """Ask over this session."""
        self._session = session

    @carries_out(_LIST)
    async def list(
        self, *, country: str = "en", region: str = "US", voice_map_type: str | None = None
    ) -> list[Voice]:
        """List the built-in voices of a language (``GET /api/v1/anchor/voice_list``).

        Args:
            country: language, a `Language.value`.
            region: region, a `Region.value`.
            voice_map_type: locale mapping, by default ``{country}-{region}``.

        Returns:
            The voices of all groups, in the order of the answer.

        Raises:
            TypeError: an argument that is no text.
            ValueError: a blank one.
            APIError: the service refuses, or its answer cannot be read.
            ConnectionFailed: there was no answer.
        """
        checks.Text().check("country", country)
        checks.Text().check("region", region)
        params = {
            "country": country,
            "region": region,
            "voice_map_type": f"{country}-{region}",
            **_mapping(voice_map_type),
        }
        answer = await self._session.call(_LIST.call(params=params))
        return [voice for item in listing.items(answer) for voice in _voices(item)]

    @carries_out(_LANGUAGES)
    async def languages(self, *, voice_map_type: str | None = None) -> Languages:
        """List the languages that voices speak (``POST /api/v1/anchor/language_list``).

        Args:
            voice_map_type: narrows by locale mapping, such as ``en-US``.

        Returns:
            The languages with their regions.

        Raises:
            TypeError: an argument that is no text.
            ValueError: a blank one.
            APIError: the service refuses, or its answer cannot be read.
            ConnectionFailed: there was no answer.
        """
        answer = await self._session.call(_LANGUAGES.call(json=_mapping(voice_map_type)))
        return [_language(item) for item in listing.items(answer)]


def _voices(item: dict[str, Any]) -> list[Voice]:
    if "children" not in item:
        return [listing.read(item, Voice)]
    group = item.get("value")
    return [listing.read(child, Voice, group=group) for child in listing.children(item)]


def _mapping(voice_map_type: str | None) -> dict[str, str]:
    if voice_map_type is None:
        return {}
    checks.Text().check("voice_map_type", voice_map_type)
    return {"voice_map_type": voice_map_type}


def _language(item: dict[str, Any]) -> Language:
    regions = [
        Region(value=child.get("value"), label=child.get("label"))
        for child in listing.children(item)
    ]
    return Language(
        value=item.get("value"), label=item.get("label"), regions=tuple(regions), raw=item
    )
