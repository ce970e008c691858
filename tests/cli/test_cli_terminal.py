"""How it looks where people look at it: on a terminal."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from a2e_async.sandbox import Fault
from tests.cli.conftest import Run, Service, Terminal
from tests.cli.test_cli_demo import image, prompts

Enter = Callable[..., Terminal]

CONTROLS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@pytest.fixture(autouse=True)
def neutral(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE", "CI"):
        monkeypatch.delenv(name, raising=False)


def seen(terminal: Terminal) -> list[str]:
    """What is to read on a terminal, line by line, with all that was drawn over."""
    return [line for line in re.split(r"[\r\n]+", CONTROLS.sub("", terminal.text)) if line]


def test_lists_are_tables(a2e: Run, terminal: Enter) -> None:
    screen = terminal(columns=80)
    assert a2e("avatars").code == 0
    screen.close()

    lines = seen(screen)
    assert lines[0].split() == ["id", "name", "language", "anchor_type"]
    assert lines[1].split() == ["65ee00000000000000000001", "Ann", "en-US", "0"]
    assert max(map(len, lines)) <= 80


def test_long_values_give_way_to_those_that_are_copied(
    a2e: Run, terminal: Enter, service: Service
) -> None:
    token = a2e("image", "a fox " * 50, "--no-wait").lines[0]
    screen = terminal(columns=80)
    a2e("jobs", "list", "--limit", 1)
    screen.close()

    line = seen(screen)[1]
    assert token in line
    assert "…" in line
    assert len(line) <= 80


def test_a_terminal_too_narrow_for_a_table_gets_lines(a2e: Run, terminal: Enter) -> None:
    token = a2e("image", "a fox", "--no-wait").lines[0]
    screen = terminal(columns=40)
    a2e("jobs", "list", "--limit", 1)
    screen.close()

    assert token in screen.text
    assert "prompt or name" not in screen.text


def test_one_task_is_names_and_values(a2e: Run, terminal: Enter) -> None:
    token = a2e("image", "a fox", "--no-wait").lines[0]
    screen = terminal()
    a2e("jobs", "get", token)
    screen.close()

    assert ["token", token] in [line.split() for line in seen(screen)]


def test_json_stays_json(a2e: Run, terminal: Enter) -> None:
    screen = terminal()
    a2e("avatars", "--json")
    a2e("jobs", "get", "nonsense", "--json")
    a2e("jobs", "list", "--name", "none", "--json")
    screen.close()

    assert seen(screen)[0].startswith('{"id": ')
    assert '{"error": {"type": "ValueError"' in screen.text
    assert "no tasks" in screen.text


def test_jobs_are_redrawn_while_they_run(a2e: Run, terminal: Enter, service: Service) -> None:
    service.seconds = 0.5
    screen = terminal(columns=80)
    ran = a2e("image", "x")
    screen.close()

    assert ran.code == 0
    token = f"text_to_image:{service.sandbox.tasks[-1].id}"
    drawn = [line for line in seen(screen) if token in line]
    assert any("initialized" in line for line in drawn)
    assert any("━" in line for line in drawn)
    assert any(re.fullmatch(rf"{token}: saved \(\d\.\d s\)", line) for line in drawn)
    assert max(map(len, drawn)) <= 80


def test_the_percentage_is_shown_where_it_is_known(
    a2e: Run, terminal: Enter, service: Service
) -> None:
    service.seconds = 1.2
    screen = terminal()
    ran = a2e(
        "video", "--avatar", "a", "--anchor-type", 0, "--audio", "https://example.com/a.mp3",
    )  # fmt: skip
    screen.close()

    assert ran.code == 0
    assert re.search(r"\b\d+ %", screen.text)


def test_results_go_to_a_file_while_progress_is_drawn(a2e: Run, terminal: Enter) -> None:
    screen = terminal(stdout=False)
    ran = a2e("image", "x", "-v")
    screen.close()

    [path] = ran.lines
    assert Path(path).is_file()
    assert "saved" in screen.text
    assert "a2e_async.http DEBUG" in screen.text


def test_a_dumb_terminal_gets_lines(a2e: Run, terminal: Enter) -> None:
    screen = terminal(term="dumb")
    a2e("image", "x")
    screen.close()

    assert "text_to_image: starting (0.0 s)" in seen(screen)
    assert "\x1b" not in screen.text


def test_errors_are_red_unless_colours_are_not_wanted(
    a2e: Run, terminal: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = terminal(columns=2000)
    a2e("jobs", "get", "nonsense")
    monkeypatch.setenv("NO_COLOR", "1")
    a2e("jobs", "list", "--kind", "[red]oils")
    screen.close()

    first, second, _ = screen.text.split("\r\n")
    assert first.startswith("\x1b[1;31merror:")
    assert "31m" not in second
    assert "'[red]oils' is no product" in second


def test_the_demo_on_a_terminal(a2e: Run, terminal: Enter, service: Service) -> None:
    service.sandbox.faults.next("start", Fault.refused(1003, "not this"))
    screen = terminal(columns=80)
    screen.type("y\n")
    ran = a2e("demo", prompts(Path("p.jsonl"), image(), image(key="fine")), "--in-flight", 1)
    screen.close()

    lines = seen(screen)
    assert ran.code == 3
    question = f"This starts 2 tasks (2 text_to_image) at {service.url}, and charges coins."
    assert any(question in line for line in lines)
    assert any(line.startswith("01-a-lake: not started (") for line in lines)
    assert ["file", "size", "type", "coins", "seconds"] in [line.split() for line in lines]
    assert any(
        re.match(r"a2e-demo/02-fine.png +\d+(\.\d)? k?B +image/png +10 ", line) for line in lines
    )


@pytest.mark.parametrize("answer", ["n\n", "\n", "\x04"])
def test_without_a_yes_nothing_is_started(
    a2e: Run, terminal: Enter, service: Service, answer: str
) -> None:
    before = len(service.sandbox.tasks)
    screen = terminal()
    screen.type(answer)
    ran = a2e("demo")
    screen.close()

    assert ran.code == 130
    assert "not confirmed: nothing was done" in screen.text
    assert len(service.sandbox.tasks) == before


def test_deleting_after_a_yes(a2e: Run, terminal: Enter) -> None:
    token = a2e("image", "a fox", "--no-wait").lines[0]
    screen = terminal()
    screen.type("yes\n")
    ran = a2e("jobs", "delete", token)
    screen.close()

    assert ran.code == 0
    assert f"Delete 1 task ({token}) for good? [y/N]" in screen.text
    assert f"deleted {token}" in screen.text
