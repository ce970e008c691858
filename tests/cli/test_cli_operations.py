"""``a2e operations``."""

from __future__ import annotations

import re

import pytest

from a2e_async.catalogue import EVIDENCE, documented_calls
from tests.cli.conftest import Run
from tests.cli.test_cli_terminal import CONTROLS, Enter, neutral, seen

__all__ = ["neutral"]


@pytest.mark.parametrize("columns", [80, 100, 140])
def test_on_a_terminal_nothing_is_cut(bare: Run, terminal: Enter, columns: int) -> None:
    screen = terminal(columns=columns)
    assert bare("operations").code == 0
    screen.close()

    lines = seen(screen)
    text = " ".join(" ".join(lines).split())
    for row in documented_calls():
        calls = " ".join(row.calls)
        assert f"{row.method} {row.path} {row.evidence} {calls}" in text
    assert max(map(len, lines)) <= columns


def test_each_product_is_a_heading(bare: Run, terminal: Enter) -> None:
    screen = terminal(columns=80)
    bare("operations")
    screen.close()

    products = list(dict.fromkeys(row.product for row in documented_calls()))
    lines = screen.text.split("\r\n")
    assert [line for line in lines if line.startswith("\x1b[1m")] == [
        f"\x1b[1m{product}\x1b[0m" for product in products
    ]
    assert "  GET /api/v1/user/remainingCoins\x1b[2m  code\x1b[0m" in lines


def test_several_calls_stand_below_each_other(bare: Run, terminal: Enter) -> None:
    screen = terminal(columns=80)
    bare("operations", "--find", "prompt_extension")
    screen.close()

    assert seen(screen)[:7] == [
        "Image to Video",
        "  POST /api/v1/userImage2Video/prompt_extension  catalog",
        "      a2e.image_to_video.extend_prompt(reference_id=…, image_url=…, prompt=…,",
        "          negative_prompt=…, …)",
        "      a2e.image_to_video.stream_prompt(reference_id=…, image_url=…, prompt=…,",
        "          negative_prompt=…, …)",
        "  POST /api/v1/userImage2Video/flf2v_prompt_extension  catalog",
    ]


def test_the_words_of_evidence_are_explained(bare: Run, terminal: Enter) -> None:
    told = CONTROLS.sub("", bare("operations", "--help").out)
    screen = terminal(columns=80)
    bare("operations", "--find", "coins")
    screen.close()

    for text in (told, "\n".join(seen(screen))):
        for word, meaning in EVIDENCE.items():
            assert re.search(rf"^ +{word} +{re.escape(meaning)} *$", text, re.MULTILINE)


def test_through_a_pipe_each_operation_is_a_line(bare: Run) -> None:
    rows = documented_calls()

    lines = [line.split("\t") for line in bare("operations").lines]

    assert [line[:2] for line in lines] == [[row.method, row.path] for row in rows]
    assert [line[2:] for line in lines] == [
        [row.product, "; ".join(row.calls), row.evidence] for row in rows
    ]


def test_one_of_several_calls_is_found(bare: Run) -> None:
    [row] = bare("operations", "--find", "account.COINS", "--json").json

    assert row["call"] == "a2e.account.balance()"
    assert row["calls"] == ["a2e.account.balance()", "a2e.account.coins()"]


def test_what_is_not_there(bare: Run, terminal: Enter) -> None:
    assert (
        bare("operations", "--find", "nothing such").err
        == "no operation with 'nothing such' in it\n"
    )
    screen = terminal()
    bare("operations", "--find", "nothing such")
    screen.close()

    assert seen(screen) == ["no operation with 'nothing such' in it"]
