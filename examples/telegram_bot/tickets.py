"""What the bot keeps with a job, as its tag. Pure."""

from __future__ import annotations

from typing import Any, Self

import attrs

from a2e_async import Job


@attrs.frozen(kw_only=True)
class Ticket:
    """Where a job was asked for, and where it is shown.

    Attributes:
        chat: id of the chat.
        command: id of the message that asked.
        prompt: what was asked for.
        asked: when it was asked for, in seconds since 1970.
        language: the person's language, as Telegram tells it, such as ``de``.
        message: id of the bot's own message that becomes the result; None before there is one.
        doubtful: whether the person was told that nobody knows if it was started.
        shown: whether that message is the result, or tells why there is none.
    """

    chat: int
    command: int
    prompt: str
    asked: float
    language: str = "en"
    message: int | None = None
    doubtful: bool = False
    shown: bool = False

    @property
    def key(self) -> str:
        """The unique name of the request, so that a command that comes twice is one job."""
        # Telegram numbers the messages of each chat.
        return f"telegram:{self.chat}:{self.command}"

    @classmethod
    def read(cls, job: Job[Any]) -> Self:
        """Read the ticket of a job."""
        return cls(**job.tag)

    def tag(self) -> dict[str, Any]:
        """Write the ticket as a job's tag."""
        return attrs.asdict(self)


def group_of(person: int) -> str:
    """Name the group of a person's jobs."""
    return f"user:{person}"
