"""What the guide prints is what runs."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import dedent

import pytest

from examples.discord_bot.settings import Settings

ROOT = Path(__file__).parents[3]
GUIDE = (ROOT / "docs/discord.md").read_text("utf-8")
SOURCES = [*(ROOT / "examples/discord_bot").glob("*.py"), *Path(__file__).parent.glob("*.py")]
CODE = {path: path.read_text("utf-8") for path in SOURCES}
BLOCKS = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)


def test_there_is_code() -> None:
    assert len(BLOCKS) >= 3


@pytest.mark.parametrize("block", BLOCKS)
def test_each_block_stands_in_a_file(block: str) -> None:
    assert any(block.strip() in dedent(part) for text in CODE.values() for part in _parts(text))


def _parts(text: str) -> list[str]:
    """Give a file as it is, and its methods as if they stood alone."""
    return [text, *re.split(r"\n(?=    (?:async )?def )", text)]


def test_each_setting_is_told_of() -> None:
    told = set(re.findall(r"`([A-Z0-9_]{5,})`", GUIDE))
    documented = set(re.findall(r"``([A-Z0-9_]{5,})``", Settings.__doc__ or ""))
    assert documented <= told


def test_its_pictures_are_there() -> None:
    pictures = re.findall(r"!\[[^]]+\]\(([^)]+)\)", GUIDE)
    assert pictures
    assert all((ROOT / "docs" / picture).is_file() for picture in pictures)
