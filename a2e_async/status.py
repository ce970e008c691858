"""The service's status words, and what each of them means for a wait. Pure."""

from __future__ import annotations

from enum import StrEnum


class JobStatus(StrEnum):
    """State of a task, in the service's own words."""

    INITIALIZED = "initialized"
    SENT = "sent"
    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"

    @property
    def terminal(self) -> bool:
        """Whether the task has ended."""
        return self in _TERMINAL


_TERMINAL = frozenset({JobStatus.COMPLETED, JobStatus.FAILED})

_WORDS = {
    JobStatus.INITIALIZED: "initialized init created",
    JobStatus.SENT: "sent start started submitted",
    # `pendding` is the service's own spelling in voice cloning.
    JobStatus.PENDING: "pending pendding waiting queued queuing in_queue",
    JobStatus.PROCESSING: "processing process running copy in_progress generating",
    JobStatus.COMPLETED: "completed complete success succeeded done finished",
    JobStatus.FAILED: (
        "failed fail failure error rejected cancelled canceled aborted timeout expired"
    ),
}
_STATUS_OF = {word: status for status, words in _WORDS.items() for word in words.split()}


def lookup(word: object) -> JobStatus | None:
    """Find the status that a status word of any family stands for.

    Args:
        word: the raw value of the status field; case and surrounding space do not count.

    Returns:
        The status, or None for a word that nobody has documented.
    """
    if not isinstance(word, str):
        return None
    return _STATUS_OF.get(word) or _STATUS_OF.get(word.strip().lower())


def read(word: object) -> JobStatus:
    """Read a status word; one that is unknown means that the task is still running.

    Args:
        word: the raw value of the status field.

    Returns:
        The status, `JobStatus.PROCESSING` for an unknown word.
    """
    return lookup(word) or JobStatus.PROCESSING
