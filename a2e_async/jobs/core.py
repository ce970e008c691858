"""What the families and jobs of one client share."""

from __future__ import annotations

from contextlib import AsyncExitStack
from functools import cached_property
from typing import TYPE_CHECKING

from a2e_async.http.session import Session
from a2e_async.jobs.poller import Poller
from a2e_async.jobs.reader import Reader
from a2e_async.jobs.schedule import Schedule

if TYPE_CHECKING:
    from a2e_async.files.download import Downloads
    from a2e_async.files.upload import Files


class Core:
    """The parts of a client that its families and jobs work with."""

    def __init__(self, session: Session, schedule: Schedule) -> None:
        """Put the parts together; nothing is opened yet."""
        self.session = session
        self.reader = Reader(session)
        self.poller = Poller(session, self.reader, schedule)

    @cached_property
    def files(self) -> Files:
        """Uploads; the code for them is loaded when they are first used."""
        from a2e_async.files.upload import Files  # noqa: PLC0415

        return Files(self.session)

    @cached_property
    def downloads(self) -> Downloads:
        """Downloads; the code for them is loaded when they are first used."""
        from a2e_async.files.download import Downloads  # noqa: PLC0415

        return Downloads(self.session)

    async def aclose(self) -> None:
        """Send waiters away, remove temporary files, close what was opened."""
        async with AsyncExitStack() as last_first:
            last_first.push_async_callback(self.session.aclose)
            if "downloads" in vars(self):
                last_first.push_async_callback(self.downloads.aclose)
            last_first.push_async_callback(self.poller.aclose)
