"""What to tell the end user of a bot or a page: states and errors in plain sentences. Pure.

No sentence tells ids, addresses, codes, the service's words or the operator's coins. All that can
be told is in `TEMPLATES`, for translators.
"""

from __future__ import annotations

import string
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from a2e_async import errors, logs
from a2e_async.http import envelope
from a2e_async.jobs.job import Job
from a2e_async.jobs.snapshot import Snapshot, about, percent
from a2e_async.status import JobStatus
from a2e_async.tasks.record import Record

_log = logs.get("a2e_async.texts")

__all__ = ["TEMPLATES", "Translate", "describe"]

Translate: TypeAlias = Callable[[str], str]
"""A function such as gettext's: it takes an English template and gives that of another language."""

_Told: TypeAlias = tuple[str, Mapping[str, int]]

TEMPLATES: Final[Mapping[str, str]] = MappingProxyType(
    {
        # Before the start.
        "waiting": "Your request is waiting to begin.",
        "waiting_seconds": "Your request begins in about {seconds} s.",
        "waiting_minutes": "Your request begins in about {minutes} min.",
        "waiting_hours": "Your request begins in about {hours} h.",
        "line": "You are number {position} in line.",
        "line_seconds": "You are number {position} in line, about {seconds} s.",
        "line_minutes": "You are number {position} in line, about {minutes} min.",
        "line_hours": "You are number {position} in line, about {hours} h.",
        # After it.
        "sent": "Your request has been sent.",
        "pending": "Your request has been accepted and will begin soon.",
        "processing": "Your result is being made.",
        "processing_percent": "Your result is being made: {percent}%.",
        "completed": "Your result is ready.",
        "failed": "This did not work out. Please try again, perhaps in other words.",
        # Instead of it.
        "cancelled": "Your request was cancelled before it began. Nothing was spent.",
        "refused_content": (
            "Your request was refused because of its content. Please change it and try again."
        ),
        "refused": "Your request cannot be carried out as it is. Please change it and try again.",
        "bad_field": "Something in your request is not as it should be. Please check it.",
        "impossible": "This cannot be done.",
        "unavailable": "This is not possible at the moment. Please try again later.",
        "limit": "This is more than is possible at the moment. Please try again later.",
        "busy": "There is a lot to do at the moment. Please try again in a few minutes.",
        "unreachable": (
            "The service cannot be reached at the moment. Please try again in a few minutes."
        ),
        "trouble": "The service is having trouble at the moment. Please try again later.",
        "upload": "Your file could not be sent. Please try again, perhaps with another file.",
        "unknown": "Something went wrong. Please try again later.",
        # When a second request might be paid for in vain.
        "uncertain": (
            "It is not certain whether your request has arrived, and its result may not reach you. "
            "Please ask before you send it again: it might be made twice."
        ),
        "slow": (
            "This takes longer than usual, but it goes on: your result may still come. "
            "Please do not send the request again."
        ),
        "too_slow": (
            "This took too long, but your result may still come. "
            "Please wait a while before you send the request again."
        ),
        "out_of_sight": (
            "How far your request is cannot be told at the moment, but it goes on: your result may "
            "still come. Please do not send it again."
        ),
        "not_fetched": (
            "Your result is ready, but it could not be fetched. Please ask for it again later: "
            "there is no need to have it made again."
        ),
        "gone": (
            "Your request is not known any more: it was removed, or it is too old. "
            "Please send it again if you still want its result."
        ),
    }
)
"""Every sentence there is, by a name: whole ones, with named fields for the numbers."""

_OF_ERROR: Final[Mapping[type[BaseException], str]] = {
    errors.A2EError: "unknown",
    # Matters of the operator, of which an end user is told no more.
    errors.ConfigurationError: "unavailable",
    errors.AuthenticationFailed: "unavailable",
    errors.PermissionDenied: "unavailable",
    errors.InsufficientCoins: "unavailable",
    errors.JournalError: "unavailable",
    errors.BudgetExceeded: "limit",
    errors.ConnectionFailed: "unreachable",
    errors.APIError: "trouble",
    errors.NotFound: "trouble",
    errors.ServerError: "trouble",
    errors.UnexpectedResponse: "trouble",
    errors.RateLimited: "busy",
    errors.ServiceBusy: "busy",
    errors.InvalidRequest: "refused",
    errors.ContentRejected: "refused_content",
    errors.SubmitUncertain: "uncertain",
    errors.JobError: "out_of_sight",
    errors.JobFailed: "failed",
    errors.JobTimeout: "slow",
    errors.JobNotFound: "gone",
    errors.JobCancelled: "cancelled",
    errors.Unsupported: "impossible",
    errors.DownloadFailed: "not_fetched",
    errors.UploadFailed: "upload",
    ValueError: "bad_field",
    TypeError: "bad_field",
    TimeoutError: "too_slow",
    BaseException: "unknown",
}
# What these say of a job holds whatever has become of it.
_FIRM = (errors.JobError, errors.SubmitUncertain, errors.DownloadFailed, errors.Unsupported)
_OF_STATUS: Final[Mapping[JobStatus, str]] = {
    JobStatus.INITIALIZED: "sent",
    JobStatus.SENT: "sent",
    JobStatus.PENDING: "pending",
    JobStatus.PROCESSING: "processing",
    JobStatus.COMPLETED: "completed",
}
_NO_FIELDS: Final[Mapping[str, int]] = {}
_OK = 200


def describe(
    thing: Job[Any] | Snapshot[Any] | Record | JobStatus | BaseException,
    *,
    translate: Translate | None = None,
) -> str:
    """Tell an end user how a job is, or what went wrong and what can be done about it.

    Args:
        thing: a job, a snapshot of one, a record, a status, or an exception of any kind.
        translate: takes one of `TEMPLATES` and gives it in the user's language, with the same
            fields, such as the ``gettext`` of a catalogue. Where it fails, or gives another set of
            fields, the English sentence is told.

    Returns:
        A sentence or two. They hold nothing internal, and none of the service's words.

    Raises:
        TypeError: this is none of these things, or what translates cannot be called.
    """
    name, fields = _told(thing)
    return _translated(TEMPLATES[name], fields, translate)


def _told(thing: object) -> _Told:
    """Choose the sentence, and what goes into it."""
    if isinstance(thing, Job):
        thing = thing.snapshot
    if isinstance(thing, Snapshot):
        return _of_snapshot(thing)
    if isinstance(thing, Record):
        return _of_task(thing.status, percent(thing.progress), thing)
    if isinstance(thing, JobStatus):
        return _of_task(thing, None, None)
    if isinstance(thing, BaseException):
        return _of_error(thing), _NO_FIELDS
    allowed = "a job, a snapshot, a record, a status or an exception"
    raise TypeError(f"thing: expected {allowed}, got {type(thing).__name__}")


def _of_snapshot(snapshot: Snapshot[Any]) -> _Told:
    if snapshot.done and snapshot.error is not None:
        return _of_error(snapshot.error), _NO_FIELDS
    if snapshot.started or snapshot.done:
        return _of_task(snapshot.status, snapshot.progress, snapshot.record)
    name = "waiting" if snapshot.position is None else "line"
    fields = {} if snapshot.position is None else {"position": snapshot.position}
    time = about(snapshot.waiting_time)
    if time is None:
        return name, fields
    unit, number = time
    return f"{name}_{unit}", {**fields, unit: number}


def _of_task(status: JobStatus, progress: int | None, record: Record | None) -> _Told:
    if status is JobStatus.FAILED:
        return _of_failure(record), _NO_FIELDS
    if status is JobStatus.PROCESSING and progress is not None:
        return "processing_percent", {"percent": progress}
    return _OF_STATUS[status], _NO_FIELDS


def _of_failure(record: Record | None) -> str:
    """Tell a refusal by the content rules, which another try would meet again, from the rest."""
    if record is None:
        return "failed"
    code = envelope.read_code({"code": record.failed_code})
    kind = envelope.classify(_OK, code, record.failed_message or "")
    return "refused_content" if kind is errors.ContentRejected else "failed"


def _of_error(error: BaseException) -> str:
    if isinstance(error, errors.JobFailed):
        return _of_failure(error.record)
    if isinstance(error, errors.A2EError) and not isinstance(error, _FIRM) and error.job:
        seen = error.job.snapshot
        if seen.status is JobStatus.COMPLETED:
            return "not_fetched"
        # A job that goes on will be paid for, or is: nobody is told to ask for another one.
        if not seen.done:
            return "out_of_sight"
    return next(_OF_ERROR[kind] for kind in type(error).__mro__ if kind in _OF_ERROR)


_complained: set[str] = set()


def _translated(template: str, fields: Mapping[str, int], translate: Translate | None) -> str:
    english = template.format_map(fields)
    if translate is None:
        return english
    given: object = translate
    if not callable(given):
        words = "a function that takes a sentence and gives it in another language"
        raise TypeError(f"translate: expected {words}, or None, got {given!r}")
    try:
        translated = translate(template)
        if _fits(translated, template):
            return translated.format_map(fields)
    except Exception:  # noqa: BLE001, S110  (a broken catalogue must not silence a bot)
        pass
    if template not in _complained:
        _complained.add(template)
        words = "the translation of %r fails or has other fields: it is told in English"
        _log.warning(words, template)
    return english


def _fits(translated: str, template: str) -> bool:
    return bool(translated.strip()) and _parts(translated) == _parts(template)


def _parts(template: str) -> set[tuple[str, str | None, str | None]]:
    """Find the fields of a template, with whatever is to be done to them."""
    parsed = string.Formatter().parse(template)
    return {(field, spec, conversion) for _, field, spec, conversion in parsed if field is not None}
