"""Avatars that speak in avatar videos (documented under "Generate Avatar Videos")."""

from __future__ import annotations

from typing import Any, Literal

import attrs

from a2e_async.http.operation import Operation, carries_out
from a2e_async.http.session import Session
from a2e_async.resources import listing
from a2e_async.tasks import checks
from a2e_async.wire import named

_LIST = Operation("GET", "/api/v1/anchor/character_list")

AvatarType = Literal["default", "public", "custom"]


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


class Avatars:
    """The avatars. Reached from the client: ``a2e.avatars``."""

    def __init__(self, session: Session) -> None:
        """Ask over this session."""
        self._session = session

    @carries_out(_LIST)
    async def list(
        self, *, type: AvatarType | None = None, user_video_twin_id: str | None = None
    ) -> list[Avatar]:
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
            checks.Choice(("default", "public", "custom")).check("type", type)
        if user_video_twin_id is not None:
            checks.Text().check("user_video_twin_id", user_video_twin_id)
        params = {"type": type, "user_video_twin_id": user_video_twin_id}
        given = {key: value for key, value in params.items() if value is not None}
        answer = await self._session.call(_LIST.call(params=given))
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


def _avatar(item: dict[str, Any]) -> Avatar:
    avatar = listing.read(item, Avatar)
    if avatar.anchor_type in (0, 1):
        return avatar
    return attrs.evolve(avatar, anchor_type=1 if avatar.user_video_twin_id else 0)
