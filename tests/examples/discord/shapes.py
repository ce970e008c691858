"""What Discord sends: objects of its API, no more than discord.py reads of them."""

from __future__ import annotations

import itertools
import time
from datetime import UTC, datetime
from typing import Any

import attrs

APPLICATION = 7001
BOT = {
    "id": str(APPLICATION),
    "username": "Fox bot",
    "discriminator": "0",
    "avatar": None,
    "bot": True,
}
GUILD = 9001
CHANNEL = 9101
OWNER = {"id": "5000", "username": "owner", "discriminator": "0", "avatar": None}
LOADING = 1 << 7
EPHEMERAL = 1 << 6

_DISCORD_EPOCH = 1420070400000
_numbers = itertools.count()


def snowflake(*, age: float = 0.0) -> int:
    """Make an id, of which the time when it was made is a part.

    Args:
        age: seconds since then.
    """
    moment = int((time.time() - age) * 1000) - _DISCORD_EPOCH
    return (moment << 22) | (next(_numbers) & 0x3FFFFF)


@attrs.define(eq=False)
class Message:
    """A message as it stands, and how it came to.

    Attributes:
        content: its text.
        files: its attachments, name and bytes.
        flags: Discord's bits.
        answers: the command that it answers, as the chat shows it.
        nonce: what its sender named it.
        shown: all the texts it has had.
        deleted: whether somebody deleted it.
    """

    channel: int
    content: str = ""
    files: dict[str, bytes] = attrs.field(factory=dict, repr=False)
    flags: int = 0
    answers: str = ""
    nonce: str | None = None
    shown: list[str] = attrs.field(factory=list, repr=False)
    deleted: bool = False
    id: int = attrs.field(factory=snowflake)

    @property
    def loading(self) -> bool:
        """Whether it says nothing but that the bot is thinking."""
        return bool(self.flags & LOADING)

    @property
    def private(self) -> bool:
        """Whether one person only sees it."""
        return bool(self.flags & EPHEMERAL)

    def change(self, payload: dict[str, Any], uploads: dict[str, bytes]) -> None:
        """Edit it, as ``PATCH`` does."""
        if payload.get("content") is not None:
            self.content = payload["content"]
            self.shown.append(self.content)
        if "attachments" in payload:
            kept = {it["filename"] for it in payload["attachments"] if "filename" in it}
            self.files = {name: data for name, data in self.files.items() if name in kept}
        self.files |= uploads
        self.flags &= ~LOADING

    def json(self) -> dict[str, Any]:
        """Write it as the API does."""
        files = [
            {"id": str(n), "filename": name, "size": len(data), "url": "http://x", "proxy_url": ""}
            for n, (name, data) in enumerate(self.files.items(), 1)
        ]
        return {
            "id": str(self.id),
            "channel_id": str(self.channel),
            "author": BOT,
            "content": self.content,
            "timestamp": datetime.now(UTC).isoformat(),
            "edited_timestamp": None,
            "tts": False,
            "mention_everyone": False,
            "mentions": [],
            "mention_roles": [],
            "attachments": files,
            "embeds": [],
            "pinned": False,
            "type": 20 if self.answers else 0,
            "flags": self.flags,
            "nonce": self.nonce,
        }


@attrs.define(eq=False)
class Command:
    """A command that somebody gave.

    Attributes:
        token: the interaction's token.
        born: the monotonic clock when it was sent out.
        answered_after: seconds until the bot acknowledged it.
        message: the answer.
        choices: the answer of an autocompletion.
        expired: whether its token is good no more.
    """

    name: str
    user: str
    options: dict[str, str]
    channel: int
    kind: int = 2
    token: str = attrs.field(default="", repr=False)
    born: float = attrs.field(factory=time.monotonic)
    answered_after: float | None = None
    message: Message | None = None
    choices: list[dict[str, Any]] | None = None
    expired: bool = False
    id: int = attrs.field(factory=snowflake)

    def json(self, *, limit: int) -> dict[str, Any]:
        """Write it as the gateway does."""
        options = [
            {"name": name, "type": 3, "value": value, "focused": self.kind == 4}
            for name, value in self.options.items()
        ]
        return {
            "id": str(self.id),
            "application_id": str(APPLICATION),
            "type": self.kind,
            "token": self.token,
            "version": 1,
            "guild_id": str(GUILD),
            "channel_id": str(self.channel),
            "channel": channel(self.channel),
            "member": {**member(self.user), "permissions": "0"},
            "data": {"id": "1", "name": self.name, "type": 1, "options": options},
            "attachment_size_limit": limit,
            "app_permissions": "0",
            "authorizing_integration_owners": {"0": str(GUILD)},
            "context": 0,
        }


def channel(number: int) -> dict[str, Any]:
    return {
        "id": str(number),
        "type": 0,
        "guild_id": str(GUILD),
        "name": "pictures",
        "position": 0,
        "permission_overwrites": [],
    }


def user(name: str) -> dict[str, Any]:
    number = 100000 + sum(ord(letter) * 31**n for n, letter in enumerate(name))
    return {"id": str(number), "username": name, "discriminator": "0", "avatar": None}


def member(name: str) -> dict[str, Any]:
    return {
        "user": user(name),
        "roles": [],
        "joined_at": "2024-01-01T00:00:00+00:00",
        "deaf": False,
        "mute": False,
        "flags": 0,
    }


def guild() -> dict[str, Any]:
    everyone = {"id": str(GUILD), "name": "@everyone", "permissions": "0", "position": 0}
    colours = {"primary_color": 0, "secondary_color": None, "tertiary_color": None}
    role = {"color": 0, "colors": colours, "hoist": False, "managed": False, "mentionable": False}
    return {
        "id": str(GUILD),
        "name": "Studio",
        "owner_id": OWNER["id"],
        "member_count": 3,
        "roles": [{**everyone, **role}],
        "channels": [channel(CHANNEL), channel(CHANNEL + 1)],
        "members": [],
        "emojis": [],
        "features": [],
        "verification_level": 0,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "nsfw_level": 0,
        "premium_tier": 0,
        "preferred_locale": "en-US",
        "large": False,
    }


def application() -> dict[str, Any]:
    return {
        "id": str(APPLICATION),
        "name": "Fox bot",
        "description": "",
        "icon": None,
        "summary": "",
        "bot_public": False,
        "bot_require_code_grant": False,
        "owner": OWNER,
        "verify_key": "",
        "flags": 0,
    }
