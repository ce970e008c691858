"""Every exception of the package.

    A2EError
    ├── ConfigurationError        the client cannot be used as it was set up
    ├── ConnectionFailed          no answer (also a ConnectionError)
    ├── APIError                  an answer that says no, or says nothing readable
    │   ├── InvalidRequest        400, 422: the service refuses the arguments
    │   ├── AuthenticationFailed  401: token missing, wrong or expired
    │   ├── PermissionDenied      403: plan limit or a foreign resource
    │   ├── NotFound              404
    │   ├── InsufficientCoins     402, or worded so
    │   ├── ContentRejected       1003, 1004, or worded so
    │   ├── RateLimited           429
    │   ├── ServerError           500 and above
    │   │   └── ServiceBusy       1001, 503, or worded so
    │   └── UnexpectedResponse    HTML, an empty body, a shape nobody knows
    ├── SubmitUncertain           a start whose answer was lost and whose task was not found
    ├── JobError                  a wait that ended without a result
    │   ├── JobFailed             the task failed
    │   ├── JobTimeout            the wait's time is up (also a TimeoutError)
    │   ├── JobNotFound           the service does not know the task
    │   └── JobCancelled          cancelled before it was started; nothing was spent
    ├── Unsupported               a verb that the product does not have
    │                             (also a NotImplementedError)
    ├── BudgetExceeded            a start that the caller's budget does not cover
    ├── JournalError              a journal that cannot be used, or not any more
    ├── DownloadFailed            a result that could not be fetched whole
    └── UploadFailed              local media that could not be stored

An argument that is wrong before anything is sent is a plain ``ValueError`` or ``TypeError`` that
names the field, the value and what is allowed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from pathlib import Path

    from a2e_async.jobs.job import Job
    from a2e_async.tasks.record import Record
    from a2e_async.tasks.request import Request

# The second form finds a JWT also where a letter stands before it, as in an escape or a quoted URL.
_TOKEN = re.compile(
    r"\bsk_[\w.\-]+|(sk_)?eyJ[\w\-]+\.eyJ[\w.\-]+|\bBearer\s+[\w.\-+/=]+", re.IGNORECASE
)
_DEEPEST = 50
_SHOWN_BODY = 300


def redact(value: Any, depth: int = 0) -> Any:
    """Replace every token in a text, or in the texts of a JSON value, by ``[token]``."""
    if isinstance(value, str):
        return _TOKEN.sub("[token]", value)
    if isinstance(value, (dict, list)) and depth > _DEEPEST:
        return "[…]"
    if isinstance(value, dict):
        return {redact(key): redact(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        return [redact(item, depth + 1) for item in value]
    return value


class A2EError(Exception):
    """Root of everything the package raises on purpose.

    Attributes:
        job: the job whose wait, download or deletion ended with this error, if there is one. Its
            ``token`` resumes it.
    """

    _job: Job[Any] | None = None

    def __init__(self, message: str) -> None:
        """Keep the message, without tokens."""
        self.message: str = redact(message)
        super().__init__(self.message)

    @property
    def job(self) -> Job[Any] | None:
        """The job that the error is about."""
        return self._job

    def concern(self, job: Job[Any]) -> None:
        """Note the job that the error is about."""
        self._job = job

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle without the job, which belongs to its client; its token stays in the text."""
        kept = {**vars(self), "message": A2EError.__str__(self), "_job": None}
        return _restored, (type(self), kept)

    def __str__(self) -> str:
        """Show the message, and the job that it concerns."""
        token = None if self.job is None else _token_of(self.job)
        if token is None or token in self.message:
            return self.message
        return f"{self.message} [job {token}]"


def _token_of(job: Job[Any]) -> str | None:
    try:
        return job.token
    except JobError:
        # It has none before it is started.
        return None


def _restored(kind: type[A2EError], kept: dict[str, Any]) -> A2EError:
    error = kind.__new__(kind, kept["message"])
    vars(error).update(kept)
    return error


def renewed(error: Exception) -> Exception:
    """Make an error anew, to be raised once more: each raise adds a traceback to what it raises."""
    fresh = error.__class__.__new__(error.__class__, *error.args)
    vars(fresh).update(vars(error))
    fresh.__cause__, fresh.__suppress_context__ = error.__cause__, error.__suppress_context__
    return fresh.with_traceback(None)


class ConfigurationError(A2EError):
    """The client cannot be used as it was set up: token, address, missing extra, wrong loop."""


class ConnectionFailed(A2EError, ConnectionError):
    """The service could not be reached, or did not answer in time.

    Attributes:
        sent: whether the request may have reached the service.
    """

    def __init__(self, message: str, *, sent: bool = False) -> None:
        """Keep what is known about the request's fate."""
        super().__init__(message)
        self.sent = sent


class APIError(A2EError):
    """The service answered, and the answer is not a success.

    Attributes:
        status: HTTP status.
        code: the envelope's own code, if it had one.
        message: the service's words, without tokens.
        trace_id: the service's id of the request, to quote in a support question.
        body: the answer, as parsed JSON or as the text's beginning.
        retryable: whether the same call may succeed later without a change.
        retry_after: seconds that the service asked to wait, if it did.
    """

    retryable: bool = False

    def __init__(  # noqa: PLR0913  (one keyword for each part of an answer)
        self,
        message: str,
        *,
        status: int,
        code: int | str | None = None,
        trace_id: str | None = None,
        body: Any = None,
        retry_after: float | None = None,
    ) -> None:
        """Keep each part of the answer."""
        super().__init__(message or "no message")
        self.status = status
        self.code = redact(code)
        self.trace_id = redact(trace_id)
        self.body = redact(body)
        self.retry_after = retry_after

    def __str__(self) -> str:
        """Show the words, then the numbers."""
        parts = [f"HTTP {self.status}"]
        if self.code is not None:
            parts.append(f"code {self.code}")
        if self.trace_id:
            parts.append(f"trace {self.trace_id}")
        return f"{super().__str__()} ({', '.join(parts)})"


class InvalidRequest(APIError):
    """The service refuses the arguments."""


class AuthenticationFailed(APIError):
    """The token is missing, wrong or expired."""


class PermissionDenied(APIError):
    """The token is good, but its account may not do this: a plan limit or a foreign resource."""


class NotFound(APIError):
    """Nothing is there: a wrong id, an expired record, or a wrong path (then the body is HTML)."""


class InsufficientCoins(APIError):
    """The account has too few coins for the task."""


class ContentRejected(APIError):
    """The service's content rules refuse the request. Sending it again changes nothing."""


class RateLimited(APIError):
    """Too many requests. ``retry_after`` tells the seconds to wait, if the service does."""

    retryable = True


class ServerError(APIError):
    """The service failed."""

    retryable = True


class ServiceBusy(ServerError):
    """The service has no free place at the moment."""


class UnexpectedResponse(APIError):
    """An answer that cannot be read: HTML, an empty body, an unknown shape. ``body`` keeps it."""

    def __str__(self) -> str:
        """Show the beginning of what came instead."""
        shown = "an empty body" if self.body in (None, "") else repr(self.body)[:_SHOWN_BODY]
        return f"{super().__str__()}: {shown}"


class SubmitUncertain(A2EError):
    """A start whose answer was lost, and whose task was not found under its name.

    The task may exist and may have been paid for. It was not started again. Look for ``name`` in
    the family's newest records (``a2e.<family>.list()``) before starting it anew.

    Attributes:
        request: the request that was sent.
        name: the unique name it was sent under; None where the operation has no name.
    """

    def __init__(self, message: str, *, request: Request[Any] | Any, name: str | None) -> None:
        """Keep what is needed to look for the task."""
        super().__init__(message)
        self.request = request
        self.name = name


class JobError(A2EError):
    """A wait that ended without a result.

    Attributes:
        job: the job; ``job.token`` resumes it, in another process too.
        record: the record that was last seen, or None.
    """

    def __init__(self, message: str, *, job: Job[Any], record: Record | None = None) -> None:
        """Keep the job and its last record."""
        super().__init__(message)
        self.concern(job)
        self.record = record

    @property
    def job(self) -> Job[Any]:
        """The job."""
        return cast("Job[Any]", self._job)


class JobFailed(JobError):
    """The service ended the task as failed. ``record.failed_message`` tells what it said."""


class JobTimeout(JobError, TimeoutError):
    """The wait's time is up. The task goes on, and the same job can be awaited again."""


class JobNotFound(JobError):
    """The service does not know the task: a wrong id, deleted, or expired."""


class JobCancelled(JobError):
    """The job was cancelled before it was started. Nothing was sent, and nothing was spent."""


class Unsupported(A2EError, NotImplementedError):
    """A verb that the service documents no operation for. Nothing was sent."""


class BudgetExceeded(A2EError):
    """A start that the caller's budget does not cover. Nothing was sent."""


class JournalError(A2EError):
    """A journal that cannot be used, or not any more: the message says what to do.

    Another process writes it, it is damaged, of another format or no journal at all, it cannot be
    written, or the disk is full. What had been written stays on the disk.

    Attributes:
        path: the journal's file.
    """

    def __init__(self, message: str, *, path: Path) -> None:
        """Keep which journal it is."""
        super().__init__(message)
        self.path = path


class DownloadFailed(A2EError):
    """A result that could not be fetched whole.

    Attributes:
        url: address of the result, without its query (the query holds the signature).
        files: results of the same job that had been fetched before.
    """

    def __init__(self, message: str, *, url: str, files: tuple[Path, ...] = ()) -> None:
        """Keep the address, without its signature."""
        super().__init__(message)
        self.url = url.partition("?")[0]
        self.files = files


class UploadFailed(A2EError):
    """Local media that could not be stored with the service."""
