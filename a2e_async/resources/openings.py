"""The opening of a streaming room."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import datetime
from types import TracebackType
from typing import Any, TypeAlias

import anyio
import attrs

from a2e_async import logs, wire
from a2e_async.errors import A2EError, ConfigurationError
from a2e_async.http.envelope import Envelope
from a2e_async.http.hiding import hiding, unreadable
from a2e_async.http.once import uncertain_if_lost
from a2e_async.http.operation import Operation
from a2e_async.http.retry import Effect
from a2e_async.http.session import Session
from a2e_async.http.unbroken import to_the_end
from a2e_async.resources.rooms import PATH, StreamingSession
from a2e_async.tasks import checks

_log = logs.get("a2e_async.streaming")

OPEN = Operation("POST", f"{PATH}/agora-token")

# How long an opening that is given up waits for the answer, so that the room can be left again.
_GRACE = 10.0
_SECONDS_UNTIL = 10**11

BeforeClose: TypeAlias = Callable[[Callable[[], Coroutine[Any, Any, None]]], Callable[[], None]]
"""`Core.before_close`: has something done when the client closes, and gives a way to take it back.
"""


@attrs.frozen(kw_only=True)
class NewRoom:
    """The fields of ``POST /api/v1/streaming-avatar/agora-token``, checked."""

    avatar_id: str = attrs.field(validator=checks.Text())
    expire_seconds: int = attrs.field(validator=checks.Integer(1))


class Opening:
    """A room that is opened by ``async with``, and left at its end, once."""

    def __init__(self, session: Session, before_close: BeforeClose, new: NewRoom) -> None:
        """Made by `Streaming.open`. Nothing is sent yet."""
        self._session = session
        self._before_close = before_close
        self._new = new
        self._begun = False
        self._closing = False
        self._asking: asyncio.Task[Envelope] | None = None
        self._room: StreamingSession | None = None
        self._forget: Callable[[], None] | None = None

    def __repr__(self) -> str:
        """Show what is asked for."""
        return f"<Opening {self._new!r}>"

    async def __aenter__(self) -> StreamingSession:
        """Open the room. Raises what `Streaming.open` tells."""
        if self._begun:
            raise A2EError("this opening was used before: call a2e.streaming.open(…) once more")
        self._begun = True
        self._forget = self._before_close(self._leave_at_close)
        try:
            return await self._open()
        except BaseException:
            self._forget_room()
            raise

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Leave the room."""
        assert self._room is not None
        try:
            await self._room.leave()
        except A2EError as failed:
            if error is None:
                raise
            error.add_note(str(failed))
        finally:
            self._forget_room()

    def _forget_room(self) -> None:
        # A room that could not be left is tried again when the client closes.
        if self._forget is not None and (self._room is None or self._room.is_left):
            self._forget()

    async def _leave_at_close(self) -> None:
        """Leave the room, or the one that is about to open: the client closes. Failures are logged.

        A task that is cancelled meanwhile, as by a second Ctrl-C, still leaves it.
        """
        self._closing = True
        await to_the_end(self._until_answered())
        if self._room is not None:
            with suppress(A2EError):
                await self._room.leave()

    async def _until_answered(self) -> None:
        if self._asking is not None and not self._asking.done():
            # Whoever opens the room waits for the same, and is the first to be told.
            await asyncio.wait([self._asking], timeout=_GRACE)

    async def _open(self) -> StreamingSession:
        with uncertain_if_lost("the room may be open and charged", self._new), hiding():
            answer = await self._answer()
            room = self._room = _read_room(self._session, answer)
        if not (room.app_id and room.token):
            await room.leave()
            raise unreadable(answer, f"the room {room.channel} came without appId or token")
        return room

    async def _answer(self) -> Envelope:
        policy = self._session.policy
        attempt = 1
        while True:
            try:
                return await self._ask()
            except A2EError as error:
                delay = policy.delay(error, Effect.START, attempt, random.random())  # noqa: S311
                if delay is None or self._closing:
                    raise
                _log.info("no streaming room yet, again in %.1f s: %s", delay, error)
            await anyio.sleep(delay)
            attempt += 1

    async def _ask(self) -> Envelope:
        """Ask for the room once. Whoever is cancelled meanwhile leaves what the answer opens."""
        if self._closing:
            raise ConfigurationError("the client was closed before a streaming room was open")
        call = OPEN.call(json=wire.unstructure(self._new))
        asking = asyncio.create_task(self._session.call(call, effect=Effect.ONCE))
        self._asking = asking
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
                self._room = _read_room(self._session, asking.result())
        except asyncio.CancelledError:
            _log.warning("cancelled while a streaming room was opened: it may be open and charged")
        except A2EError as error:
            _log.warning("cancelled while a streaming room was opened: %s", error)
        else:
            with suppress(A2EError):
                await self._room.leave()


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
