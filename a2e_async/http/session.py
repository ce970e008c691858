"""Requests over aiohttp: headers, timeouts, retries, and errors of the package's own."""

from __future__ import annotations

import asyncio
import random
from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Awaitable,
    Callable,
    Coroutine,
    Mapping,
    Sequence,
)
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from http import HTTPStatus
from logging import DEBUG, INFO
from typing import Any, TypeAlias, TypeVar

import aiohttp
from multidict import CIMultiDict
from yarl import URL

from a2e_async import clock, logs, wire
from a2e_async.config import Settings
from a2e_async.errors import (
    A2EError,
    APIError,
    ConfigurationError,
    ConnectionFailed,
    UnexpectedResponse,
)
from a2e_async.http import envelope, telling
from a2e_async.http.call import Call
from a2e_async.http.envelope import Envelope
from a2e_async.http.events import Event, EventParser
from a2e_async.http.gate import Gate
from a2e_async.http.retry import (
    Effect,
    RetryPolicy,
    parse_http_date,
    parse_retry_after,
    slows_client,
)
from a2e_async.http.sockets import Sockets, closed
from a2e_async.http.turns import Turns
from a2e_async.telemetry.silent import SILENT, Telemetry

T = TypeVar("T")

Witness: TypeAlias = Callable[[object], None]
"""Who is told what an attempt at a request ended with: an answer or an error."""

_log = logs.get("a2e_async.http")

_NEVER_SENT = (
    aiohttp.ClientConnectorError,
    aiohttp.ClientHttpProxyError,
    aiohttp.ConnectionTimeoutError,
)
_BAD_ADDRESS = (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError)
_BROKEN = (aiohttp.ClientError, TimeoutError, OSError)
_EVENT_STREAM = "text/event-stream"
_LONGEST_PLAIN = 2**20

# No real token is shorter, and a short one would be found in the middle of other words.
_SHORTEST_SECRET = 8


class Session:
    """The one place where bytes leave the process."""

    def __init__(  # noqa: PLR0913  (all but one are keywords)
        self,
        settings: Settings,
        *,
        session: aiohttp.ClientSession | None = None,
        middlewares: Sequence[aiohttp.ClientMiddlewareType] = (),
        policy: RetryPolicy | None = None,
        address: Callable[[], Awaitable[str]] | None = None,
        telemetry: Telemetry = SILENT,
    ) -> None:
        """Prepare a session; nothing is opened yet.

        Args:
            settings: address, token and timeouts.
            session: an aiohttp session to use. It is never closed here.
            middlewares: aiohttp client middlewares for the requests to the service. Uploads and
                downloads, which go to other hosts, pass by them.
            policy: limits of the retries.
            address: gives the service's address at the first request, where it is not known before.
            telemetry: hears of each attempt at a request to the service.
        """
        self.settings = settings
        self.telemetry = telemetry
        self.policy = policy or RetryPolicy()
        self._address = address
        self._base_url = "" if address else settings.base_url
        self._sockets = Sockets(session)
        self._turns = Turns(self._sockets, self.policy.longest_retry_after)
        self._date: tuple[str | None, float] = (None, 0.0)
        self._middlewares = tuple(middlewares) or None
        long_enough = len(settings.token) >= _SHORTEST_SECRET
        self._secret = settings.token.encode() if long_enough else None
        self._headers = CIMultiDict(settings.headers())
        self._json_headers = CIMultiDict(self._headers, **{"Content-Type": "application/json"})
        self._timeout = _limits(settings.connect_timeout, settings.read_timeout)

    def ready(self) -> None:
        """Raise `ConfigurationError` if the client is closed or belongs to another event loop."""
        self._sockets.for_service()

    def check_open(self) -> None:
        """Raise `ConfigurationError` if the client is closed. It may be asked in any thread."""
        if self._sockets.closed:
            raise closed()

    @property
    def loop(self) -> asyncio.AbstractEventLoop | None:
        """The event loop that the client belongs to; None before its first use."""
        return self._sockets.loop

    def connections(self) -> int | None:
        """Tell how many requests can be under way at once; None for any number.

        Raises:
            ConfigurationError: the client is closed, or belongs to another event loop.
        """
        connector = self._sockets.for_service().connector
        if connector is None:
            return None
        return min(filter(None, (connector.limit, connector.limit_per_host)), default=None)

    def call(  # noqa: PLR0913  (each is optional, by keyword)
        self,
        call: Call,
        *,
        effect: Effect = Effect.READ,
        read_timeout: float | None = None,
        whole_timeout: float | None = None,
        at_once: bool = False,
        gate: Gate | None = None,
        witness: Witness | None = None,
    ) -> Coroutine[Any, Any, Envelope]:
        """Send a request to the service, and again where the policy allows it.

        Args:
            call: the request.
            effect: what it does to the service, which decides about sending it again.
            read_timeout: seconds without a byte of the answer, by default the settings'.
            whole_timeout: seconds for each attempt as a whole, with the time that it queues for a
                connection; by default without a limit.
            at_once: True does not wait where the service asked the client to slow down.
            gate: is waited for before each attempt, and told of what it ended with.
            witness: is called with what each attempt ended with, an answer or an error.

        Returns:
            The envelope of a success.

        Raises:
            APIError: the answer is a failure, or cannot be read.
            ConnectionFailed: there was no answer.
            ConfigurationError: the client is closed, or belongs to another event loop.
        """
        timeout = self._timeout
        if read_timeout is not None or whole_timeout is not None:
            read = read_timeout or self.settings.read_timeout
            timeout = _limits(self.settings.connect_timeout, read, whole_timeout)
        return self._carry_out(
            call, effect, self._whole, timeout, at_once=at_once, gate=gate, witness=witness
        )

    async def wait_for_turn(self, gate: Gate) -> None:
        """Wait until a request may be sent, as `call` does by itself."""
        await self._turns.wait(gate)

    async def events(
        self, call: Call, *, effect: Effect = Effect.READ
    ) -> AsyncGenerator[Event | Envelope, None]:
        """Send a request whose answer is a stream of events, and again as `call` does.

        Nothing is sent again once the stream has begun. To close the generator early closes the
        connection.

        Args:
            call: the request.
            effect: what it does to the service.

        Yields:
            The events as they come; the one envelope where the answer is a plain one.

        Raises:
            APIError: the answer is a failure, or an event of the type ``error`` tells of one.
            ConnectionFailed: there was no answer, or it broke off.
            ConfigurationError: the client is closed, or belongs to another event loop.
        """
        answer: aiohttp.ClientResponse | list[Event] | Envelope
        answer = await self._carry_out(call, effect, self._begun, self._timeout)
        if isinstance(answer, Envelope):
            yield answer
            return
        if isinstance(answer, list):
            for event in answer:
                yield self._clean(event)
            return
        parser, failed, head = EventParser(), None, bytearray()
        begun = False
        self._sockets.reading.add(answer)
        try:
            async for piece in answer.content.iter_any():
                if not begun and len(head) < _LONGEST_PLAIN:
                    head += piece
                for event in parser.feed(piece):
                    begun = True
                    yield self._clean(event)
        except _BROKEN as error:
            failed = self._connection_failed(call, error)
        finally:
            self._sockets.reading.discard(answer)
            answer.close()
        if failed is not None:
            # Not raised above, where the telling error would become its context.
            raise failed
        if not begun and head.lstrip().startswith(b"{"):
            yield self._plain(bytes(head))

    def _plain(self, content: bytes) -> Envelope:
        """Read a plain answer that came as if it were a stream."""
        read = envelope.read(HTTPStatus.OK, self._without_token(content))
        if isinstance(read, APIError):
            raise read
        return read

    async def _carry_out(  # noqa: PLR0913  (what `call` and `events` share)
        self,
        call: Call,
        effect: Effect,
        take: Callable[[aiohttp.ClientResponse], Awaitable[T | APIError]],
        timeout: aiohttp.ClientTimeout,
        *,
        at_once: bool = False,
        gate: Gate | None = None,
        witness: Witness | None = None,
    ) -> T:
        attempt, shown = 1, _log.shows(INFO)
        while True:
            if gate is not None and not self._turns.asked:
                await gate.turn()
            if self._turns.asked and not at_once:
                await self._turns.wait(gate)
            begun = clock.now() if shown else 0.0
            outcome = await self._attempt(call, take, timeout)
            if self.telemetry.on:
                self.telemetry.requested(call.method, effect.value, outcome)
            if shown and _log.shows(DEBUG):
                seconds = clock.now() - begun
                about = telling.about(call, outcome, attempt=attempt, seconds=seconds)
                _log.debug(*telling.line(call, outcome), **about)
            if witness is not None:
                witness(outcome)
            if gate is not None:
                gate.heard(outcome if isinstance(outcome, A2EError) else None)
            if not isinstance(outcome, A2EError):
                return outcome
            delay = self.policy.delay(outcome, effect, attempt, random.random())  # noqa: S311
            if delay is None or not (gate is None or gate.resends):
                raise outcome
            self._tell_again(call, outcome, delay, attempt, begun)
            await self._turns.pause(delay)
            attempt += 1

    def _tell_again(
        self, call: Call, error: A2EError, delay: float, attempt: int, begun: float
    ) -> None:
        if _log.shows(INFO):
            about = telling.about(call, error, attempt=attempt, seconds=clock.now() - begun)
            words = "%s %s again in %.1f s: %s"
            _log.info(words, call.method, call.path, delay, error, **about)

    async def _attempt(
        self,
        call: Call,
        take: Callable[[aiohttp.ClientResponse], Awaitable[T | APIError]],
        timeout: aiohttp.ClientTimeout,
    ) -> T | A2EError:
        session = self._sockets.for_service()
        if not self._base_url and self._address is not None:
            self._base_url = await self._address()
        try:
            response = await self._send(call, session, timeout)
            self._sockets.reading.add(response)
            try:
                outcome = await take(response)
            except BaseException:
                response.close()
                raise
            finally:
                self._sockets.reading.discard(response)
        except _BAD_ADDRESS as error:
            raise ConfigurationError(f"base_url: not usable as an address: {error}") from error
        except _BROKEN as error:
            return self._connection_failed(call, error)
        except asyncio.CancelledError:
            # A closing connector cancels whoever queues for a connection, though nobody cancelled
            # the task.
            if session.closed and not _is_cancelled():
                self.ready()
            raise
        if isinstance(outcome, APIError) and slows_client(outcome):
            self._turns.slow_down(outcome.retry_after or 0.0)
        return outcome

    def _send(
        self, call: Call, session: aiohttp.ClientSession, timeout: aiohttp.ClientTimeout
    ) -> Awaitable[aiohttp.ClientResponse]:
        has_body = call.json is not None
        return session.request(
            call.method,
            URL(self._base_url + call.path, encoded=True),
            params=call.params,
            data=aiohttp.BytesPayload(wire.dumps(call.json)) if has_body else None,
            headers=self._json_headers if has_body else self._headers,
            timeout=timeout,
            allow_redirects=False,
            raise_for_status=False,
            middlewares=self._middlewares,
        )

    async def _whole(self, response: aiohttp.ClientResponse) -> Envelope | APIError:
        return self._said(response, await response.read())

    async def _begun(
        self, response: aiohttp.ClientResponse
    ) -> aiohttp.ClientResponse | list[Event] | Envelope | APIError:
        if response.status == HTTPStatus.OK and response.content_type == _EVENT_STREAM:
            return response
        content = await response.read()
        read = self._said(response, content)
        if response.status == HTTPStatus.OK and isinstance(read, UnexpectedResponse):
            # What was paid for is not lost by the name of its type.
            return EventParser().feed(self._without_token(content)) or read
        return read

    def _said(self, response: aiohttp.ClientResponse, content: bytes) -> Envelope | APIError:
        response.release()
        status, answered = response.status, response.headers
        self._date = (answered.get("Date"), clock.now())
        content = self._without_token(content)
        return envelope.read(status, content, retry_after=_asked_to_wait(answered))

    def _clean(self, event: Event) -> Event:
        type_, data, id_ = (
            self._without_token(text.encode()).decode()
            for text in (event.type, event.data, event.id)
        )
        if type_ == "error":
            raise envelope.read_error_event(data)
        return Event(type_, data, id_)

    def _without_token(self, content: bytes) -> bytes:
        # A service that echoes the token back must not bring it into a record or an exception.
        return content.replace(self._secret, b"[token]") if self._secret else content

    def _connection_failed(self, call: Call, error: Exception) -> ConnectionFailed:
        words = f"{type(error).__name__}: {error}".rstrip(": ")
        clean = self._without_token(words.encode("utf-8", "replace")).decode()
        failed = ConnectionFailed(
            f"{call.method} {call.path}: {clean}", sent=not isinstance(error, _NEVER_SENT)
        )
        # The repr of a response error shows the request's headers, the token among them.
        telling = isinstance(error, aiohttp.ClientResponseError) or clean != words
        failed.__cause__ = aiohttp.ClientError(failed.message) if telling else error
        return failed

    async def aclose(self) -> None:
        """Close what was opened here; an injected session stays open. May be called twice."""
        await self._sockets.aclose()

    def server_time(self) -> datetime | None:
        """Tell the service's present time by its last answer's ``Date``; None before any."""
        date, seen = self._date
        moment = parse_http_date(date)
        return moment and moment + timedelta(seconds=clock.now() - seen)

    @asynccontextmanager
    async def fetch(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        data: Any = None,
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Send one request to an asset host, without the token.

        Args:
            method: HTTP method.
            url: the signed address, sent as it is.
            headers: the request's headers, whole.
            data: body, or None.

        Yields:
            The response, whose body is still to be read. What goes wrong comes as it is from
            aiohttp (`TRANSFER_ERRORS`).
        """
        async with self._sockets.for_assets().request(
            method,
            URL(url, encoded=True),
            headers={"User-Agent": self.settings.user_agent, **headers},
            data=data,
            timeout=self._timeout,
            raise_for_status=False,
        ) as response:
            self._sockets.reading.add(response)
            try:
                yield response
            finally:
                self._sockets.reading.discard(response)


TRANSFER_ERRORS = _BROKEN


@cache
def _limits(connect: float, read: float, whole: float | None = None) -> aiohttp.ClientTimeout:
    # No `total` of its own accord, and no `connect`: both count the time in the queue for a free
    # connection.
    return aiohttp.ClientTimeout(total=whole, sock_connect=connect, sock_read=read)


def _asked_to_wait(answered: Mapping[str, str]) -> float | None:
    header = answered.get("Retry-After")
    if header is None:
        return None
    return parse_retry_after(header, parse_http_date(answered.get("Date")) or datetime.now(UTC))


def _is_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
