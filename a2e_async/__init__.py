"""An async Python SDK for the A2E media API: start a task, await it, download the result.

from a2e_async import A2E

async with A2E() as a2e:
    job = await a2e.text_to_image.start(prompt="a red fox in snow")
    await job
    files = await job.download("out/")
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from a2e_async._version import __version__

if TYPE_CHECKING:
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
        JobError,
        JobFailed,
        JobNotFound,
        JobTimeout,
        NotFound,
        PermissionDenied,
        RateLimited,
        ServerError,
        ServiceBusy,
        SubmitUncertain,
        UnexpectedResponse,
        UploadFailed,
    )
    from a2e_async.http.retry import RetryPolicy
    from a2e_async.jobs.family import Family
    from a2e_async.jobs.job import Job
    from a2e_async.jobs.schedule import Schedule
    from a2e_async.resources.avatars import Avatar
    from a2e_async.resources.voices import Language, Region, Voice
    from a2e_async.status import JobStatus
    from a2e_async.tasks.avatar_video import AvatarVideo, AvatarVideoRecord
    from a2e_async.tasks.record import Record
    from a2e_async.tasks.request import Request
    from a2e_async.tasks.text_to_image import TextToImage, TextToImageRecord

__all__ = [
    "A2E",
    "A2EError",
    "APIError",
    "AuthenticationFailed",
    "Avatar",
    "AvatarVideo",
    "AvatarVideoRecord",
    "BudgetExceeded",
    "ConfigurationError",
    "ConnectionFailed",
    "ContentRejected",
    "DownloadFailed",
    "Family",
    "InsufficientCoins",
    "InvalidRequest",
    "Job",
    "JobError",
    "JobFailed",
    "JobNotFound",
    "JobStatus",
    "JobTimeout",
    "Language",
    "NotFound",
    "PermissionDenied",
    "RateLimited",
    "Record",
    "Region",
    "Request",
    "RetryPolicy",
    "Schedule",
    "ServerError",
    "ServiceBusy",
    "SubmitUncertain",
    "TextToImage",
    "TextToImageRecord",
    "UnexpectedResponse",
    "UploadFailed",
    "Voice",
    "__version__",
]

# A name's module is loaded when the name is first used: a bot that makes images does not pay for
# the rest of the catalogue at its start.
_HOMES = {
    "A2E": "a2e_async.client",
    "A2EError": "a2e_async.errors",
    "APIError": "a2e_async.errors",
    "AuthenticationFailed": "a2e_async.errors",
    "BudgetExceeded": "a2e_async.errors",
    "ConfigurationError": "a2e_async.errors",
    "ConnectionFailed": "a2e_async.errors",
    "ContentRejected": "a2e_async.errors",
    "DownloadFailed": "a2e_async.errors",
    "InsufficientCoins": "a2e_async.errors",
    "InvalidRequest": "a2e_async.errors",
    "JobError": "a2e_async.errors",
    "JobFailed": "a2e_async.errors",
    "JobNotFound": "a2e_async.errors",
    "JobTimeout": "a2e_async.errors",
    "NotFound": "a2e_async.errors",
    "PermissionDenied": "a2e_async.errors",
    "RateLimited": "a2e_async.errors",
    "ServerError": "a2e_async.errors",
    "ServiceBusy": "a2e_async.errors",
    "SubmitUncertain": "a2e_async.errors",
    "UnexpectedResponse": "a2e_async.errors",
    "UploadFailed": "a2e_async.errors",
    "RetryPolicy": "a2e_async.http.retry",
    "Family": "a2e_async.jobs.family",
    "Job": "a2e_async.jobs.job",
    "Schedule": "a2e_async.jobs.schedule",
    "Avatar": "a2e_async.resources.avatars",
    "Language": "a2e_async.resources.voices",
    "Region": "a2e_async.resources.voices",
    "Voice": "a2e_async.resources.voices",
    "JobStatus": "a2e_async.status",
    "AvatarVideo": "a2e_async.tasks.avatar_video",
    "AvatarVideoRecord": "a2e_async.tasks.avatar_video",
    "Record": "a2e_async.tasks.record",
    "Request": "a2e_async.tasks.request",
    "TextToImage": "a2e_async.tasks.text_to_image",
    "TextToImageRecord": "a2e_async.tasks.text_to_image",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(home), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
