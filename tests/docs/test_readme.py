"""What the README prints works as printed."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

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


def test_the_table_of_products_is_complete() -> None:
    table = README.partition("<!-- products -->")[2].partition("<!-- /products -->")[0]
    rows = [line.split(" | ")[:2] for line in table.splitlines() if line.startswith("| `")]
    products = [tasks.request_class(kind).product for kind in A2E.kinds()]
    assert rows == [[f"| `a2e.{it.kind}`", it.title] for it in products]


def test_the_groups_are_all_named() -> None:
    families = {*A2E.kinds()}
    for name in {*parts.names(A2E, parts.Group)} - families:
        assert f"`a2e.{name}" in README, name
