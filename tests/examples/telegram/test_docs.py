"""What the guide shows is what there is."""

from __future__ import annotations

import re
from pathlib import Path

import attrs

from examples.telegram_bot.settings import Settings

ROOT = Path(__file__).parents[3]
GUIDE = (ROOT / "docs" / "telegram.md").read_text("utf-8")


def test_code_in_the_guide_is_that_of_the_program() -> None:
    folders = (ROOT / "examples" / "telegram_bot", ROOT / "tests" / "examples" / "telegram")
    files = [path for folder in folders for path in folder.glob("*.py")]
    # How the lines are broken depends on how far a block is indented.
    sources = ["".join(path.read_text("utf-8").split()) for path in files]
    blocks = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)
    assert len(blocks) == 6
    for block in blocks:
        assert any("".join(block.split()) in source for source in sources), block


def test_the_table_of_settings_is_complete() -> None:
    told = dict(re.findall(r"^\| `([A-Z_]+)` \| .* \| (.*?) ?\|$", GUIDE, re.MULTILINE))
    named = re.findall(r"``([A-Z_]+)``", Settings.__doc__ or "")
    assert {*told} == {*named}
    values = attrs.asdict(Settings(token="1:a"))
    for name, field in zip(named, values, strict=True):
        if name not in ("BOT_TOKEN", "TELEGRAM_API"):
            assert told[name].strip("`") == str(values[field]).removesuffix(".0")


def test_pictures_are_there() -> None:
    for name in re.findall(r"\]\((pictures/.*?)\)", GUIDE):
        assert (ROOT / "docs" / name).read_bytes().startswith(b"\x89PNG")
