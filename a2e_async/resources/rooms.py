"""The room of a streaming avatar: charged from its opening until it is left."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Coroutine
from datetime import datetime
from types import TracebackType
from typing import Any, TypeAlias

import anyio
import attrs

from a2e_async import wire
from a2e_async.errors import A2EError, NotFound
from a2e_async.http.envelope import Envelope
from a2e_async.http.hiding import hiding, unreadable
from a2e_async.http.once import uncertain_if_lost
from a2e_async.http.operation import Operation, carries_out
from a2e_async.http.retry import Effect
from a2e_async.http.session import Session
from a2e_async.http.unbroken import to_the_end
from a2e_async.tasks import checks

_log = logging.getLogger("a2e_async.streaming")

_PATH = "/api/v1/streaming-avatar"
OPEN = Operation("POST", f"{_PATH}/agora-token")
LEAVE = Operation("POST", f"{_PATH}/leave")
_CONTEXT = Operation("POST", f"{_PATH}/set-qa-context")
_ASK = Operation("POST", f"{_PATH}/ask")
_SPEAK = Operation("POST", f"{_PATH}/speak")

MOST_CHARACTERS = 5000
# How long a cancelled opening waits for the answer, so that the room can be left again.
_GRACE = 10.0
_LEAVE_TIMEOUT = 60.0
_LEAVE_READ_TIMEOUT = 15.0
_SECONDS_UNTIL = 10**11

BeforeClose: TypeAlias = Callable[[Callable[[], Coroutine[Any, Any, None]]], Callable[[], None]]
"""`Core.before_close`: has something done when the client closes, and gives a way to take it back.
"""


@attrs.frozen(kw_only=True)
class NewRoom:
    """The fields of ``POST /api/v1/streaming-avatar/agora-token``, checked."""

    avatar_id: str = attrs.field(validator=checks.Text())
    expire_seconds: int = attrs.field(validator=checks.Integer(1))


class StreamingSession:
    """A room that is open. Use it within ``async with a2e.streaming.open(…) as room:``.

    Attributes:
        app_id: id of the Agora app, for Agora's own client.
        channel: the room's name, for Agora's client and for `Streaming.leave`.
        token: Agora's token, good for this room. It is in no repr.
        uid: the user's id with Agora.
        expires: when the room closes by itself, where the service tells it.
        raw: the service's JSON object. It holds the token.
    """

    def __init__(  # noqa: PLR0913  (the parts of an answer)
        self,
        session: Session,
        *,
        app_id: str,
        channel: str,
        token: str,
        uid: int,
        expires: datetime | None,
        raw: dict[str, Any],
    ) -> None:
        """Made by `Streaming.open`."""
        self.app_id = app_id
        self.channel = channel
        self.token = token
        self.uid = uid
        self.expires = expires
        self.raw = raw
        self._session = session
        self._leaving = asyncio.Lock()
        self._left = False

    def __repr__(self) -> str:
        """Show the room, without the token."""
        return f"<StreamingSession {self.channel} {'left' if self._left else 'open'}>"

    @carries_out(_CONTEXT)
    async def set_qa_context(self, text: str) -> None:
        """Tell the avatar what it knows (``POST /api/v1/streaming-avatar/set-qa-context``).

        It has to be told before the first `ask`.

        Args:
            text: what it knows, at most 5000 characters.

        Raises:
            TypeError: no text.
            ValueError: a blank or too long one.
            APIError: the service refuses.
            ConnectionFailed: there was no answer.
        """
        await self._say(_CONTEXT, text, Effect.READ, MOST_CHARACTERS)

    @carries_out(_ASK)
    async def ask(self, text: str) -> None:
        """Ask the avatar (``POST /api/v1/streaming-avatar/ask``). It is never sent twice.

        The answer comes over Agora: in video and sound, and as messages of its stream: JSON objects
        with ``type``, which is ``QA``, ``message``, and ``pos``, one of ``start``, ``middle`` and
        ``end``.

        Args:
            text: the question.

        Raises:
            TypeError: no text.
            ValueError: a blank one.
            APIError: the service refuses.
            ConnectionFailed: there was no answer; the question may have been put.
        """
        await self._say(_ASK, text, Effect.START)

    @carries_out(_SPEAK)
    async def speak(self, text: str) -> None:
        """Let the avatar say a text (``POST /api/v1/streaming-avatar/speak``), never sent twice.

        Args:
            text: what it says.

        Raises:
            TypeError: no text.
            ValueError: a blank one.
            APIError: the service refuses.
            ConnectionFailed: there was no answer; the text may be said.
        """
        await self._say(_SPEAK, text, Effect.START)

    async def _say(
        self, operation: Operation, text: str, effect: Effect, most: int | None = None
    ) -> None:
        checks.Text(most).check("text", text)
        if self._left:
            raise A2EError(f"the streaming room {self.channel} was left")
        call = operation.call(json={"channel": self.channel, "text": text})
        await self._session.call(call, effect=effect)

    @carries_out(LEAVE)
    async def leave(self) -> None:
        """Leave the room (``POST /api/v1/streaming-avatar/leave``); what is unused is paid back.

        The end of ``async with`` does it. A room is left once, whoever asks for it. A cancellation
        waits until it is done.

        Raises:
            A2EError: leaving failed, or took over a minute. The message names the channel.
        """
        await to_the_end(self._leave())

    async def leave_at_close(self) -> None:
        """Leave the room, and log a failure: the client is about to close."""
        try:
            await self._leave()
        except A2EError as error:
            _log.warning("%s", error)

    async def _leave(self) -> None:
        async with self._leaving:
            if self._left:
                return
            try:
                with anyio.fail_after(_LEAVE_TIMEOUT):
                    await self._leave_now()
            except (A2EError, TimeoutError) as error:
                raise A2EError(
                    f"the streaming room {self.channel} could not be left, and may be charged "
                    f"until a2e.streaming.leave({self.channel!r}) succeeds or its time is over: "
                    f"{str(error) or 'no answer'}"
                ) from error
            self._left = True

    async def _leave_now(self) -> None:
        call = LEAVE.call(json={"channel": self.channel})
        try:
            # A room that is left twice is left.
            await self._session.call(call, read_timeout=_LEAVE_READ_TIMEOUT)
        except NotFound as error:
            if not isinstance(error.body, dict):
                raise
            _log.info("the service knows no streaming room %s any more", self.channel)


class Opening:
    """A room that is opened by ``async with``, and left at its end, once."""

    def __init__(self, session: Session, before_close: BeforeClose, new: NewRoom) -> None:
        """Made by `Streaming.open`. Nothing is sent yet."""
        self._session = session
        self._before_close = before_close
        self._new = new
        self._begun = False
        self._room: StreamingSession | None = None
        self._stay: Callable[[], None] | None = None

    def __repr__(self) -> str:
        """Show what is asked for."""
        return f"<Opening {self._new!r}>"

    async def __aenter__(self) -> StreamingSession:
        """Open the room. Raises what `Streaming.open` tells."""
        if self._begun:
            raise A2EError("this opening was used before: call a2e.streaming.open(…) once more")
        self._begun = True
        with uncertain_if_lost("the room may be open and charged", self._new), hiding():
            answer = await self._answer()
            room = self._room = _read_room(self._session, answer)
        self._stay = self._before_close(room.leave_at_close)
        if not (room.app_id and room.token):
            await self._leave(room)
            raise unreadable(answer, f"the room {room.channel} came without appId or token")
        return room

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Leave the room."""
        assert self._room is not None
        try:
            await self._leave(self._room)
        except A2EError as failed:
            _log.warning("%s", failed)
            if error is None:
                raise
            error.add_note(str(failed))

    async def _leave(self, room: StreamingSession) -> None:
        await room.leave()
        if self._stay is not None:
            self._stay()

    async def _answer(self) -> Envelope:
        policy = self._session.policy
        attempt = 1
        while True:
            try:
                return await self._ask()
            except A2EError as error:
                delay = policy.delay(error, Effect.START, attempt, random.random())  # noqa: S311
                if delay is None:
                    raise
                _log.info("no streaming room yet, again in %.1f s: %s", delay, error)
            await anyio.sleep(delay)
            attempt += 1

    async def _ask(self) -> Envelope:
        """Ask for the room once. Whoever is cancelled meanwhile leaves what the answer opens."""
        call = OPEN.call(json=wire.unstructure(self._new))
        asking = asyncio.create_task(self._session.call(call, effect=Effect.ONCE))
        try:
            await asyncio.wait([asking])
        except asyncio.CancelledError:
            await to_the_end(self._give_up(asking))
            raise
        return asking.result()

    async def _give_up(self, asking: asyncio.Task[Envelope]) -> None:
        with anyio.move_on_after(_GRACE):
            await asyncio.wait([asking])
        if not asking.done():
            asking.cancel()
            await asyncio.wait([asking])
        try:
            with uncertain_if_lost("a room may be open and charged"), hiding():
                room = _read_room(self._session, asking.result())
            await room.leave()
        except asyncio.CancelledError:
            _log.warning("cancelled while a streaming room was opened: it may be open and charged")
        except A2EError as error:
            _log.warning("cancelled while a streaming room was opened: %s", error)


def _read_room(session: Session, answer: Envelope) -> StreamingSession:
    data = answer.data if isinstance(answer.data, dict) else {}
    channel = wire.read_text(data.get("channel"))
    if channel is None:
        raise unreadable(answer, "the answer names no channel")
    return StreamingSession(
        session,
        app_id=wire.read_text(data.get("appId")) or "",
        channel=channel,
        token=wire.read_text(data.get("token")) or "",
        uid=wire.read_integer(data.get("uid")) or 0,
        expires=_end(data),
        raw=data,
    )


def _end(data: dict[str, Any]) -> datetime | None:
    epoch = wire.read_number(data.get("expire_epoch_timestamp"))
    if epoch is not None and abs(epoch) < _SECONDS_UNTIL:
        epoch *= 1000
    return wire.read_time(data.get("expire_date_UTC")) or wire.read_time(epoch)
