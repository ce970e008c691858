"""Errors in the words of the command line. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

from a2e_async.errors import A2EError, APIError, JobTimeout, SubmitUncertain, redact

_UNSEEN = frozenset({"Cc", "Zl", "Zp"})


def clean(text: str) -> str:
    """Put a text on one line, without control characters that a terminal would obey."""
    line = " ".join(text.split())
    return "".join("�" if unicodedata.category(c) in _UNSEEN else c for c in line)


def without(secrets: Iterable[str], text: str) -> str:
    """Take the tokens out of a text, whatever they look like."""
    for secret in secrets:
        text = text.replace(secret, "[token]")
    return str(redact(text))


def words(error: BaseException) -> str:
    """Say what is wrong, and what to do about it on the command line."""
    if isinstance(error, JobTimeout):
        return _timeout(error)
    if isinstance(error, SubmitUncertain) and error.name:
        return _uncertain(error)
    if isinstance(error, OSError) and not isinstance(error, A2EError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    if isinstance(error, (A2EError, ValueError, TypeError, OSError)):
        return str(error) or type(error).__name__
    return f"unexpected {type(error).__name__}: {error} (-v shows where)"


def gist(error: Exception) -> str:
    """Say what several errors have in common if they are the same: all but the trace's id."""
    if isinstance(error, APIError) and error.job is None:
        return f"{type(error).__name__} {error.status} {error.message}"
    return words(error)


def _timeout(error: JobTimeout) -> str:
    record = error.record
    word = "not seen yet" if record is None else f"still {record.current_status}"
    token = error.job.token
    return f"{token}: {word} when the time was up. The task goes on: a2e jobs download {token}"


def _uncertain(error: SubmitUncertain) -> str:
    kind = error.request.product.kind
    return (
        f"{kind}: the answer to the start was lost, and no task named {error.name} was found. It "
        "may exist and be charged; it was not started again. Look for it before starting it anew: "
        f"{look_for(kind, error.name or '')}"
    )


def look_for(kind: str, name: str) -> str:
    """Give the command that finds a task by its name."""
    return f"a2e jobs list --kind {kind} --name {name}"


def token_of(error: BaseException) -> str | None:
    """Give the token of the job that an error is about, if there is one."""
    job = getattr(error, "job", None)
    return None if job is None else job.token


def as_json(error: BaseException, text: str) -> dict[str, Any]:
    """Make the JSON object of an error."""
    found: dict[str, Any] = {
        "type": type(error).__name__,
        "message": text,
        "token": token_of(error),
    }
    if isinstance(error, SubmitUncertain):
        found["name"] = error.name
    return found | _notes(error)


def _notes(error: BaseException) -> dict[str, Sequence[str]]:
    notes = getattr(error, "__notes__", ())
    return {"notes": notes} if notes else {}


def seconds(value: float) -> str:
    """Write a duration the short way."""
    if value < 10:  # noqa: PLR2004
        return f"{value:.1f} s"
    if value < 60:  # noqa: PLR2004
        return f"{value:.0f} s"
    minutes, rest = divmod(int(value), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def size(count: float) -> str:
    """Write a number of bytes with a unit."""
    for unit in ("B", "kB", "MB"):
        if count < 1000:  # noqa: PLR2004
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} GB"
