"""What the bot is told by its environment."""

from __future__ import annotations

import math
from collections.abc import Mapping
from contextlib import suppress
from typing import Self

import attrs

from a2e_async import ConfigurationError


@attrs.frozen(kw_only=True)
class Settings:
    """The settings of the bot. The SDK reads ``A2E_API_KEY`` and ``A2E_BASE_URL`` by itself.

    Attributes:
        token: the bot's token (``DISCORD_TOKEN``).
        api: another REST base than Discord's, with the version (``DISCORD_API``), such as
            ``http://127.0.0.1:8080/api/v10``: a stand-in for tests, which names its gateway too.
        store: file that keeps the jobs (``BOT_STORE``).
        size: width and height of pictures in pixels (``BOT_SIZE``).
        in_flight: tasks under way at once, for all people together (``BOT_IN_FLIGHT``).
        every: seconds between two edits of a message, at the least (``BOT_EVERY``).
        grace: seconds that jobs get to end when the bot is stopped (``BOT_GRACE``).
    """

    token: str = attrs.field(repr=False)
    api: str | None = None
    store: str = "discord_bot.db"
    size: int = 1024
    in_flight: int = 8
    every: float = 3.0
    grace: float = 10.0

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Read them.

        Raises:
            ConfigurationError: there is no ``DISCORD_TOKEN``.
            ValueError: something that is to be a number is none, or too small.
        """
        token = environment.get("DISCORD_TOKEN", "").strip()
        if not token:
            raise ConfigurationError("DISCORD_TOKEN: expected the bot's token, got nothing")
        return cls(
            token=token,
            api=environment.get("DISCORD_API") or None,
            store=environment.get("BOT_STORE") or "discord_bot.db",
            size=_whole(environment, "BOT_SIZE", 1024),
            in_flight=_whole(environment, "BOT_IN_FLIGHT", 8),
            every=_seconds(environment, "BOT_EVERY", 3.0),
            grace=_seconds(environment, "BOT_GRACE", 10.0),
        )


def _whole(environment: Mapping[str, str], name: str, default: int) -> int:
    given = environment.get(name) or str(default)
    if not given.isdecimal() or int(given) < 1:
        raise ValueError(f"{name}: expected a whole number from 1, got {given!r}")
    return int(given)


def _seconds(environment: Mapping[str, str], name: str, default: float) -> float:
    given = environment.get(name) or str(default)
    with suppress(ValueError):
        if 0 <= float(given) < math.inf:
            return float(given)
    raise ValueError(f"{name}: expected a number of seconds from 0, got {given!r}")
