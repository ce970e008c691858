"""Voices and languages (documented under "TTS and Voice Clone")."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any, TypeAlias

import attrs

from a2e_async import wire
from a2e_async.http import once
from a2e_async.http.envelope import Envelope
from a2e_async.http.operation import Operation, carries_out
from a2e_async.http.paging import check_page_size, walk
from a2e_async.resources import listing
from a2e_async.resources.resource import Resource
from a2e_async.tasks import checks
from a2e_async.wire import named

_LIST = Operation("GET", "/api/v1/anchor/voice_list")
_LIST_BY_POST = Operation("POST", "/api/v1/anchor/voice_list")
_TTS_LIST = Operation("POST", "/api/v1/anchor/tts_list")
_LANGUAGES = Operation("POST", "/api/v1/anchor/language_list")
_PREVIEWS = Operation("GET", "/api/v1/tts/preview/list")
_DELETE_PREVIEW = Operation("DELETE", "/api/v1/tts/preview/{id}")
_LARGEST_PAGE = 100


@attrs.frozen(kw_only=True)
class Voice:
    """A built-in voice.

    Attributes:
        id: the ``tts_id`` of `A2E.text_to_speech`.
        label: its name.
        group: the group it is listed in, as a rule ``female`` or ``male``.
        tts_rate: its speaking rate by default.
        lang: its language, where the service tells it.
        raw: the service's JSON object.
    """

    id: str | None = attrs.field(default=None, metadata=named("value", "_id", "id"))
    label: str | None = attrs.field(default=None, metadata=named("label", "name"))
    group: str | None = attrs.field(default=None, metadata=named("group", "gender"))
    tts_rate: float | None = attrs.field(default=None, metadata=named("ttsRate"))
    lang: str | None = attrs.field(default=None, metadata=named("lang", "language"))
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


@attrs.frozen(kw_only=True)
class Preview:
    """A speech that was made in the last 24 hours. Its fields are not documented.

    Attributes:
        id: its id.
        msg: what is said, where the service tells it.
        url: URL of the audio, where the service tells it.
        created_at: when it was made.
        raw: the service's JSON object.
    """

    id: str | None = attrs.field(default=None, metadata=named("_id", "id"))
    msg: str | None = attrs.field(default=None, metadata=named("msg", "text"))
    url: str | None = attrs.field(
        default=None, metadata=named("url", "audio_url", "audioUrl", "audioSrc", "result")
    )
    created_at: datetime | None = attrs.field(default=None, metadata=named("createdAt"))
    raw: dict[str, Any] = attrs.field(factory=dict, repr=False, hash=False)


# `list` is a verb of the group's own.
VoiceList: TypeAlias = list[Voice]
Languages: TypeAlias = list[Language]


class Voices(Resource):
    """The voices. Reached from the client: ``a2e.voices``."""

    @carries_out(_LIST)
    async def list(
        self, *, country: str = "en", region: str = "US", voice_map_type: str | None = None
    ) -> VoiceList:
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
        params = _locale(country, region, voice_map_type)
        return _voice_list(await self._session.call(_LIST.call(params=params)))

    @carries_out(_LIST_BY_POST)
    async def list_by_post(
        self, *, country: str = "en", region: str = "US", voice_map_type: str | None = None
    ) -> VoiceList:
        """List the same as `list` in the service's other way (``POST /api/v1/anchor/voice_list``).

        Args:
            country: language, a `Language.value`.
            region: region, a `Region.value`.
            voice_map_type: locale mapping, by default ``{country}-{region}``.

        Returns:
            The voices of all groups, in the order of the answer.

        Raises:
            TypeError, ValueError, APIError, ConnectionFailed: as for `list`.
        """
        body = _locale(country, region, voice_map_type)
        return _voice_list(await self._session.call(_LIST_BY_POST.call(json=body)))

    @carries_out(_TTS_LIST)
    async def tts_list(self) -> VoiceList:
        """List all built-in voices that the account may use (``POST /api/v1/anchor/tts_list``).

        Returns:
            The voices, of all languages.

        Raises:
            APIError: the service refuses, or its answer cannot be read.
            ConnectionFailed: there was no answer.
        """
        return _voice_list(await self._session.call(_TTS_LIST.call()))

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

    @carries_out(_PREVIEWS)
    async def previews(self, *, page_size: int = 50) -> AsyncIterator[Preview]:
        """Go through the speeches of the last 24 hours (``GET /api/v1/tts/preview/list``).

        Args:
            page_size: speeches in one request, 1 to 100.

        Yields:
            The speeches that were not deleted.

        Raises:
            ValueError: the page size is out of bounds.
            APIError: the service refuses, or its answer cannot be read.
            ConnectionFailed: there was no answer.
        """
        check_page_size(page_size, _LARGEST_PAGE)

        async def read(number: int) -> list[Preview]:
            params = {"current": str(number), "pageSize": str(page_size)}
            answer = await self._session.call(_PREVIEWS.call(params=params))
            return [listing.read(item, Preview) for item in listing.items(answer)]

        async for preview in walk(read, listing.key_of):
            yield preview

    @carries_out(_DELETE_PREVIEW)
    async def delete_preview(self, preview_id: str) -> None:
        """Delete a speech from the list of previews (``DELETE /api/v1/tts/preview/{id}``).

        The audio itself stays stored.

        Args:
            preview_id: its id.

        Raises:
            TypeError: the id is no text.
            ValueError: it is blank.
            NotFound: the service does not know it.
            APIError: it refuses.
            ConnectionFailed: there was no answer.
        """
        listing.check_id("preview_id", preview_id)
        await once.delete(self._session, _DELETE_PREVIEW.call(preview_id))


def _locale(country: str, region: str, voice_map_type: str | None) -> dict[str, str]:
    checks.Text().check("country", country)
    checks.Text().check("region", region)
    locale = {"country": country, "region": region, "voice_map_type": f"{country}-{region}"}
    return {**locale, **_mapping(voice_map_type)}


def _voice_list(answer: Envelope) -> list[Voice]:
    return [voice for item in listing.items(answer) for voice in _voices(item)]


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
        Region(value=wire.read_text(child.get("value")), label=wire.read_text(child.get("label")))
        for child in listing.children(item)
    ]
    return Language(
        value=wire.read_text(item.get("value")),
        label=wire.read_text(item.get("label")),
        regions=tuple(regions),
        raw=item,
    )
