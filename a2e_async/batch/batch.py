"""`Batch`: many requests under limits, each with an outcome."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Callable, Generator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from a2e_async import logs
from a2e_async.batch.engine import Engine, Way
from a2e_async.batch.outcome import Outcome, Progress
from a2e_async.batch.run import BatchRun
from a2e_async.batch.settings import Settings
from a2e_async.batch.source import Entry, Requests, check_requests, entries
from a2e_async.durable.run import FamilyOf
from a2e_async.http.unbroken import to_the_end
from a2e_async.jobs.core import Core
from a2e_async.journal.journal import Journal

_log = logs.get("a2e_async.batch")

_WINDOW = 256
"""Items under way at the most where no number of tasks in flight is given."""
_AHEAD = 16
_HELD_UP = 1000
"""Items of a product without room may be read before those of others."""
_AT_ONCE = 8


class Batch:
    """A bulk run. Made by `A2E.batch`; it begins when its outcomes are asked for.

    ``async for outcome in batch`` gives outcomes in the order in which they come, ``await batch``
    all of them in the order of the input. One failure never stops the others.
    """

    def __init__(
        self,
        core: Core,
        family: FamilyOf,
        requests: Requests | None,
        settings: Settings,
        limits: Mapping[str, Any],
    ) -> None:
        """Check the arguments; nothing is read or opened yet."""
        if requests is None and settings.journal is None:
            raise TypeError(
                "requests: expected an iterable of requests, or a journal that has them"
            )
        if requests is not None:
            check_requests(requests)
        self._core = core
        self._requests = requests
        self._settings = settings
        own = core.limits_of(**limits)
        self._run = BatchRun(core, family, settings, own)
        in_flight = limits.get("in_flight")
        self._window = _WINDOW if in_flight is None else 2 * in_flight + _AHEAD
        if own.per_kind or core.limits.per_kind:
            self._window += _HELD_UP
        self._engine: Engine | None = None
        self._take_back: Callable[[], None] = lambda: None
        self._begun = False
        self._closing: asyncio.Task[list[str]] | None = None
        length = getattr(requests, "__len__", None)
        self._run.tally.total = None if length is None else length()

    def __repr__(self) -> str:
        """Show how far it is."""
        progress = self.progress
        total = "?" if progress.total is None else progress.total
        return f"<Batch {progress.finished} of {total}>"

    @property
    def progress(self) -> Progress:
        """How far it is, at this moment."""
        return self._run.progress()

    def __aiter__(self) -> AsyncIterator[Outcome]:
        """Go through the outcomes in the order in which they come.

        Leaving the loop early stops new starts. Tasks that are under way go on at the service, and
        the same batch with the same journal takes them up again.

        Raises:
            RuntimeError: the batch has run already.
            JournalError: the journal cannot be used.
            ConfigurationError: the client is closed.
        """
        if self._begun:
            raise RuntimeError("a batch runs once; make a new one with the same journal to go on")
        self._begun = True
        return self._outcomes()

    def __await__(self) -> Generator[Any, None, list[Outcome]]:
        """Wait for all outcomes; give them in the order of the input."""
        return self._all().__await__()

    async def _all(self) -> list[Outcome]:
        outcomes = [outcome async for outcome in self]
        return sorted(outcomes, key=lambda outcome: outcome.index)

    async def _outcomes(self) -> AsyncIterator[Outcome]:
        try:
            engine = await self._open()
            while (outcome := await engine.next()) is not None:
                yield outcome
        except GeneratorExit:
            raise
        except BaseException as error:
            for line in await self._close("the batch was stopped"):
                error.add_note(line)
            raise
        finally:
            await self.aclose()

    async def _open(self) -> Engine:
        self._core.session.ready()
        await self._run.open()
        source = self._own_entries() if self._requests is None else entries(self._requests)
        at_once = 1 if isinstance(self._requests, AsyncIterable) else _AT_ONCE
        window = max(self._window, 2 * at_once)
        engine = self._engine = Engine(self._run, source, window=window, at_once=at_once)
        self._take_back = self._core.before_close(self._at_close)
        engine.begin()
        return engine

    async def _own_entries(self) -> AsyncIterator[Entry]:
        journal = self._run.journal
        assert isinstance(journal, Journal)
        self._run.tally.total = (await journal.summary()).total
        async for item in journal.items():
            yield Entry(item.index, item.key, await journal.request(item))

    async def _at_close(self) -> None:
        await self._tell("the client was closed during the batch")

    async def __aenter__(self) -> Self:
        """Give the batch."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop it."""
        await self.aclose()

    async def aclose(self) -> None:
        """Stop new starts and waits, and close the journal. May be called more than once.

        Starts under way are waited for a few seconds, so that their tasks are in the journal.

        Raises:
            JournalError: what was not on the disk yet could not be put there.
        """
        await self._tell("the batch was closed before its end")

    async def _tell(self, why: str) -> None:
        first = self._closing is None
        for line in await self._close(why):
            if first:
                _log.warning("%s", line)

    async def _close(self, why: str) -> list[str]:
        """Stop, whoever asks for it; tell what goes on at the service, and how to come back."""
        self._begun = True
        if self._closing is None:
            self._closing = asyncio.create_task(self._stop(why), name="a2e_async batch's end")
        return await to_the_end(_result(self._closing))

    async def _stop(self, why: str) -> list[str]:
        left: list[Way] = []
        try:
            if self._engine is not None:
                words = f"{why}; run it again with the same journal to go on"
                left = await self._engine.stop(why=words)
        finally:
            await self._run.aclose()
            self._take_back()
        return [_how_to_resume(self._settings.journal, left)] if left else []


async def _result(task: asyncio.Task[list[str]]) -> list[str]:
    return await asyncio.shield(task)


def _how_to_resume(journal: Path | None, left: list[Way]) -> str:
    if journal is not None:
        return (
            f"The batch was stopped with {len(left)} tasks under way, which go on. Run it again "
            f"with journal={str(journal)!r} to take them up"
        )
    shown = ", ".join(_shown(life) for life in left)
    return (
        f"The batch was stopped with tasks under way, which go on: {shown}. Resume each with "
        "a2e.job(token). With journal= a batch takes them up by itself"
    )


def _shown(life: Way) -> str:
    assert life.item is not None
    if life.job is not None:
        return life.job.token
    return f"{life.item.kind} named {life.item.name!r} (perhaps)"
