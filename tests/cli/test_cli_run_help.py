"""What ``a2e run`` tells of the products."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable

import attrs
import pytest

from a2e_async import A2E, tasks
from a2e_async.cli import examples, manual
from a2e_async.tasks.fields import documented_default
from tests.cli.conftest import Run, Terminal

each_kind = pytest.mark.parametrize("kind", A2E.kinds())


@each_kind
def test_the_help_of_a_product_tells_all_of_its_fields(bare: Run, kind: str) -> None:
    ran = bare("run", kind, "--help")

    assert ran.code == 0
    assert ran.err == ""
    assert max(map(len, ran.lines[: ran.lines.index(" Example, to be copied:")])) <= 80
    text = " ".join(re.sub(r"[│\s]+", " ", ran.out).split())
    cls = tasks.request_class(kind)
    assert cls.product.title in text
    for field in attrs.fields(cls):
        assert f" {field.name} " in text
        default = documented_default(field)
        if default not in (None, ""):
            assert f"[default: {examples.typed(default)}]" in text
    assert f" {examples.line(kind)}" in ran.lines


@each_kind
def test_each_field_is_described_in_words(kind: str) -> None:
    found = manual.of(kind)

    assert {field.name for field in found} == {
        field.name for field in attrs.fields(tasks.request_class(kind))
    }
    for field in found:
        assert field.about
        assert field.about == " ".join(field.about.split())
        assert "`" not in field.about
        assert "pathlib" not in field.allowed
    needed = [field.needed for field in found]
    assert needed == sorted(needed, reverse=True)


def test_common_fields_come_last() -> None:
    names = [field.name for field in manual.of("nano_banana")]

    assert names[0] == "prompt"
    assert names[-3:] == ["name", "webhook_url", "webhook_token"]


def test_a_product_says_what_it_does() -> None:
    assert manual.purpose("nano_banana") == "Make or edit pictures."


def test_all_products_are_listed_with_their_titles(bare: Run) -> None:
    ran = bare("run", "--help")

    assert ran.code == 0
    listed = [re.sub(r"[│\s]+", " ", line).strip() for line in ran.lines]
    for kind in A2E.kinds():
        title = tasks.request_class(kind).product.title
        assert [line for line in listed if line.startswith(f"{kind} {title}: ")], kind


@pytest.mark.parametrize("argv", [["--help"], ["image", "--help"]])
def test_other_commands_do_not_pay_for_the_products(argv: list[str]) -> None:
    script = (
        "import sys\n"
        "from a2e_async.cli import main\n"
        f"main({argv!r})\n"
        "print([name for name in sys.modules if name.startswith('a2e_async.tasks.')])"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    loaded = ran.stdout.splitlines()[-1]
    assert "text_to_image" in loaded
    assert "nano_banana" not in loaded


def test_without_a_product_there_is_help_and_the_code_of_wrong_usage(bare: Run) -> None:
    ran = bare("run")

    assert ran.code == 2
    assert "nano_banana" in ran.out + ran.err


def test_the_fields_on_a_terminal(bare: Run, terminal: Callable[..., Terminal]) -> None:
    screen = terminal(columns=80)
    assert bare("run", "nano_banana", "--help").code == 0
    screen.close()

    shown = re.sub(r"\x1b\[[0-9;]*m", "", screen.text)
    assert "╭─ Fields ─" in shown
    assert "│ *  prompt" in shown
    assert f" {examples.line('nano_banana')}" in shown
