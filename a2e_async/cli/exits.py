"""The exit codes, and which of them an error stands for. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import Self

from a2e_async.errors import (
    A2EError,
    BudgetExceeded,
    ConfigurationError,
    InsufficientCoins,
    JobFailed,
    JobTimeout,
    SubmitUncertain,
    Unsupported,
)


class ExitCode(IntEnum):
    """What the command line tells its caller.

    Attributes:
        meaning: the code in words.
    """

    meaning: str

    def __new__(cls, value: int, meaning: str) -> Self:
        """Make a code that knows its meaning."""
        code = int.__new__(cls, value)
        code._value_ = value
        code.meaning = meaning
        return code

    OK = 0, "all right"
    SERVICE = 1, "the service, the network or the disk refused or failed"
    USAGE = 2, "wrong usage, bad input or bad configuration"
    FAILED = 3, "a task failed, or some of several went wrong"
    COINS = 4, "too few coins, or the budget does not cover the rest"
    TIMEOUT = 5, "the time of the wait was up; the task goes on"
    UNCERTAIN = 6, "the answer to a start was lost; the task may exist"
    INTERRUPTED = 130, "interrupted; tasks at the service go on"
    BROKEN_PIPE = 141, "the reader of the output went away"


_CODES: tuple[tuple[type[Exception], ExitCode], ...] = (
    (SubmitUncertain, ExitCode.UNCERTAIN),
    (JobTimeout, ExitCode.TIMEOUT),
    (JobFailed, ExitCode.FAILED),
    (InsufficientCoins, ExitCode.COINS),
    (BudgetExceeded, ExitCode.COINS),
    (ConfigurationError, ExitCode.USAGE),
    (Unsupported, ExitCode.USAGE),
    (A2EError, ExitCode.SERVICE),
    (ValueError, ExitCode.USAGE),
    (TypeError, ExitCode.USAGE),
    (FileNotFoundError, ExitCode.USAGE),
    (IsADirectoryError, ExitCode.USAGE),
    (NotADirectoryError, ExitCode.USAGE),
    (PermissionError, ExitCode.USAGE),
)


def code_of(error: Exception) -> ExitCode:
    """Tell the exit code of one error."""
    return next((code for kind, code in _CODES if isinstance(error, kind)), ExitCode.SERVICE)


def combined(errors: Sequence[Exception], total: int) -> ExitCode:
    """Tell the exit code of several pieces of work.

    Args:
        errors: what went wrong.
        total: how many pieces of work there were.

    Returns:
        The errors' own code if all of the work ended with it, else the code for some of several.
    """
    codes = {code_of(error) for error in errors}
    if not codes:
        return ExitCode.OK
    return codes.pop() if len(codes) == 1 and len(errors) == total else ExitCode.FAILED


LEGEND = "Exit codes:\n" + "\n".join(f"{code.value:>3}  {code.meaning}" for code in ExitCode)
"""All of them, for a page of help."""
