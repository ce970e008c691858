"""An OpenTelemetry SDK in memory for each test, and clients that tell it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import attrs
import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from a2e_async import A2E
from tests.conftest import QUICK_RETRY, QUICK_SCHEDULE, TOKEN
from tests.support.scripted import Scripted


@attrs.frozen
class Told:
    """What OpenTelemetry was told."""

    tracers: TracerProvider
    meters: MeterProvider
    exporter: InMemorySpanExporter
    reader: InMemoryMetricReader

    @property
    def providers(self) -> dict[str, Any]:
        return {"tracer_provider": self.tracers, "meter_provider": self.meters}

    def spans(self, name: str = "a2e.") -> list[ReadableSpan]:
        return [s for s in self.exporter.get_finished_spans() if s.name.startswith(name)]

    def span(self, name: str) -> ReadableSpan:
        (found,) = self.spans(name)
        return found

    def points(self, name: str) -> dict[tuple[tuple[str, Any], ...], Any]:
        """Give the values of a metric by its attributes; of a histogram its count and sum."""
        data = self.reader.get_metrics_data()
        found = {}
        for resource in data.resource_metrics if data else ():
            for metric in (m for scope in resource.scope_metrics for m in scope.metrics):
                for point in metric.data.data_points if metric.name == name else ():
                    value = getattr(point, "value", None)
                    if value is None:
                        value = point.count, point.sum  # type: ignore[union-attr]
                    found[tuple(sorted((point.attributes or {}).items()))] = value
        return found

    def everything(self) -> str:
        """Write all that was told, to look for what must not be there."""
        shown = [span.to_json() for span in self.exporter.get_finished_spans()]
        data = self.reader.get_metrics_data()
        return "".join(shown) + (data.to_json() if data else "")


@pytest.fixture
def told() -> Iterator[Told]:
    exporter, reader = InMemorySpanExporter(), InMemoryMetricReader()
    tracers, meters = TracerProvider(shutdown_on_exit=False), MeterProvider([reader])
    tracers.add_span_processor(SimpleSpanProcessor(exporter))
    yield Told(tracers, meters, exporter, reader)
    tracers.shutdown()
    meters.shutdown()


@pytest.fixture
def connect(told: Told, scripted: Scripted) -> Callable[[], A2E]:
    """Make a client on the scripted server that tells OpenTelemetry."""
    return lambda: A2E(
        TOKEN,
        base_url=scripted.base_url,
        retry=QUICK_RETRY,
        schedule=QUICK_SCHEDULE,
        **told.providers,
    )


@pytest.fixture
async def client(connect: Callable[[], A2E]) -> AsyncIterator[A2E]:
    async with connect() as a2e:
        yield a2e
