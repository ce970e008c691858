"""Exit codes and words of errors."""

from __future__ import annotations

import pytest

from a2e_async import (
    A2E,
    A2EError,
    BudgetExceeded,
    ConfigurationError,
    ConnectionFailed,
    InsufficientCoins,
    JobFailed,
    JobTimeout,
    RateLimited,
    SubmitUncertain,
    TextToImage,
    Unsupported,
)
from a2e_async.batch.report import words
from a2e_async.cli import messages
from a2e_async.cli.exits import ExitCode, code_of, combined

JOB = A2E("sk_x").job("text_to_image:7")
LOST = SubmitUncertain("lost", request=TextToImage(prompt="x"), name="n")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ConnectionFailed("x"), 1),
        (RateLimited("x", status=429), 1),
        (OSError(28, "No space left on device"), 1),
        (KeyError("x"), 1),
        (ConfigurationError("x"), 2),
        (Unsupported("x"), 2),
        (ValueError("x"), 2),
        (TypeError("x"), 2),
        (FileNotFoundError(2, "No such file", "x"), 2),
        (JobFailed("x", job=JOB), 3),
        (InsufficientCoins("x", status=402), 4),
        (BudgetExceeded("x"), 4),
        (JobTimeout("x", job=JOB), 5),
        (LOST, 6),
    ],
)
def test_each_error_has_an_exit_code(error: Exception, code: int) -> None:
    assert code_of(error) == code


def test_exit_codes_have_a_meaning() -> None:
    assert all(code.meaning for code in ExitCode)
    assert [code.value for code in ExitCode] == [0, 1, 2, 3, 4, 5, 6, 130, 141]


@pytest.mark.parametrize(
    ("errors", "total", "code"),
    [
        ([], 2, 0),
        ([LOST], 1, 6),
        ([LOST, LOST], 2, 6),
        ([LOST], 2, 3),
        ([LOST, ValueError("x")], 2, 3),
    ],
)
def test_several_pieces_of_work_have_one_exit_code(
    errors: list[Exception], total: int, code: int
) -> None:
    assert combined(errors, total) == code


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (JobTimeout("x", job=JOB), "text_to_image:7: not seen yet when the time was up. "),
        (LOST, "a2e jobs list --kind text_to_image --name n"),
        (SubmitUncertain("speech lost", request=None, name=None), "speech lost"),
        (FileNotFoundError(2, "No such file", "x.png"), "x.png: No such file"),
        (OSError(28, "No space left on device"), "No space left on device"),
        (OSError("odd"), "odd"),
        (ValueError(), "ValueError"),
        (A2EError("sk_abc.def is wrong"), "[token] is wrong"),
        (ZeroDivisionError("by zero"), "unexpected ZeroDivisionError: by zero (-v shows where)"),
    ],
)
def test_errors_are_told_in_the_words_of_the_command_line(error: Exception, words: str) -> None:
    assert words in messages.words(error)


def test_a_message_is_one_line_that_a_terminal_does_not_obey() -> None:
    assert messages.clean("a\n b\tc\x1b[31md") == "a b c�[31md"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0.0 s"), (9.94, "9.9 s"), (12.4, "12 s"), (75, "1:15"), (3605, "1:00:05")],
)
def test_durations_are_short(seconds: float, text: str) -> None:
    assert messages.seconds(seconds) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [(999, "999 B"), (1500, "1.5 kB"), (2_500_000, "2.5 MB"), (3_100_000_000, "3.1 GB")],
)
def test_sizes_have_a_unit(count: int, text: str) -> None:
    assert words.size(count) == text
