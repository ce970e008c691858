"""Discord on this machine: its REST API, in so far as a bot with slash commands uses it.

What Discord answers to what is wrong, it answers: a command that is acknowledged late or twice, a
token that has expired, a message that is gone, a file that is too large, a nonce that was used.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from fnmatch import fnmatchcase
from typing import Any, Self

import attrs
from aiohttp import web

from tests.examples.discord import shapes
from tests.examples.discord.gateway import Gateway
from tests.examples.discord.shapes import Command, Message

TOKEN = "MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.bot-token-of-the-tests"
ACKNOWLEDGED_WITHIN = 3.0
_DEFERRED, _MESSAGE, _CHOICES = 5, 4, 8
_MEBIBYTE = 1024 * 1024


@attrs.frozen
class Trouble:
    """Something that goes wrong with one request.

    Attributes:
        status: the answer's status; 0 for none at all.
        code: Discord's own code.
        retry_after: seconds to wait, for 429.
        carried_out: whether Discord does what was asked all the same.
    """

    status: int = 0
    code: int = 0
    retry_after: float = 0.0
    carried_out: bool = False


def lost_answer() -> Trouble:
    return Trouble(carried_out=True)


def limited(retry_after: float) -> Trouble:
    return Trouble(429, retry_after=retry_after)


class Discord:
    """The stand-in.

    Attributes:
        api: its REST base.
        gateway: its gateway.
        messages: all messages by id, in their order.
        commands: the commands that the bot told of.
        given: the commands that people gave.
        requests: how often each route was asked for.
        upload_limit: bytes that the files of a message may have.
    """

    def __init__(self, *, interval: float = 30.0) -> None:
        """Make it; a bot has to beat every `interval` seconds."""
        self.api = ""
        self.gateway = Gateway(TOKEN, interval=interval)
        self.messages: dict[int, Message] = {}
        self.commands: list[dict[str, Any]] = []
        self.given: list[Command] = []
        self.requests: Counter[str] = Counter()
        self.bodies: list[str] = []
        self.upload_limit = 10 * _MEBIBYTE
        self.closed_channels: set[int] = set()
        self._troubles: list[tuple[str, str, Trouble]] = []
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application(middlewares=[self._troubled], client_max_size=64 * _MEBIBYTE)
        app.add_routes([web.get("/gateway/", self.gateway.handle), *self._routes()])
        self._runner = web.AppRunner(app, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.api = f"http://{host}:{port}/api/v10"
        self.gateway.told(f"ws://{host}:{port}/gateway/")
        self._gateway_url = f"ws://{host}:{port}/gateway/"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._runner is not None
        await self.gateway.close()
        await self._runner.cleanup()

    def next(self, method: str, path: str, *troubles: Trouble) -> None:
        """Let the next requests of a method and path glob go wrong, once for each trouble."""
        self._troubles += [(method, path, trouble) for trouble in troubles]

    async def give(self, name: str, *, user: str = "ann", **options: str) -> Command:
        """Give a slash command, as a person does."""
        return await self._send(Command(name, user, options, shapes.CHANNEL))

    async def type(self, name: str, *, user: str = "ann", **options: str) -> Command:
        """Begin to write a command, for which the bot proposes the rest."""
        return await self._send(Command(name, user, options, shapes.CHANNEL, kind=4))

    async def give_again(self, command: Command) -> None:
        """Send a command a second time."""
        await self.gateway.dispatch("INTERACTION_CREATE", command.json(limit=self.upload_limit))

    async def _send(self, command: Command) -> Command:
        command.token = secrets.token_urlsafe(40)
        self.given.append(command)
        await self.give_again(command)
        return command

    def public(self) -> list[Message]:
        """Give the messages that everybody sees, oldest first."""
        return [it for it in self.messages.values() if not it.private and not it.deleted]

    def _routes(self) -> list[web.RouteDef]:
        base = "/api/v10"
        answer = "/webhooks/{app}/{token}/messages/@original"
        return [
            web.get(f"{base}/gateway/bot", self._gateway_bot),
            web.get(f"{base}/users/@me", self._bots(lambda _: _json(shapes.BOT))),
            web.get(f"{base}/oauth2/applications/@me", self._bots(_application)),
            web.get(f"{base}/applications/@me", self._bots(_application)),
            web.put(f"{base}/applications/{{app}}/commands", self._bots(self._upsert)),
            web.post(f"{base}/interactions/{{id}}/{{token}}/callback", self._callback),
            web.get(base + answer, self._original),
            web.patch(base + answer, self._original),
            web.post(f"{base}/channels/{{channel}}/messages", self._bots(self._post)),
            web.patch(f"{base}/channels/{{channel}}/messages/{{id}}", self._bots(self._edit)),
        ]

    @web.middleware
    async def _troubled(self, request: web.Request, handler: Any) -> web.StreamResponse:
        self.requests[f"{request.method} {_route_of(request)}"] += 1
        trouble = self._trouble_of(request)
        if trouble is None or trouble.carried_out:
            answer: web.StreamResponse = await handler(request)
            if trouble is None:
                return answer
        await request.read()
        if trouble.status == 0:
            assert request.transport is not None
            request.transport.abort()
        body = {"message": "trouble", "code": trouble.code, "retry_after": trouble.retry_after}
        return _json({**body, "global": False}, trouble.status or 500)

    def _trouble_of(self, request: web.Request) -> Trouble | None:
        for index, (method, path, trouble) in enumerate(self._troubles):
            if request.method == method and fnmatchcase(request.path, path):
                del self._troubles[index]
                return trouble
        return None

    def _bots(self, handler: Callable[[web.Request], Any]) -> Callable[..., Awaitable[Any]]:
        async def checked(request: web.Request) -> web.Response:
            if request.headers.get("Authorization") != f"Bot {TOKEN}":
                return _refused(401, 0, "401: Unauthorized")
            answer = handler(request)
            result: web.Response = await answer if asyncio.iscoroutine(answer) else answer
            return result

        return checked

    async def _gateway_bot(self, request: web.Request) -> web.Response:
        limit = {"total": 1000, "remaining": 999, "reset_after": 0, "max_concurrency": 1}
        return _json({"url": self._gateway_url, "shards": 1, "session_start_limit": limit})

    async def _upsert(self, request: web.Request) -> web.Response:
        made = {"application_id": str(shapes.APPLICATION), "version": "1"}
        commands = await request.json()
        self.commands = [{"id": str(n), **made, **it} for n, it in enumerate(commands, 1)]
        return _json(self.commands)

    async def _callback(self, request: web.Request) -> web.Response:
        command = self._command_of(request)
        after = time.monotonic() - command.born if command else 0.0
        if command is None or after > ACKNOWLEDGED_WITHIN:
            return _refused(404, 10062, "Unknown interaction")
        if command.answered_after is not None:
            return _refused(400, 40060, "Interaction has already been acknowledged.")
        command.answered_after = after
        told = await request.json()
        if told["type"] == _CHOICES:
            command.choices = told["data"]["choices"]
            return web.Response(status=204)
        command.message = self._answer(command, told)
        return _json(_callback_answer(command, told["type"]))

    def _answer(self, command: Command, told: dict[str, Any]) -> Message:
        data = told.get("data") or {}
        loading = shapes.LOADING if told["type"] == _DEFERRED else 0
        message = Message(
            command.channel,
            data.get("content") or "",
            flags=(data.get("flags") or 0) | loading,
            answers=f"{command.user} used /{command.name}",
        )
        self.messages[message.id] = message
        return message

    async def _original(self, request: web.Request) -> web.Response:
        command = self._command_of(request)
        if command is None or command.expired:
            return _refused(401, 50027, "Invalid Webhook Token")
        if command.message is None or command.message.deleted:
            return _refused(404, 10008, "Unknown Message")
        return await self._seen_or_changed(request, command.message)

    async def _edit(self, request: web.Request) -> web.Response:
        message = self.messages.get(int(request.match_info["id"]))
        if int(request.match_info["channel"]) in self.closed_channels:
            return _refused(403, 50001, "Missing Access")
        # What one person only sees can be edited with the interaction's token alone.
        if message is None or message.deleted or message.private:
            return _refused(404, 10008, "Unknown Message")
        return await self._seen_or_changed(request, message)

    async def _seen_or_changed(self, request: web.Request, message: Message) -> web.Response:
        if request.method == "PATCH":
            payload, uploads = await self._body(request)
            if sum(map(len, uploads.values())) > self.upload_limit:
                return _refused(413, 40005, "Request entity too large")
            message.change(payload, uploads)
        return _json(message.json())

    async def _post(self, request: web.Request) -> web.Response:
        channel = int(request.match_info["channel"])
        payload, uploads = await self._body(request)
        if channel in self.closed_channels:
            return _refused(403, 50001, "Missing Access")
        if sum(map(len, uploads.values())) > self.upload_limit:
            return _refused(413, 40005, "Request entity too large")
        nonce = payload.get("nonce")
        known = [it for it in self.messages.values() if nonce and it.nonce == nonce]
        if known and payload.get("enforce_nonce"):
            return _json(known[0].json())
        message = Message(channel, payload["content"], uploads, nonce=nonce)
        message.shown.append(message.content)
        self.messages[message.id] = message
        return _json(message.json())

    async def _body(self, request: web.Request) -> tuple[dict[str, Any], dict[str, bytes]]:
        if not request.content_type.startswith("multipart/"):
            self.bodies.append(await request.text())
            return await request.json(), {}
        form = await request.post()
        told = form["payload_json"]
        assert isinstance(told, str)
        self.bodies.append(told)
        files = [it for it in form.values() if isinstance(it, web.FileField)]
        uploads = {it.filename: it.file.read() for it in files}
        for it in files:
            it.file.close()
        return json.loads(told), uploads

    def _command_of(self, request: web.Request) -> Command | None:
        token = request.match_info["token"]
        return next((it for it in self.given if it.token == token), None)


def _callback_answer(command: Command, kind: int) -> dict[str, Any]:
    message = command.message
    assert message is not None
    told = {
        "id": str(command.id),
        "type": command.kind,
        "response_message_id": str(message.id),
        "response_message_loading": message.loading,
        "response_message_ephemeral": message.private,
    }
    return {"interaction": told, "resource": {"type": kind, "message": message.json()}}


def _application(_: web.Request) -> web.Response:
    return _json(shapes.application())


def _route_of(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return request.path if resource is None else resource.canonical.removeprefix("/api/v10")


def _json(data: Any, status: int = 200) -> web.Response:
    # discord.py reads JSON only where no charset is named, and takes a 429 for Discord's own only
    # where a proxy's header tells so.
    return web.Response(
        body=json.dumps(data).encode(),
        status=status,
        content_type="application/json",
        headers={"Via": "1.1 stand-in"},
    )


def _refused(status: int, code: int, message: str) -> web.Response:
    return _json({"code": code, "message": message}, status)
