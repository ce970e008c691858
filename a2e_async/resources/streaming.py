"""Streaming avatars (documented under "Streaming Avatar").

The video and sound come over Agora, whose own client takes what a `StreamingSession` tells. It is
no part of this package.
"""

from __future__ import annotations

from typing import Any

import attrs

from a2e_async.http.operation import Operation, carries_out
from a2e_async.http.session import Session
from a2e_async.resources import listing
from a2e_async.resources.openings import OPEN, BeforeClose, NewRoom, Opening
from a2e_async.resources.resource import Resource
from a2e_async.resources.rooms import LEAVE
from a2e_async.tasks import checks
from a2e_async.wire import named

_AVATARS = Operation("GET", "/api/v1/streaming-avatar/all_avatars")


@attrs.frozen(kw_only=True)
class StreamingAvatar:
    """An avatar that can be streamed.

    Attributes:
        id: its id, for `Streaming.open`.
        name: its name.
        raw: the service's JSON object.
    """

    id: str | None = attrs.field(default=None, metadata=named("_id", "id"))
    name: str | None = None
    raw: dict[str, Any] = attrs.field(factory=dict, repr=False, hash=False)


class Streaming(Resource):
    """Streaming avatars. Reached from the client: ``a2e.streaming``."""

    def __init__(self, session: Session, before_close: BeforeClose) -> None:
        """Ask over this session, and leave all rooms before the client closes."""
        super().__init__(session)
        self._before_close = before_close

    @carries_out(_AVATARS)
    async def avatars(self) -> list[StreamingAvatar]:
        """List the avatars that can be streamed (``GET /api/v1/streaming-avatar/all_avatars``).

        Returns:
            The avatars.

        Raises:
            APIError: the service refuses, or its answer cannot be read.
            ConnectionFailed: there was no answer.
        """
        answer = await self._session.call(_AVATARS.call())
        return [listing.read(item, StreamingAvatar) for item in listing.items(answer)]

    @carries_out(OPEN)
    def open(self, avatar_id: str, *, expire_seconds: int) -> Opening:
        """Open a room with an avatar (``POST /api/v1/streaming-avatar/agora-token``).

            async with a2e.streaming.open(avatar_id, expire_seconds=600) as room:
                ...                          # connect Agora's client: room.app_id, room.token, …
                await room.ask("Who are you?")

        The whole time is charged at the opening, and what is unused is paid back when the room is
        left. So the end of ``async with`` leaves it, also after an error or a cancellation, and so
        does the closing of the client. The opening is never sent twice, unless the service said
        that all places are taken.

        One room is for one end user, or for users who share it.

        Args:
            avatar_id: one of `avatars`.
            expire_seconds: how long the room lasts at the most, in seconds.

        Returns:
            What ``async with`` opens the room by; it gives a `StreamingSession`.

        Raises:
            TypeError: an argument of the wrong type.
            ValueError: a blank id, or no time.
            ServiceBusy: at the opening, all places are taken, and stay so for the retries.
            APIError: at the opening, the service refuses.
            ConnectionFailed: at the opening, the service was not reached.
            SubmitUncertain: at the opening, the answer was lost; the room may be open and charged.
            A2EError: at the end, leaving failed. The message names the channel; while another error
                is under way, it is a note of that one and in the log.
        """
        new = NewRoom(avatar_id=avatar_id, expire_seconds=expire_seconds)
        return Opening(self._session, self._before_close, new)

    @carries_out(LEAVE)
    async def leave(self, channel: str) -> None:
        """Leave a room of another process (``POST /api/v1/streaming-avatar/leave``).

        Args:
            channel: `StreamingSession.channel` of the room.

        Raises:
            TypeError: the channel is no text.
            ValueError: it is blank.
            APIError: the service refuses.
            ConnectionFailed: there was no answer.
        """
        checks.Text().check("channel", channel)
        await self._session.call(LEAVE.call(json={"channel": channel}), at_once=True)
