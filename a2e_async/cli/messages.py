"""Errors in the words of the command line. Pure."""

from __future__ import annotations

import shlex
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

from a2e_async import tasks
from a2e_async.errors import A2EError, APIError, JobTimeout, SubmitUncertain, redact
from a2e_async.jobs.job import Job
from a2e_async.tasks.product import Product
from a2e_async.tasks.request import Request

_UNSEEN = frozenset({"Cc", "Zl", "Zp"})
_NO_LIST = "it cannot be looked for, the service documents no list of these tasks"


def clean(text: str) -> str:
    """Put a text on one line, without control characters that a terminal would obey."""
    line = " ".join(text.split())
    return "".join("�" if unicodedata.category(c) in _UNSEEN else c for c in line)


def shortened(text: str, most: int) -> str:
    """Put a text on one line of so many characters at the most."""
    line = clean(text)
    return line if len(line) <= most else f"{line[: most - 1]}…"


def without(secrets: Iterable[str], text: str) -> str:
    """Take the tokens out of a text, whatever they look like."""
    for secret in secrets:
        text = text.replace(secret, "[token]")
    return str(redact(text))


def words(error: BaseException) -> str:
    """Say what is wrong, and what to do about it on the command line."""
    if isinstance(error, JobTimeout):
        return _timeout(error)
    if isinstance(error, SubmitUncertain) and isinstance(error.request, Request):
        return _uncertain(error.request.product, error.name)
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
    goes_on = f"The task goes on: {come_back(error.job)}"
    return f"{error.job.token}: {word} when the time was up. {goes_on}"


def come_back(job: Job[Any], out: str = "") -> str:
    """Give the command that waits for a job and fetches what comes of it.

    Args:
        job: the job.
        out: the option of the directory of its files, if it makes any.
    """
    if tasks.request_class(job.kind).product.media is None:
        return f"a2e jobs wait {job.token}"
    return f"a2e jobs download {job.token}{out}"


def _uncertain(product: Product[Any], name: str | None) -> str:
    command = look_for(product, name)
    seen = f", and no task named {name} is surely its" if name and command else ""
    advice = f"Look for it before starting it anew: {command}" if command else _NO_LIST.capitalize()
    return (
        f"{product.kind}: the answer to the start was lost{seen}. It may exist and be charged; it "
        f"was not started again. {advice}"
    )


def look_for(product: Product[Any], name: str | None, options: str = "") -> str | None:
    """Give the command that finds a task whose start was not answered.

    Args:
        product: the product.
        name: the task's name, or None where it has none and can only be among the newest.
        options: more options of the command.

    Returns:
        The command, or None where nothing lists the product's tasks.
    """
    if product.pages is None:
        return None
    named = f" --name {shlex.quote(name)}" if name else ""
    remark = "" if name else "  # it has no name: is it among the newest?"
    return f"a2e jobs list --kind {product.kind}{named}{options}{remark}"


def not_answered(product: Product[Any], name: str | None, options: str = "") -> str:
    """Tell how to look for a task whose start was not answered, as `look_for` does."""
    return look_for(product, name, options) or f"{product.kind}: {_NO_LIST}"


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


def number(value: float) -> str:
    """Write a number for people, such as 12,340 or 0.5."""
    whole = round(value, 2)
    return f"{whole:,.0f}" if whole == int(whole) else f"{whole:,}"
