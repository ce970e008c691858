"""Webhooks as door bells: the service's calls make the client look, and tell it nothing else.

    from aiohttp import web
    from a2e_async import A2E, Webhook, WebhookReceiver

    a2e = A2E(webhook=Webhook(url="https://bot.example/a2e", token="a secret of yours"))
    app = web.Application()
    app.router.add_post("/a2e", WebhookReceiver(a2e).handle)

The payload of a call is documented nowhere, it is not signed, and there is one attempt only. So
whatever comes with the right token only brings the next look forward, and a call that is lost costs
no more than a later look.
"""

from __future__ import annotations

import hmac
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import TYPE_CHECKING, Any, TypeAlias

import anyio
import attrs
from aiohttp import web

from a2e_async import logs
from a2e_async.errors import ConfigurationError
from a2e_async.http.payload import LARGEST, words_in
from a2e_async.jobs.core import Core
from a2e_async.tasks.webhook import TOKEN, TOKEN_HEADER

if TYPE_CHECKING:
    from a2e_async.client import A2E

_log = logs.get("a2e_async.webhooks")

Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]

# A body that does not come is not waited for: it is a hint, and the caller wants its answer.
_PATIENCE = 5.0
_ASGI_HEADER = TOKEN_HEADER.lower().encode()
_ALLOW = "POST"
_TAKEN, _REFUSED, _WRONG_METHOD = 204, 401, 405


def same_token(given: str | None, known: str) -> bool:
    """Compare a token that came with a known one, in a time that tells nothing of either."""
    # What is no text at all comes out of a header as surrogates.
    return given is not None and hmac.compare_digest(
        given.encode("utf-8", "surrogatepass"), known.encode()
    )


class Door(ABC):
    """Takes in calls to a webhook, in whatever framework they come."""

    @abstractmethod
    def admits(self, token: str | None) -> bool:
        """Tell whether a call with this token counts."""

    @abstractmethod
    def take_in(self, token: str | None, body: bytes) -> None:
        """Take in a call that counts. Raises nothing, and does not take long."""

    def ring(self, token: str | None, body: bytes) -> bool:
        """Take in a call from a framework that has no adapter here.

        It is to be called in the client's event loop, and comes back at once.

        Args:
            token: value of the call's header ``X-A2e-Webhook-Token``, None where it has none.
            body: the payload, whatever it is.

        Returns:
            Whether the token is right; answer 401 if not, else 204. Nothing has happened if not.
        """
        if not self.admits(token):
            return False
        self.take_in(token, body)
        return True

    async def handle(self, request: web.Request) -> web.Response:
        """Answer a call, as a handler of aiohttp: ``app.router.add_post("/a2e", receiver.handle)``.

        Args:
            request: the call.

        Returns:
            204, or 401 for a wrong token, or 405 for another method than POST.
        """
        token = request.headers.get(TOKEN_HEADER)
        refusal = self.refusal(request.method, token)
        if refusal is not None:
            return web.Response(status=refusal, headers=_headers(refusal))
        self.take_in(token, await _body_of(request))
        return web.Response(status=_TAKEN)

    def app(self) -> web.Application:
        """Make an application of aiohttp that answers calls under any path below its own.

        Returns:
            The application, to run or to mount: ``app.add_subapp("/a2e", receiver.app())``.
        """
        app = web.Application()
        for path in ("", "/{path:.*}"):
            app.router.add_route("*", path, self.handle)
        return app

    @property
    def asgi(self) -> Asgi:
        """The ASGI application that answers calls, under any path.

        In FastAPI and Starlette: ``app.router.routes.append(Route("/a2e", receiver.asgi))``. Where
        it is mounted instead, ``app.mount("/a2e", receiver.asgi)``, they want a slash at the end of
        the webhook's ``url``, and send calls without it elsewhere, which the service does not
        follow.
        """
        return Asgi(self)

    def refusal(self, method: str, token: str | None) -> int | None:
        """Give the status of a call that does not count. Its body is not even read."""
        if method != _ALLOW:
            return _WRONG_METHOD
        return None if self.admits(token) else _REFUSED


@attrs.frozen(eq=False)
class Asgi:
    """A door as an ASGI application."""

    door: Door

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer a call, or what else the server wants to know."""
        if scope["type"] == "http":
            await self._answer(scope, receive, send)
        elif scope["type"] == "lifespan":
            await _live(receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
        else:
            raise ValueError(f"scope: expected http, lifespan or websocket, got {scope['type']!r}")

    async def _answer(self, scope: Message, receive: Receive, send: Send) -> None:
        values = (value for name, value in scope["headers"] if name.lower() == _ASGI_HEADER)
        first = next(values, None)
        token = None if first is None else first.decode("utf-8", "surrogateescape")
        status = self.door.refusal(scope["method"], token)
        if status is None:
            self.door.take_in(token, await _read(_parts(receive)))
            status = _TAKEN
        headers = [(name.lower().encode(), it.encode()) for name, it in _headers(status).items()]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b""})


class WebhookReceiver(Door):
    """Has clients look at their jobs when the service calls.

    A call counts if it has the token of a client's webhook. The jobs whose ids are in it are looked
    at; where it names none that the client knows, all jobs that somebody waits for. Calls that are
    repeated or late change nothing.
    """

    def __init__(self, a2e: A2E, *more: A2E, tokens: Iterable[str] = ()) -> None:
        """Listen for clients; they live in the event loop in which the calls come in.

        Args:
            a2e: a client that has a webhook.
            more: more such clients.
            tokens: more tokens that count for all of them, such as those of earlier processes.

        Raises:
            TypeError: one is no client, or a token no text.
            ValueError: a token is blank or too long.
            ConfigurationError: a client has no webhook, so that no call can be told from a forged
                one.
        """
        cores = [_core_of(client) for client in (a2e, *more)]
        self._bells = [(_token_of(core), [core]) for core in cores]
        for token in tokens:
            TOKEN.check("tokens", token)
            self._bells.append((token, cores))

    def __repr__(self) -> str:
        """Show how many tokens it listens to."""
        return f"<WebhookReceiver of {len(self._bells)} tokens>"

    def admits(self, token: str | None) -> bool:
        """Tell whether a token is a client's."""
        known = bool(self._rung_by(token))
        if not known:
            what = "a wrong" if token else "no"
            _log.info("a call to the webhook came with %s token, and does not count", what)
        return known

    def take_in(self, token: str | None, body: bytes) -> None:
        """Have the clients of a token look at their jobs."""
        words = words_in(body)
        for core in self._rung_by(token):
            try:
                core.poller.ring(words)
            except Exception:  # noqa: BLE001  (the caller cannot help, and the jobs are polled)
                _log.exception("a call to the webhook was not followed by a look")

    def _rung_by(self, token: str | None) -> list[Core]:
        # All are compared, so that the time does not tell which one is alike.
        found = [cores for known, cores in self._bells if same_token(token, known)]
        return list(dict.fromkeys(core for cores in found for core in cores))


def _core_of(client: A2E) -> Core:
    core = getattr(client, "_core", None)
    if not isinstance(core, Core):
        raise TypeError(f"a2e: expected a client A2E, got {client!r}")
    return core


def _token_of(core: Core) -> str:
    if core.webhook is None:
        raise ConfigurationError(
            "a2e: this client has no webhook; make it with "
            "A2E(webhook=Webhook(url='https://…', token=…))"
        )
    return core.webhook.token


def _headers(status: int) -> dict[str, str]:
    if status == _TAKEN:
        return {}
    return {"Content-Length": "0"} | ({"Allow": _ALLOW} if status == _WRONG_METHOD else {})


async def _body_of(request: web.Request) -> bytes:
    if not request.can_read_body:
        # A middleware may have read it before.
        return await request.read()
    return await _read(request.content.readany)


async def _read(part: Callable[[], Awaitable[bytes]]) -> bytes:
    """Read a body, but no more than is looked into; what breaks off counts as far as it came."""
    body = bytearray()
    try:
        with anyio.move_on_after(_PATIENCE):
            while len(body) <= LARGEST and (more := await part()):
                body += more
    except (web.RequestPayloadError, OSError) as error:
        _log.debug("the body of a call to the webhook broke off: %s", type(error).__name__)
    return bytes(body)


def _parts(receive: Receive) -> Callable[[], Awaitable[bytes]]:
    """Give the function that reads the next part of a body in ASGI, nothing at its end."""
    ended = False

    async def part() -> bytes:
        nonlocal ended
        while not ended:
            message = await receive()
            ended = not message.get("more_body")
            if message.get("body"):
                return bytes(message["body"])
        return b""

    return part


async def _live(receive: Receive, send: Send) -> None:
    while (await receive())["type"] == "lifespan.startup":
        await send({"type": "lifespan.startup.complete"})
    await send({"type": "lifespan.shutdown.complete"})
