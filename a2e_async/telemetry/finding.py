"""Finding OpenTelemetry, if it is there."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from a2e_async.telemetry.silent import SILENT, Telemetry

if TYPE_CHECKING:
    from opentelemetry.metrics import MeterProvider
    from opentelemetry.trace import TracerProvider

    from a2e_async.telemetry.otel import OpenTelemetry


def find(
    tracer_provider: TracerProvider | None = None, meter_provider: MeterProvider | None = None
) -> Telemetry:
    """Give what a client tells of its work with.

    Args:
        tracer_provider: where spans go; left out, OpenTelemetry's global one.
        meter_provider: where metrics go; left out, OpenTelemetry's global one.

    Returns:
        Spans and metrics; nothing where ``opentelemetry-api`` is not installed, or no provider was
        given or set.
    """
    made = _made()
    told = None if made is None else made.of(tracer_provider, meter_provider)
    return told or SILENT


@cache
def _made() -> type[OpenTelemetry] | None:
    # Tried once in a process: a search for what is not there goes through all of the path.
    try:
        from a2e_async.telemetry.otel import OpenTelemetry  # noqa: PLC0415  (if it is there)
    except ImportError:
        return None
    return OpenTelemetry
