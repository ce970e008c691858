"""Avatars that speak in avatar videos (documented under "Generate Avatar Videos")."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias, get_args

import attrs

from a2e_async.http import once
from a2e_async.http.once import uncertain_if_lost
from a2e_async.http.operation import Operation, carries_out
from a2e_async.http.retry import Effect
from a2e_async.resources import listing
from a2e_async.resources.resource import Resource
from a2e_async.tasks import checks
from a2e_async.wire import named

_LIST = Operation("GET", "/api/v1/anchor/character_list")
_ALL = Operation("POST", "/api/v1/anchor/list")
_LIST_CUSTOM = Operation("POST", "/api/v1/custom_avatar/list")
_ADD_CUSTOM = Operation("POST", "/api/v1/custom_avatar/add")
_UPDATE_CUSTOM = Operation("PUT", "/api/v1/custom_avatar/{_id}")
_DELETE_CUSTOM = Operation("POST", "/api/v1/custom_avatar/del", body="_id")
_TAGS = Operation("GET", "/api/v1/custom_avatar/all_tags")

_TAG_KEYS = ("tag", "name", "label", "value")

AvatarType = Literal["default", "public", "custom"]
WebType = Literal["a2e", "tyzn"]


@attrs.frozen(kw_only=True)
class Avatar:
    """An avatar.

    Attributes:
        id: the ``anchor_id`` of an avatar video.
        name: its name.
        anchor_type: the ``anchor_type`` of an avatar video, 0 for a system avatar, 1 for a custom
            one. Where the service does not tell, one that comes from a training is custom.
        lang: its language, such as ``en-US``.
        video_cover: URL of its picture.
        user_video_twin_id: the training that it comes from, for a custom avatar.
        raw: the service's JSON object.
    """

    id: str | None = attrs.field(default=None, metadata=named("_id", "id"))
    name: str | None = None
    anchor_type: int | None = None
    lang: str | None = None
    video_cover: str | None = None
    user_video_twin_id: str | None = None
    raw: dict[str, Any] = attrs.field(factory=dict, repr=False, hash=False)


@attrs.frozen(kw_only=True)
class CustomAvatar:
    """An avatar in the account's own library. Its fields are not documented.

    Attributes:
        id: its id, where the service tells it.
        name: its name, where the service tells it.
        raw: what the service answered.
    """

    id: str | None = attrs.field(default=None, metadata=named("_id", "id"))
    name: str | None = None
    raw: dict[str, Any] = attrs.field(factory=dict, repr=False, hash=False)


# `list` is a verb of the group's own.
AvatarList: TypeAlias = list[Avatar]
CustomAvatars: TypeAlias = list[CustomAvatar]
Tags: TypeAlias = list[str]


class Avatars(Resource):
    """The avatars. Reached from the client: ``a2e.avatars``."""

    @carries_out(_LIST)
    async def list(
        self, *, type: AvatarType | None = None, user_video_twin_id: str | None = None
    ) -> AvatarList:
        """List avatars (``GET /api/v1/anchor/character_list``).

        Args:
            type: ``default``, ``public`` or ``custom``; left out, all of them.
            user_video_twin_id: only the avatar of this training.

        Returns:
            The avatars.

        Raises:
            TypeError: an argument that is no text.
            ValueError: an unknown type, or a blank id.
            APIError: the service refuses, or its answer cannot be read.
            ConnectionFailed: there was no answer.
        """
        if type is not None:
            checks.Choice(get_args(AvatarType)).check("type", type)
        if user_video_twin_id is not None:
            checks.Text().check("user_video_twin_id", user_video_twin_id)
        params = {"type": type, "user_video_twin_id": user_video_twin_id}
        given = {key: value for key, value in params.items() if value is not None}
        answer = await self._session.call(_LIST.call(params=given))
        return [_avatar(item) for item in listing.items(answer)]

    @carries_out(_ALL)
    async def all(self, *, web_type: WebType | None = None) -> AvatarList:
        """List the avatars that the account may use (``POST /api/v1/anchor/list``).

        Args:
            web_type: ``a2e`` or ``tyzn``: either adds the service's own avatars to the account's.

        Returns:
            The avatars.

        Raises:
            TypeError: the type is no text.
            ValueError: it is unknown.
            APIError: the service refuses, or its answer cannot be read.
            ConnectionFailed: there was no answer.
        """
        if web_type is not None:
            checks.Choice(get_args(WebType)).check("web_type", web_type)
        body = {} if web_type is None else {"web_type": web_type}
        answer = await self._session.call(_ALL.call(json=body))
        return [_avatar(item) for item in listing.items(answer)]

    async def find(self, anchor_id: str) -> Avatar:
        """Find an avatar by its id, in the list of all.

        Args:
            anchor_id: the avatar's id.

        Returns:
            The avatar.

        Raises:
            ValueError: it is none of those in the list.
            APIError: the service refuses, or its answer cannot be read.
            ConnectionFailed: there was no answer.
        """
        avatars = await self.list()
        found = next((avatar for avatar in avatars if avatar.id == anchor_id), None)
        if found is None:
            raise ValueError(
                f"anchor_id: expected the id of one of the {len(avatars)} avatars in "
                f"a2e.avatars.list(), got {anchor_id!r}"
            )
        return found

    @carries_out(_LIST_CUSTOM)
    async def list_custom(self, filters: Mapping[str, Any] | None = None) -> CustomAvatars:
        """List the account's custom avatars (``POST /api/v1/custom_avatar/list``).

        Args:
            filters: a JSON object to send. The service's page speaks of paging and filters and
                names no field.

        Returns:
            The custom avatars.

        Raises:
            TypeError: no mapping with text keys.
            ValueError: a value that JSON cannot hold.
            APIError: the service refuses, or its answer cannot be read.
            ConnectionFailed: there was no answer.
        """
        call = _LIST_CUSTOM.call(json=listing.given("filters", filters))
        answer = await self._session.call(call)
        return [listing.read(item, CustomAvatar) for item in listing.items(answer)]

    @carries_out(_ADD_CUSTOM)
    async def add_custom(self, fields: Mapping[str, Any]) -> CustomAvatar:
        """Add a custom avatar (``POST /api/v1/custom_avatar/add``). It is never sent twice.

        Args:
            fields: the JSON object to send. The service's page names no field.

        Returns:
            What the answer tells of it: the first one, where the answer is a list.

        Raises:
            TypeError: no mapping with text keys.
            ValueError: a value that JSON cannot hold.
            APIError: the service refuses.
            ConnectionFailed: the service was not reached.
            SubmitUncertain: the answer was lost; the avatar may have been added.
        """
        call = _ADD_CUSTOM.call(json=listing.needed("fields", fields))
        with uncertain_if_lost("the avatar may have been added", call.json):
            answer = await self._session.call(call, effect=Effect.START)
        return listing.read(listing.first(answer.data), CustomAvatar)

    @carries_out(_UPDATE_CUSTOM)
    async def update_custom(self, avatar_id: str, fields: Mapping[str, Any]) -> CustomAvatar:
        """Change a custom avatar (``PUT /api/v1/custom_avatar/{_id}``).

        Args:
            avatar_id: its id.
            fields: the JSON object to send. Fields that are left out keep their values; the
                service's page names none.

        Returns:
            What the answer tells of it.

        Raises:
            TypeError: the id is no text, or the fields are no mapping with text keys.
            ValueError: a blank id, or a value that JSON cannot hold.
            NotFound: the service does not know it.
            APIError: it refuses.
            ConnectionFailed: there was no answer.
        """
        listing.check_id("avatar_id", avatar_id)
        call = _UPDATE_CUSTOM.call(avatar_id, json=listing.needed("fields", fields))
        answer = await self._session.call(call)
        return listing.read(listing.first(answer.data), CustomAvatar)

    @carries_out(_DELETE_CUSTOM)
    async def delete_custom(self, avatar_id: str) -> None:
        """Delete a custom avatar (``POST /api/v1/custom_avatar/del``).

        The service's page speaks of an id and names no field: it is sent as ``_id``.

        Args:
            avatar_id: its id.

        Raises:
            TypeError: the id is no text.
            ValueError: it is blank.
            NotFound: the service does not know it.
            APIError: it refuses.
            ConnectionFailed: there was no answer.
        """
        listing.check_id("avatar_id", avatar_id)
        await once.delete(self._session, _DELETE_CUSTOM.call(avatar_id))

    @carries_out(_TAGS)
    async def tags(self) -> Tags:
        """List the tags of the custom avatars (``GET /api/v1/custom_avatar/all_tags``).

        Returns:
            The tags, each once.

        Raises:
            APIError: the service refuses, or its answer cannot be read.
            ConnectionFailed: there was no answer.
        """
        answer = await self._session.call(_TAGS.call())
        if isinstance(answer.data, dict) and "tags" in answer.data:
            answer = attrs.evolve(answer, data=answer.data["tags"])
        return listing.words(answer, *_TAG_KEYS)


def _avatar(item: dict[str, Any]) -> Avatar:
    avatar = listing.read(item, Avatar)
    if avatar.anchor_type in (0, 1):
        return avatar
    return attrs.evolve(avatar, anchor_type=1 if avatar.user_video_twin_id else 0)
