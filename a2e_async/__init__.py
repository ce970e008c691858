"""An async Python SDK for the A2E media API: start a task, await it, download the result.

from a2e_async import A2E

async with A2E() as a2e:
    job = await a2e.text_to_image.start(prompt="a red fox in snow")
    await job
    files = await job.download("out/")
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from a2e_async import lazy, tasks
from a2e_async._version import __version__

if TYPE_CHECKING:
    from a2e_async.batch.batch import Batch
    from a2e_async.batch.outcome import Outcome, Progress
    from a2e_async.client import A2E
    from a2e_async.errors import (
        A2EError,
        APIError,
        AuthenticationFailed,
        BudgetExceeded,
        ConfigurationError,
        ConnectionFailed,
        ContentRejected,
        DownloadFailed,
        InsufficientCoins,
        InvalidRequest,
        JobCancelled,
        JobError,
        JobFailed,
        JobNotFound,
        JobTimeout,
        JournalError,
        NotFound,
        PermissionDenied,
        RateLimited,
        ServerError,
        ServiceBusy,
        SubmitUncertain,
        UnexpectedResponse,
        Unsupported,
        UploadFailed,
    )
    from a2e_async.families.extensions import ExtendedPrompt, PromptEvent
    from a2e_async.families.image_to_video import ProcessingTime, QueueLevel
    from a2e_async.files.storage import Presigned
    from a2e_async.http.retry import RetryPolicy
    from a2e_async.jobs.family import Family
    from a2e_async.jobs.job import Job
    from a2e_async.jobs.queued import QueuedJob
    from a2e_async.jobs.schedule import Schedule
    from a2e_async.jobs.snapshot import Snapshot
    from a2e_async.journal.admission import JournalConflict
    from a2e_async.resources.avatars import Avatar, CustomAvatar
    from a2e_async.resources.backgrounds import Background
    from a2e_async.resources.faces import Face
    from a2e_async.resources.ledger import Balance, Exchange, Quote, Transaction
    from a2e_async.resources.rooms import StreamingSession
    from a2e_async.resources.streaming import StreamingAvatar
    from a2e_async.resources.tokens import ApiToken, LoginToken
    from a2e_async.resources.voices import Language, Preview, Region, Voice
    from a2e_async.status import JobStatus
    from a2e_async.tasks import *  # noqa: F403
    from a2e_async.tasks.record import Record
    from a2e_async.tasks.request import Request
    from a2e_async.tasks.webhook import Webhook
    from a2e_async.texts import describe
    from a2e_async.webhooks import WebhookReceiver

__all__ = [
    "A2E",
    "A2EError",
    "APIError",
    "ApiToken",
    "AuthenticationFailed",
    "Avatar",
    "Background",
    "Balance",
    "Batch",
    "BudgetExceeded",
    "ConfigurationError",
    "ConnectionFailed",
    "ContentRejected",
    "CustomAvatar",
    "DownloadFailed",
    "Exchange",
    "ExtendedPrompt",
    "Face",
    "Family",
    "InsufficientCoins",
    "InvalidRequest",
    "Job",
    "JobCancelled",
    "JobError",
    "JobFailed",
    "JobNotFound",
    "JobStatus",
    "JobTimeout",
    "JournalConflict",
    "JournalError",
    "Language",
    "LoginToken",
    "NotFound",
    "Outcome",
    "PermissionDenied",
    "Presigned",
    "Preview",
    "ProcessingTime",
    "Progress",
    "PromptEvent",
    "QueueLevel",
    "QueuedJob",
    "Quote",
    "RateLimited",
    "Record",
    "Region",
    "Request",
    "RetryPolicy",
    "Schedule",
    "ServerError",
    "ServiceBusy",
    "Snapshot",
    "StreamingAvatar",
    "StreamingSession",
    "SubmitUncertain",
    "Transaction",
    "UnexpectedResponse",
    "Unsupported",
    "UploadFailed",
    "Voice",
    "Webhook",
    "WebhookReceiver",
    "__version__",
    "describe",
]
__all__ += tasks.__all__

# A name's module is loaded when the name is first used: a bot that makes images does not pay for
# the rest of the catalogue at its start.
_HOMES = {
    "Batch": "batch.batch",
    "Outcome": "batch.outcome",
    "Progress": "batch.outcome",
    "A2E": "client",
    "A2EError": "errors",
    "APIError": "errors",
    "AuthenticationFailed": "errors",
    "BudgetExceeded": "errors",
    "ConfigurationError": "errors",
    "ConnectionFailed": "errors",
    "ContentRejected": "errors",
    "DownloadFailed": "errors",
    "InsufficientCoins": "errors",
    "InvalidRequest": "errors",
    "JobCancelled": "errors",
    "JobError": "errors",
    "JobFailed": "errors",
    "JobNotFound": "errors",
    "JobTimeout": "errors",
    "JournalError": "errors",
    "NotFound": "errors",
    "PermissionDenied": "errors",
    "RateLimited": "errors",
    "ServerError": "errors",
    "ServiceBusy": "errors",
    "SubmitUncertain": "errors",
    "UnexpectedResponse": "errors",
    "Unsupported": "errors",
    "UploadFailed": "errors",
    "ExtendedPrompt": "families.extensions",
    "PromptEvent": "families.extensions",
    "ProcessingTime": "families.image_to_video",
    "QueueLevel": "families.image_to_video",
    "Presigned": "files.storage",
    "RetryPolicy": "http.retry",
    "Family": "jobs.family",
    "Job": "jobs.job",
    "QueuedJob": "jobs.queued",
    "JournalConflict": "journal.admission",
    "Schedule": "jobs.schedule",
    "Snapshot": "jobs.snapshot",
    "Avatar": "resources.avatars",
    "CustomAvatar": "resources.avatars",
    "Background": "resources.backgrounds",
    "Face": "resources.faces",
    "Balance": "resources.ledger",
    "Exchange": "resources.ledger",
    "Quote": "resources.ledger",
    "Transaction": "resources.ledger",
    "StreamingSession": "resources.rooms",
    "StreamingAvatar": "resources.streaming",
    "ApiToken": "resources.tokens",
    "LoginToken": "resources.tokens",
    "Language": "resources.voices",
    "Preview": "resources.voices",
    "Region": "resources.voices",
    "Voice": "resources.voices",
    "JobStatus": "status",
    "Record": "tasks.record",
    "Request": "tasks.request",
    "Webhook": "tasks.webhook",
    "describe": "texts",
    "WebhookReceiver": "webhooks",
}


def _home_of(name: str) -> str | None:
    return _HOMES.get(name) or ("tasks" if name in tasks.__all__ else None)


if not TYPE_CHECKING:
    # Type checkers would take any name for one of the package's.
    __getattr__ = lazy.getter(__name__, _home_of)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
