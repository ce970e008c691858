"""A client's work as spans and metrics of OpenTelemetry.

No token, prompt or URL goes into an attribute; an error is told by its class. Whatever
OpenTelemetry raises stays in here: nothing that was paid for is lost by it.
"""

# ruff: noqa: D102  (the base class says what is told)

from __future__ import annotations

from typing import Any, Self
from weakref import WeakSet

from opentelemetry import metrics, trace
from opentelemetry.context import Context

from a2e_async._version import __version__
from a2e_async.errors import redact
from a2e_async.telemetry.harmless import harmless, report
from a2e_async.telemetry.instruments import NAME, Instruments
from a2e_async.telemetry.silent import POLL, SPAN, Counts, Poll, Span, Start, Task, Telemetry
from a2e_async.telemetry.spans import (
    CountedStart,
    Open,
    OpenPoll,
    OpenWait,
    TracedStart,
    facts_of,
    status_of,
)

_CLIENT = trace.SpanKind.CLIENT
_ROOT = Context()


class OpenTelemetry(Telemetry):
    """Tells OpenTelemetry."""

    on = True

    def __init__(self, tracer: trace.Tracer, instruments: Instruments) -> None:
        """Tell this tracer and these instruments."""
        self._tracer, self._instruments = tracer, instruments
        self._counted: dict[tuple[str, str, int | None, str | None], dict[str, Any]] = {}
        self._unpriced: WeakSet[Any] = WeakSet()

    @classmethod
    def of(
        cls,
        tracer_provider: trace.TracerProvider | None,
        meter_provider: metrics.MeterProvider | None,
    ) -> Self | None:
        """Tell these providers; None for the global ones. Give None where neither listens."""
        tracers = trace.get_tracer_provider() if tracer_provider is None else tracer_provider
        meters = metrics.get_meter_provider() if meter_provider is None else meter_provider
        if not (_listens(tracers) or _listens(meters)):
            return None
        return cls(tracers.get_tracer(NAME, __version__), Instruments(meters))

    def start(self, kind: str) -> Start:
        opened = self._begin(f"a2e.start {kind}", {"a2e.kind": kind}, kind=_CLIENT)
        if opened is None:
            return CountedStart(self._instruments, kind)
        return TracedStart(self._instruments, kind, opened)

    def wait(self, kind: str, task_id: str) -> Span:
        opened = self._begin(f"a2e.wait {kind}", {"a2e.kind": kind, "a2e.job.id": redact(task_id)})
        # A hundred thousand may wait: no object for each where nobody listens.
        return SPAN if opened is None else OpenWait(opened, "completed", current=False)

    def poll(self, kind: str, jobs: int, how: str) -> Poll:
        facts = {"a2e.kind": kind, "a2e.jobs": jobs, "a2e.poll.how": how}
        opened = self._begin(f"a2e.poll {kind}", facts, kind=_CLIENT, context=_ROOT)
        return POLL if opened is None else OpenPoll(opened)

    def download(self, kind: str, task_id: str, files: int) -> Span:
        facts = {"a2e.kind": kind, "a2e.job.id": redact(task_id), "a2e.files": files}
        opened = self._begin(f"a2e.download {kind}", facts, kind=_CLIENT)
        return SPAN if opened is None else OpenWait(opened, "fetched", current=True)

    def _begin(self, name: str, facts: dict[str, Any], **options: Any) -> Open | None:
        """Open a span; None where there are no spans."""
        try:
            span = self._tracer.start_span(name, attributes=facts, **options)
            if not span.get_span_context().is_valid:
                return None
            return Open(span)
        except Exception as error:  # noqa: BLE001  (as of `harmless`)
            report(type(error).__name__)
            return None

    @harmless
    def requested(self, method: str, effect: str, outcome: object) -> None:
        name = type(outcome).__name__ if isinstance(outcome, Exception) else None
        key = (method, effect, status_of(outcome), name)
        counted = self._counted.get(key)
        if counted is None:
            counted = {"http.request.method": method, "a2e.effect": effect, **facts_of(outcome)}
            counted.pop("a2e.trace_id", None)
            self._counted[key] = counted
        self._instruments.requests.add(1, counted)

    @harmless
    def started(self, task: Task, kind: str, coins: float | None) -> None:
        if coins is None:
            self._unpriced.add(task)
        else:
            self._instruments.coins.add(coins, {"a2e.kind": kind})

    @harmless
    def ended(  # noqa: PLR0913  (as of its base)
        self,
        task: Task,
        *,
        kind: str,
        status: str,
        coins: float | None,
        duration: float | None,
        lag: float | None,
    ) -> None:
        facts = {"a2e.kind": kind, "a2e.status": status}
        if duration is not None:
            self._instruments.duration.record(duration, facts)
        if lag is not None:
            self._instruments.lag.record(lag, {"a2e.kind": kind})
        if task in self._unpriced:
            self._unpriced.discard(task)
            if coins is not None:
                self._instruments.coins.add(coins, {"a2e.kind": kind})

    @harmless
    def observe(self, counts: Counts) -> None:
        self._instruments.census.add(counts)


def _listens(provider: object) -> bool:
    """Tell whether a provider is more than the API's own, which does nothing."""
    return not type(provider).__module__.startswith(
        ("opentelemetry.trace", "opentelemetry.metrics")
    )
