"""A local stand-in of the Bot API, with the chats of the people that the bot talks to.

    async with Telegram() as telegram:
        asked = telegram.say("/image a fox")
        ...  # a bot whose API server is telegram.url
        assert [line.kind for line in telegram.chat().answers_to(asked)] == ["photo"]

It refuses what the real one refuses, in its words. What goes wrong is told to `Trouble`.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import re
import time
from collections import Counter
from typing import Any, Self

from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.examples.telegram.chats import BOT, Chat, Line, Person
from tests.examples.telegram.trouble import Trouble

TOKEN = "4242:AAHk-secret_of_the_bot-0123456789abcdef"
ANN = Person()

_LONGEST_POLL = 1.0
_NAME = re.compile(rb'\bname="(.*?)"')
_LARGEST = 60 * 1024**2
_NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are "
    "exactly the same as a current content and reply markup of the message"
)


class Refusal(Exception):
    """What the Bot API says no to."""

    def __init__(self, status: int, description: str, **parameters: Any) -> None:
        self.status = status
        self.body = {"ok": False, "error_code": status, "description": description}
        if parameters:
            self.body["parameters"] = parameters


class Telegram:
    """The stand-in.

    Attributes:
        trouble: what goes wrong.
        calls: the method of each call, in their order, and what was sent with it.
        given: how often each update was given to a bot.
        pressed: what was told to those who pressed a button.
        commands: the commands that were announced, by language.
        blocked: the people who have blocked the bot.
        refuses_media: whether no picture or video is taken.
    """

    def __init__(self) -> None:
        self.trouble = Trouble()
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.pressed: list[str] = []
        self.given: Counter[int] = Counter()
        self.commands: dict[str, list[dict[str, str]]] = {}
        self.blocked: set[int] = set()
        self.refuses_media = False
        self._chats: dict[int, Chat] = {}
        self._updates: dict[int, dict[str, Any]] = {}
        self._numbers = itertools.count(1001)
        self._changed = asyncio.Condition()
        app = web.Application(client_max_size=_LARGEST)
        app.router.add_post("/bot{token}/{method}", self._called)
        app.router.add_get("/file/bot{token}/{path}", self._file)
        self._server = TestServer(app)

    async def __aenter__(self) -> Self:
        await self._server.start_server(shutdown_timeout=0.1, access_log=None)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._server.close()

    @property
    def url(self) -> str:
        return str(self._server.make_url("")).rstrip("/")

    @property
    def unread(self) -> int:
        """How many updates have not been confirmed."""
        return len(self._updates)

    def chat(self, person: Person = ANN) -> Chat:
        return self._chats.setdefault(person.id, Chat(person))

    def say(self, text: str, person: Person = ANN, *, photo: bytes | None = None) -> int:
        """Write to the bot, and give the message's id."""
        line = Line(next(self._numbers), person)
        line.put(text, "", kind="text" if photo is None else "photo", media=photo)
        self.chat(person).lines[line.id] = line
        self._update("message", line.told(person.chat()))
        return line.id

    def press(self, line: Line, label: str, person: Person = ANN) -> None:
        """Press a button of a message of the bot."""
        self._update(
            "callback_query",
            {
                "id": str(next(self._numbers)),
                "from": person.user(),
                "message": line.told(person.chat()),
                "chat_instance": "1",
                "data": line.buttons[label],
            },
        )

    def repeat(self, message: int, person: Person = ANN) -> None:
        """Give a message to the bot once more, as if it had not confirmed it."""
        self._update("message", self.chat(person).lines[message].told(person.chat()))

    def delete(self, line: Line, person: Person = ANN) -> None:
        del self.chat(person).lines[line.id]

    async def until(self, condition: Any, *, within: float = 20.0) -> None:
        """Wait until a condition holds that something in the chats changes."""
        async with asyncio.timeout(within), self._changed:
            while not condition():
                await self._wait(0.05)

    async def _wait(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._changed.wait()
        except TimeoutError:
            pass

    def _update(self, kind: str, told: dict[str, Any]) -> None:
        number = next(self._numbers)
        self._updates[number] = {"update_id": number, kind: told}

    async def _called(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        if request.match_info["token"] != TOKEN:
            return _answer(Refusal(401, "Unauthorized").body, 401)
        polls = method == "getUpdates"
        sent = await _read(request)
        may_be_lost = not polls or self._confirms(sent)
        if may_be_lost and self.trouble.meets("lost_polls" if polls else "lost_calls"):
            return _hang_up(request)
        self.calls.append((method, sent))
        try:
            result = await self._carried_out(method, sent)
        except Refusal as refusal:
            return _answer(refusal.body, refusal.status)
        if self.trouble.meets("lost_answers"):
            return _hang_up(request)
        if not polls and self.trouble.meets("errors"):
            return web.Response(status=502, text="<html>Bad Gateway</html>")
        return _answer({"ok": True, "result": result}, 200)

    async def _carried_out(self, method: str, sent: dict[str, Any]) -> Any:
        if self.trouble.floods[method]:
            seconds = self.trouble.floods[method].popleft()
            words = f"Too Many Requests: retry after {seconds}"
            raise Refusal(429, words, retry_after=seconds)
        known = getattr(self, f"_{method}", None)
        if known is None:
            raise Refusal(404, "Not Found: method not found")
        result = await known(sent)
        async with self._changed:
            self._changed.notify_all()
        return result

    async def _getMe(self, sent: dict[str, Any]) -> Any:  # noqa: N802  (the API's names)
        return BOT

    async def _setMyCommands(self, sent: dict[str, Any]) -> Any:  # noqa: N802
        self.commands[sent.get("language_code", "")] = json.loads(sent["commands"])
        return True

    async def _getUpdates(self, sent: dict[str, Any]) -> Any:  # noqa: N802
        offset = int(sent.get("offset", 0))
        self._updates = {n: update for n, update in self._updates.items() if n >= offset}
        until = time.monotonic() + min(float(sent.get("timeout", 0)), _LONGEST_POLL)
        while not self._updates and time.monotonic() < until:  # noqa: ASYNC110  (killed bots poll)
            await asyncio.sleep(0.01)
        for number in self._updates:
            self.given[number] += 1
        return [*self._updates.values()][:100]

    async def _sendMessage(self, sent: dict[str, Any]) -> Any:  # noqa: N802
        chat = self._open(sent)
        text = _checked(sent["text"], 4096)
        answers = json.loads(sent.get("reply_parameters", "{}")).get("message_id")
        line = Line(next(self._numbers), None, answers=answers)
        line.put(text, _markup(sent))
        chat.lines[line.id] = line
        return line.told(chat.person.chat())

    async def _editMessageText(self, sent: dict[str, Any]) -> Any:  # noqa: N802
        chat, line = self._line(sent)
        if line.kind != "text":
            raise Refusal(400, "Bad Request: there is no text in the message to edit")
        if (line.text, line.markup) == (sent["text"], _markup(sent)):
            raise Refusal(400, _NOT_MODIFIED)
        line.put(_checked(sent["text"], 4096), _markup(sent))
        return line.told(chat.person.chat())

    async def _editMessageMedia(self, sent: dict[str, Any]) -> Any:  # noqa: N802
        chat, line = self._line(sent)
        media = json.loads(sent["media"])
        data = sent[media["media"].removeprefix("attach://")]
        starts = b"\x89PNG" if media["type"] == "photo" else b"ftyp"
        if self.refuses_media or starts not in data[:12]:
            raise Refusal(400, "Bad Request: IMAGE_PROCESS_FAILED")
        caption = _checked(media.get("caption", ""), 1024, empty=True)
        line.put(caption, _markup(sent), kind=media["type"], media=data)
        return line.told(chat.person.chat())

    async def _answerCallbackQuery(self, sent: dict[str, Any]) -> Any:  # noqa: N802
        self.pressed.append(_checked(sent["text"], 200))
        return True

    async def _getFile(self, sent: dict[str, Any]) -> Any:  # noqa: N802
        file = sent["file_id"]
        return {"file_id": file, "file_unique_id": file, "file_path": f"{file}.png"}

    def _confirms(self, sent: dict[str, Any]) -> bool:
        return any(number < int(sent.get("offset", 0)) for number in self._updates)

    def _open(self, sent: dict[str, Any]) -> Chat:
        number = int(sent["chat_id"])
        if number in self.blocked:
            raise Refusal(403, "Forbidden: bot was blocked by the user")
        if number not in self._chats:
            raise Refusal(400, "Bad Request: chat not found")
        return self._chats[number]

    def _line(self, sent: dict[str, Any]) -> tuple[Chat, Line]:
        chat = self._open(sent)
        line = chat.lines.get(int(sent["message_id"]))
        if line is None or not line.by_bot:
            raise Refusal(400, "Bad Request: message to edit not found")
        return chat, line

    async def _file(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["token"] != TOKEN:
            raise web.HTTPUnauthorized
        number = int(request.match_info["path"].removeprefix("file-").removesuffix(".png"))
        lines = (chat.lines.get(number) for chat in self._chats.values())
        found = next((line.media for line in lines if line and line.media), None)
        return web.Response(status=404) if found is None else web.Response(body=found)


async def _read(request: web.Request) -> dict[str, Any]:
    if not request.content_type.startswith("multipart/"):
        return dict(await request.post())
    # By hand: aiohttp puts uploads into temporary files, which stay open when a bot is killed
    # meanwhile, and its reader of parts warns of something of its own.
    boundary = b"--" + request.headers["Content-Type"].partition("boundary=")[2].encode()
    sent: dict[str, Any] = {}
    for part in (await request.read()).split(boundary)[1:-1]:
        head, _, data = part.partition(b"\r\n\r\n")
        name = _NAME.search(head)
        assert name is not None
        data = data.removesuffix(b"\r\n")
        sent[name[1].decode()] = data if b"filename=" in head else data.decode()
    return sent


def _checked(text: str, most: int, *, empty: bool = False) -> str:
    if not text and not empty:
        raise Refusal(400, "Bad Request: message text is empty")
    if len(text) > most:
        raise Refusal(400, "Bad Request: message is too long")
    return text


def _markup(sent: dict[str, Any]) -> str:
    text = str(sent.get("reply_markup", ""))
    rows = json.loads(text)["inline_keyboard"] if text else []
    if any(len(button["callback_data"].encode()) > 64 for row in rows for button in row):
        raise Refusal(400, "Bad Request: BUTTON_DATA_INVALID")
    return text


def _answer(body: dict[str, Any], status: int) -> web.Response:
    return web.json_response(body, status=status)


def _hang_up(request: web.Request) -> web.Response:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()
