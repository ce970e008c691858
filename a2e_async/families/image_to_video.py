"""The family of image-to-video tasks."""

from __future__ import annotations

from typing import Any, ParamSpec

import attrs

from a2e_async import wire
from a2e_async.families.prompts import PromptWritingFamily
from a2e_async.http.operation import Operation, carries_out
from a2e_async.tasks.average import seconds_in, told
from a2e_async.tasks.image_to_video import AVERAGE, ImageToVideoRecord

P = ParamSpec("P")

_PATH = "/api/v1/userImage2Video"
_QUEUE_LEVEL = Operation("GET", f"{_PATH}/unlimitedQueueLevel")
_SHARED = Operation("POST", f"{_PATH}/{{_id}}/markShared")
_DOWNLOADED = Operation("POST", f"{_PATH}/{{_id}}/markDownloaded")
_COPIED = Operation("POST", f"{_PATH}/{{_id}}/markCopied")

_LEVEL_KEYS = ("unlimitedQueueLevel", "queueLevel", "unlimited_queue_level", "level", "value")


@attrs.frozen(kw_only=True)
class ProcessingTime:
    """How long tasks take.

    Attributes:
        seconds: the average, as the number that the service answers; None where the answer has
            none under a name that is known. That it counts seconds is likely, and not documented.
        raw: what the service answered.
    """

    seconds: int | float | None = None
    raw: Any = attrs.field(default=None, repr=False, hash=False)


@attrs.frozen(kw_only=True)
class QueueLevel:
    """Where the account stands in the queue of unlimited plans.

    Attributes:
        level: the level; None where the answer has none under a name that is known. What it means
            is not documented.
        raw: what the service answered.
    """

    level: int | float | str | None = None
    raw: Any = attrs.field(default=None, repr=False, hash=False)


class ImageToVideos(PromptWritingFamily[P, ImageToVideoRecord]):
    """The verbs of image-to-video tasks. Reached from the client: ``a2e.image_to_video``."""

    @carries_out(AVERAGE)
    async def average_processing_time(self) -> ProcessingTime:
        """Ask how long tasks take (``GET /api/v1/userImage2Video/avgProcessingTime``).

        Returns:
            The average time. The service documents neither the answer's fields nor the unit.

        Raises:
            APIError: the service refuses.
            ConnectionFailed: there was no answer.
        """
        answer = await self._core.session.call(AVERAGE.call())
        seconds = seconds_in(answer.data)
        return ProcessingTime(seconds=seconds, raw=answer.data)

    @carries_out(_QUEUE_LEVEL)
    async def unlimited_queue_level(self) -> QueueLevel:
        """Ask for the queue's level (``GET /api/v1/userImage2Video/unlimitedQueueLevel``).

        Returns:
            The level of the queue of unlimited plans. The service documents none of the answer's
            fields.

        Raises:
            APIError: the service refuses.
            ConnectionFailed: there was no answer.
        """
        answer = await self._core.session.call(_QUEUE_LEVEL.call())
        level = _number_or_word(told(answer.data, _LEVEL_KEYS))
        return QueueLevel(level=level, raw=answer.data)

    @carries_out(_SHARED)
    async def mark_shared(self, task_id: str) -> None:
        """Note that a result was shared (``POST /api/v1/userImage2Video/{_id}/markShared``).

        This is bookkeeping only.

        Args:
            task_id: the task's id.

        Raises:
            TypeError: the id is no text.
            ValueError: it is blank, or a token.
            APIError: the service refuses.
            ConnectionFailed: there was no answer.
        """
        await self._mark(_SHARED, task_id)

    @carries_out(_DOWNLOADED)
    async def mark_downloaded(self, task_id: str) -> None:
        """Note that a result was downloaded.

        This is ``POST /api/v1/userImage2Video/{_id}/markDownloaded``, and bookkeeping only.
        `Job.download` does not do it.

        Args:
            task_id: the task's id.

        Raises:
            TypeError, ValueError, APIError, ConnectionFailed: as for `mark_shared`.
        """
        await self._mark(_DOWNLOADED, task_id)

    @carries_out(_COPIED)
    async def mark_copied(self, task_id: str) -> None:
        """Note that a result was copied (``POST /api/v1/userImage2Video/{_id}/markCopied``).

        This is bookkeeping only.

        Args:
            task_id: the task's id.

        Raises:
            TypeError, ValueError, APIError, ConnectionFailed: as for `mark_shared`.
        """
        await self._mark(_COPIED, task_id)

    async def _mark(self, operation: Operation, task_id: str) -> None:
        self.check_id(task_id)
        # What is noted twice is noted.
        await self._core.session.call(operation.call(task_id))


def _number_or_word(told: Any) -> int | float | str | None:
    number = wire.read_number(told)
    return wire.read_text(told) if number is None else number
