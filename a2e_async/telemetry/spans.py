"""Parts of a client's work as spans of OpenTelemetry."""

# ruff: noqa: D102  (the base classes say what is told)

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping
from contextvars import Token
from types import TracebackType
from typing import Any, Self

from opentelemetry import context, trace
from opentelemetry.context import Context

from a2e_async.errors import (
    A2EError,
    JobFailed,
    JobNotFound,
    JobTimeout,
    SubmitUncertain,
    redact,
)
from a2e_async.telemetry.harmless import harmless
from a2e_async.telemetry.instruments import Instruments
from a2e_async.telemetry.silent import Poll, Span, Start, Task

_ENDS: dict[type[BaseException], str] = {
    JobFailed: "failed",
    JobTimeout: "timeout",
    JobNotFound: "not_found",
    asyncio.CancelledError: "cancelled",
}


class Open:
    """An OpenTelemetry span that is open."""

    __slots__ = ("_token", "span")

    def __init__(self, span: trace.Span) -> None:
        """Keep the span."""
        self.span = span
        self._token: Token[Context] | None = None

    @harmless
    def make_current(self) -> None:
        """Let spans that others begin, such as aiohttp's instrumentation, be its children."""
        self._token = context.attach(trace.set_span_in_context(self.span))

    @harmless
    def close(self, error: BaseException | None, facts: Mapping[str, Any]) -> None:
        """End it, with its last attributes and the class of the error."""
        # A coroutine that is thrown away is closed in whatever context that happens.
        if self._token is not None and not isinstance(error, GeneratorExit):
            context.detach(self._token)
        if self.span.is_recording():
            self.span.set_attributes(facts)
            _note_error(self.span, error)
        self.span.end()


class OpenWait(Span):
    """A caller's wait, or a download."""

    __slots__ = ("_current", "_open", "_well")

    def __init__(self, opened: Open, well: str, *, current: bool) -> None:
        """Take a span, the word for a good end, and whether others' spans are its children."""
        self._open, self._well, self._current = opened, well, current

    def __enter__(self) -> Self:
        if self._current:
            self._open.make_current()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._open.close(error, {"a2e.outcome": _outcome(error, self._well)})


class OpenPoll(Poll):
    """A look. It serves many callers, so it is nobody's child."""

    __slots__ = ("_open",)

    def __init__(self, opened: Open) -> None:
        """Take its span."""
        self._open = opened

    def __enter__(self) -> Self:
        self._open.make_current()
        return self

    @harmless
    def looked(self, tasks: Collection[Task], outcomes: Iterable[object], *, requests: int) -> None:
        span = self._open.span
        if not span.is_recording():
            return
        errors = [it for it in outcomes if isinstance(it, A2EError)]
        span.set_attribute("a2e.requests", requests)
        span.set_attribute("a2e.jobs.ended", sum(task.ended for task in tasks))
        span.set_attribute("a2e.jobs.unread", len(errors))
        if len(errors) == len(tasks):
            _note_error(span, errors[0])

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._open.close(error, {})


class CountedStart(Start):
    """A start that is counted."""

    __slots__ = ("_instruments", "_kind", "_outcome")

    def __init__(self, instruments: Instruments, kind: str) -> None:
        """Take what counts it, and the product's name."""
        super().__init__()
        self._instruments, self._kind, self._outcome = instruments, kind, "started"

    def adopted(self) -> None:
        self._outcome = "adopted"

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._outcome = self._outcome if error is None else _start_outcome(error)
        self._count(error)

    @harmless
    def _count(self, error: BaseException | None) -> None:
        counted = {"a2e.kind": self._kind, "a2e.outcome": self._outcome}
        if error is not None:
            counted["error.type"] = type(error).__name__
        self._instruments.starts.add(1, counted)


class TracedStart(CountedStart):
    """A start that has a span besides."""

    __slots__ = ("_open",)

    def __init__(self, instruments: Instruments, kind: str, opened: Open) -> None:
        """Take its span besides."""
        super().__init__(instruments, kind)
        self._open = opened

    def __enter__(self) -> Self:
        self._open.make_current()
        return self

    @harmless
    def attempted(self, outcome: object) -> None:
        self.attempts += 1
        facts = {"a2e.attempt": self.attempts, **facts_of(outcome)}
        self._open.span.add_event("a2e.attempt", facts)

    @harmless
    def answered(
        self, ids: Iterable[str], coins: Iterable[float | None], *, trace_id: str | None
    ) -> None:
        span = self._open.span
        span.set_attribute("a2e.job.ids", redact([*ids]))
        told = [it for it in coins if it is not None]
        if told:
            span.set_attribute("a2e.coins", sum(told))
        if trace_id:
            span.set_attribute("a2e.trace_id", redact(trace_id))

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        super().__exit__(kind, error, traceback)
        self._open.close(error, {"a2e.outcome": self._outcome, "a2e.attempts": self.attempts})


def _note_error(span: trace.Span, error: BaseException | None) -> None:
    # Neither its text nor its traceback: a refusal may quote the prompt.
    if error is None:
        return
    for name, value in facts_of(error).items():
        span.set_attribute(name, value)
    if not isinstance(error, (asyncio.CancelledError, GeneratorExit)):
        span.set_status(trace.Status(trace.StatusCode.ERROR, type(error).__name__))


def facts_of(outcome: object) -> dict[str, Any]:
    """Tell of an answer or an error what may be known."""
    facts = {
        "http.response.status_code": status_of(outcome),
        "error.type": type(outcome).__name__ if isinstance(outcome, BaseException) else None,
        "a2e.trace_id": redact(getattr(outcome, "trace_id", None)),
    }
    return {name: value for name, value in facts.items() if value is not None}


def status_of(outcome: object) -> int | None:
    """Give the HTTP status of an answer or an error, if it has one."""
    status = getattr(outcome, "status", None)
    return status if isinstance(status, int) else None


def _outcome(error: BaseException | None, well: str) -> str:
    if error is None:
        return well
    return next((word for kind, word in _ENDS.items() if isinstance(error, kind)), "error")


def _start_outcome(error: BaseException) -> str:
    if isinstance(error, SubmitUncertain):
        return "uncertain"
    return "cancelled" if isinstance(error, asyncio.CancelledError) else "failed"
