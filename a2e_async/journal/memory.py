"""Errors, made again from what was kept of them. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from a2e_async import errors
from a2e_async.errors import A2EError, APIError, JobError, JobFailed, SubmitUncertain
from a2e_async.journal.item import Note

if TYPE_CHECKING:
    from a2e_async.jobs.job import Job
    from a2e_async.tasks.record import Record
    from a2e_async.tasks.request import Request


def error_of(
    note: Note | None,
    *,
    job: Job[Any] | None,
    record: Record | None,
    request: Request[Any],
    name: str | None,
) -> A2EError:
    """Make the error of an item again.

    Args:
        note: what was kept of it; None if nothing was.
        job: the job of the item's task, if it has one.
        record: what its task was last.
        request: its request.
        name: the name of its start.

    Returns:
        An error of the same class, as far as it can be made again; else a `JobFailed` where there
        is a task, or an `A2EError` that begins with the class's name.
    """
    words = "failed" if note is None else note.message
    kind = _class_of(note)
    if job is not None:
        made = kind if issubclass(kind, JobError) and kind is not JobError else JobFailed
        return made(words, job=job, record=record)
    if note is None:
        return A2EError(words)
    if issubclass(kind, APIError):
        return kind(words, status=note.status or 0, code=note.code, trace_id=note.trace_id)
    if issubclass(kind, SubmitUncertain):
        return kind(words, request=request, name=name)
    if kind in _PLAIN:
        return kind(words)
    return A2EError(f"{note.type}: {words}")


def _class_of(note: Note | None) -> type[A2EError]:
    found = None if note is None else getattr(errors, note.type, None)
    is_error = isinstance(found, type) and issubclass(found, A2EError)
    return cast("type[A2EError]", found) if is_error else A2EError


_PLAIN = (
    errors.BudgetExceeded,
    errors.ConfigurationError,
    errors.ConnectionFailed,
    errors.Unsupported,
    errors.UploadFailed,
)
