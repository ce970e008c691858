"""What the README prints works as printed."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from textwrap import indent

import pytest

import a2e_async
from a2e_async import A2E, parts, tasks

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def python(arguments: list[str], directory: Path) -> str:
    done = subprocess.run(
        [sys.executable, *arguments], cwd=directory, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_first_lines_leave_a_picture(tmp_path: Path) -> None:
    code = blocks("python")[0]
    assert code.count("A2E()") == 1
    (tmp_path / "fox.py").write_text(code.replace("A2E()", "A2E.sandbox()"), "utf-8")
    printed = python(["-W", "error", "fox.py"], tmp_path)
    (picture,) = (tmp_path / "out").iterdir()
    assert picture.name in printed
    assert picture.read_bytes().startswith(b"\x89PNG")


@pytest.mark.filterwarnings("default")
def test_test_of_a_bot_passes(tmp_path: Path) -> None:
    (example,) = (block for block in blocks("python") if "def test_" in block)
    (tmp_path / "test_bot.py").write_text(example, "utf-8")
    printed = python(["-m", "pytest", "-q", "-o", "asyncio_mode=auto", "test_bot.py"], tmp_path)
    assert "1 passed" in printed


def test_every_python_block_is_python() -> None:
    for block in blocks("python"):
        compile(
            f"async def block():\n    {block.replace(chr(10), chr(10) + '    ')}", "README", "exec"
        )


def test_set_up_commands_are_two_lines_and_ci_calls_the_second() -> None:
    demo = re.search(r"<!-- demo -->\n```bash\n(.+)\n```", README)
    test = re.search(r"<!-- test -->\n```bash\n(.+)\n```", README)
    assert demo is not None
    assert test is not None
    assert "a2e demo --sandbox" in demo[1]
    assert test[1].endswith("nox")
    assert "<!-- test -->" in (ROOT / ".ci" / "run").read_text("utf-8")


def test_names_of_errors_and_options_exist() -> None:
    named = {*re.findall(r"`([A-Z]\w+)`", README)} - {"ValueError", "TypeError", "Path", "False"}
    errors = {name for name in named if not name.isupper()}
    for name in errors - {"TimeoutError", "ConnectionError", "Retry"}:
        assert hasattr(a2e_async, name), name


MEDIA = {
    ".png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    ".mp4": b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41",
    ".mp3": b"ID3\4\0\0\0\0\0\0",
}
RECIPES = re.findall(
    r"```python\n(.*?)```",
    README.partition("## Products")[2].partition("## Errors")[0],
    re.DOTALL,
)
HEAD = """
import asyncio
from pathlib import Path
from textwrap import indent
from a2e_async import A2E, TextToImage

URL = "https://example.com/a.png"

async def main() -> None:
    async with A2E.sandbox(seed=7, speed=500) as a2e:
"""


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.splitlines()[0][:40])
def test_a_recipe_works_as_printed(recipe: str, tmp_path: Path) -> None:
    for name in re.findall(r'Path\("(.+?)"\)', recipe):
        (tmp_path / name).write_bytes(MEDIA[Path(name).suffix] + bytes(1000))
    code = HEAD + indent(recipe, "        ") + "\nasyncio.run(main())\n"
    (tmp_path / "recipe.py").write_text(code, "utf-8")
    python(["-W", "error", "recipe.py"], tmp_path)


def test_the_table_of_products_is_complete() -> None:
    table = README.partition("<!-- products -->")[2].partition("<!-- /products -->")[0]
    rows = [line.split(" | ")[:2] for line in table.splitlines() if line.startswith("| `")]
    products = [tasks.request_class(kind).product for kind in A2E.kinds()]
    assert rows == [[f"| `a2e.{it.kind}`", it.title] for it in products]


def test_the_groups_are_all_named() -> None:
    families = {*A2E.kinds()}
    for name in {*parts.names(A2E, parts.Group)} - families:
        assert f"`a2e.{name}" in README, name
