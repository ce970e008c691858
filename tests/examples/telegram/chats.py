"""The chats of the stand-in: what people and the bot said, and every state it was in."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import Any

import attrs

from tests.support.chat import Said

NAME = "A2E bot"
BOT = {"id": 4242, "is_bot": True, "first_name": NAME, "username": "a2e_demo_bot"}


@attrs.frozen
class Person:
    """Somebody who writes to the bot, in a chat that has the person's number."""

    id: int = 42
    name: str = "Ann"
    language: str = "en"

    def user(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "is_bot": False,
            "first_name": self.name,
            "language_code": self.language,
        }

    def chat(self) -> dict[str, Any]:
        return {"id": self.id, "type": "private", "first_name": self.name}


@attrs.define(eq=False)
class Line:
    """One message of a chat, as it stands now.

    Attributes:
        states: every text that it had, and the kind of its media, oldest first.
    """

    id: int
    who: Person | None
    text: str = ""
    media: bytes | None = attrs.field(default=None, repr=False)
    kind: str = "text"
    markup: str = ""
    answers: int | None = None
    date: float = attrs.field(factory=time.time)
    states: list[str] = attrs.field(factory=list)

    @property
    def by_bot(self) -> bool:
        return self.who is None

    @property
    def buttons(self) -> dict[str, str]:
        """What each button sends, by its label."""
        rows = json.loads(self.markup)["inline_keyboard"] if self.markup else []
        return {button["text"]: button["callback_data"] for row in rows for button in row}

    def put(
        self, text: str, markup: str, *, kind: str = "text", media: bytes | None = None
    ) -> None:
        self.text, self.markup, self.kind, self.media = text, markup, kind, media
        self.states.append(f"{kind}: {text}")

    def told(self, chat: dict[str, Any]) -> dict[str, Any]:
        """Tell it as the Bot API does."""
        message: dict[str, Any] = {
            "message_id": self.id,
            "date": int(self.date),
            "chat": chat,
            "from": BOT if self.who is None else self.who.user(),
        }
        if self.kind == "text":
            return message | {"text": self.text} | _entities(self.text, "entities")
        file = {"file_id": f"file-{self.id}", "file_unique_id": f"u{self.id}"}
        size = file | {"width": 64, "height": 64, "file_size": len(self.media or b"")}
        media: Any = [size] if self.kind == "photo" else size | {"duration": 1}
        caption = {"caption": self.text} | _entities(self.text, "caption_entities")
        return message | {self.kind: media} | (caption if self.text else {})


@attrs.define(eq=False)
class Chat:
    """One chat."""

    person: Person
    lines: dict[int, Line] = attrs.field(factory=dict)

    @property
    def shown(self) -> list[Line]:
        """What the bot said, oldest first."""
        return [line for line in self.lines.values() if line.by_bot]

    def answers_to(self, message: int) -> list[Line]:
        """What the bot said in answer to a message."""
        return [line for line in self.shown if line.answers == message]

    def said(self) -> list[Said]:
        """Tell the whole chat, to be painted."""
        return [self._said(line) for line in self.lines.values()]

    def _said(self, line: Line) -> Said:
        asked = self.lines.get(line.answers or 0)
        return Said(
            NAME if line.who is None else line.who.name,
            line.text,
            own=not line.by_bot,
            picture=line.media if line.kind == "photo" else None,
            video=line.media if line.kind == "video" else None,
            edited=line.by_bot and len(line.states) > 1,
            buttons=tuple(line.buttons),
            answers="" if asked is None else asked.text,
            time=datetime.fromtimestamp(line.date, UTC).strftime("%H:%M"),
        )


def _entities(text: str, field: str) -> dict[str, Any]:
    if not text.startswith("/"):
        return {}
    command = text.split(maxsplit=1)[0]
    return {field: [{"type": "bot_command", "offset": 0, "length": len(command)}]}
