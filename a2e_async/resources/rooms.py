"""The room of a streaming avatar: charged from its opening until it is left."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

import anyio

from a2e_async import logs
from a2e_async.errors import A2EError, NotFound
from a2e_async.http.operation import Operation, carries_out
from a2e_async.http.retry import Effect
from a2e_async.http.session import Session
from a2e_async.http.unbroken import to_the_end
from a2e_async.tasks import checks

_log = logs.get("a2e_async.streaming")

PATH = "/api/v1/streaming-avatar"
LEAVE = Operation("POST", f"{PATH}/leave")
_CONTEXT = Operation("POST", f"{PATH}/set-qa-context")
_ASK = Operation("POST", f"{PATH}/ask")
_SPEAK = Operation("POST", f"{PATH}/speak")

MOST_CHARACTERS = 5000
_LEAVE_TIMEOUT = 60.0
_LEAVE_READ_TIMEOUT = 15.0


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
        try:
            await to_the_end(self._leave())
        except RuntimeError as error:
            # No event loop runs any more: the room's task is thrown away with it.
            raise self._failed(error) from error

    @property
    def is_left(self) -> bool:
        """Whether the room was left."""
        return self._left

    async def _leave(self) -> None:
        async with self._leaving:
            if self._left:
                return
            try:
                with anyio.fail_after(_LEAVE_TIMEOUT):
                    await self._leave_now()
            except asyncio.CancelledError:
                # The event loop ends the hard way.
                self._failed("cancelled")
                raise
            except Exception as error:  # middlewares raise what they like
                raise self._failed(error) from error
            self._left = True

    def _failed(self, why: Exception | str) -> A2EError:
        """Log that the room is open still, since a cancellation may hide it from who leaves."""
        failed = A2EError(
            f"the streaming room {self.channel} could not be left, and may be charged until "
            f"a2e.streaming.leave({self.channel!r}) succeeds or its time is over: "
            f"{str(why) or 'no answer'}"
        )
        _log.warning("%s", failed)
        return failed

    async def _leave_now(self) -> None:
        call = LEAVE.call(json={"channel": self.channel})
        try:
            # A room that is left twice is left. Each second of waiting may cost.
            await self._session.call(call, read_timeout=_LEAVE_READ_TIMEOUT, at_once=True)
        except NotFound as error:
            if not isinstance(error.body, dict):
                raise
            _log.info("the service knows no streaming room %s any more", self.channel)
