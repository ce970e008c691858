"""What the environment tells the bot."""

from __future__ import annotations

import pytest

from a2e_async import ConfigurationError
from examples.discord_bot.settings import Settings

SECRET = "MTk4NjIy.Cl2FMQ.secret"


def test_a_token_is_enough_and_is_not_shown() -> None:
    settings = Settings.from_environment({"DISCORD_TOKEN": f" {SECRET} ", "BOT_STORE": ""})
    assert settings == Settings(token=SECRET)
    assert SECRET not in repr(settings)


def test_everything_can_be_set() -> None:
    given = {"BOT_STORE": "b.db", "BOT_SIZE": "64", "BOT_IN_FLIGHT": "2", "BOT_EVERY": "0.5"}
    given |= {"DISCORD_TOKEN": SECRET, "BOT_GRACE": "0", "DISCORD_API": "http://127.0.0.1:1/api"}
    assert Settings.from_environment(given) == Settings(
        token=SECRET,
        api="http://127.0.0.1:1/api",
        store="b.db",
        size=64,
        in_flight=2,
        every=0.5,
        grace=0.0,
    )


def test_no_token_is_told() -> None:
    with pytest.raises(ConfigurationError, match="DISCORD_TOKEN"):
        Settings.from_environment({})


@pytest.mark.parametrize(
    ("name", "value"),
    [("BOT_SIZE", "big"), ("BOT_IN_FLIGHT", "0"), ("BOT_EVERY", "-1"), ("BOT_GRACE", "nan")],
)
def test_a_wrong_number_is_told(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=f"^{name}: expected a .*, got '{value}'$"):
        Settings.from_environment({"DISCORD_TOKEN": SECRET, name: value})
