"""What the environment says."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Self

import attrs

TELEGRAM = "https://api.telegram.org"


@attrs.frozen(kw_only=True)
class Settings:
    """The bot's settings.

    Attributes:
        token: the bot's token, from @BotFather (``BOT_TOKEN``).
        api: address of the Bot API (``TELEGRAM_API``).
        store: file that keeps the jobs (``BOT_STORE``).
        files: folder for results on their way to the chat (``BOT_FILES``).
        size: width and height of pictures in pixels (``BOT_SIZE``).
        in_flight: tasks under way at once, of all people (``BOT_IN_FLIGHT``).
        per_person: requests that one person may have at once (``BOT_PER_PERSON``).
        coins_per_day: coins that one person may spend in a day (``BOT_COINS_PER_DAY``).
        edit_every: seconds between two edits of a message, at least (``BOT_EDIT_EVERY``).
        stop_within: seconds that a stop waits for what is nearly done (``BOT_STOP_WITHIN``).
    """

    token: str = attrs.field(repr=False)
    api: str = TELEGRAM
    store: Path = Path("bot.db")
    files: Path = Path("bot-files")
    size: int = 1024
    in_flight: int = 8
    per_person: int = 3
    coins_per_day: float = 200
    edit_every: float = 3.0
    stop_within: float = 8.0

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Self:
        """Read the settings.

        Args:
            environment: the variables, such as ``os.environ``.

        Raises:
            ValueError: a variable is missing, or no number above 0.
        """
        token = environment.get("BOT_TOKEN")
        if not token:
            raise ValueError("BOT_TOKEN: expected the bot's token, as @BotFather gives it")
        return cls(
            token=token,
            api=environment.get("TELEGRAM_API") or TELEGRAM,
            store=Path(environment.get("BOT_STORE") or "bot.db"),
            files=Path(environment.get("BOT_FILES") or "bot-files"),
            size=int(_number(environment, "BOT_SIZE", 1024)),
            in_flight=int(_number(environment, "BOT_IN_FLIGHT", 8)),
            per_person=int(_number(environment, "BOT_PER_PERSON", 3)),
            coins_per_day=_number(environment, "BOT_COINS_PER_DAY", 200),
            edit_every=_number(environment, "BOT_EDIT_EVERY", 3),
            stop_within=_number(environment, "BOT_STOP_WITHIN", 8),
        )


def _number(environment: Mapping[str, str], name: str, default: float) -> float:
    text = environment.get(name) or str(default)
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not value > 0:
        raise ValueError(f"{name}: expected a number above 0, got {text!r}")
    return value
