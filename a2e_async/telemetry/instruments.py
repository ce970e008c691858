"""The metrics of all clients that tell the same OpenTelemetry provider."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any
from weakref import WeakKeyDictionary, ref

from opentelemetry import metrics

from a2e_async._version import __version__
from a2e_async.telemetry.silent import Counts

NAME = "a2e_async"

_DURATIONS = (1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0)
_LAGS = (0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 20.0, 60.0, 300.0)


class Census:
    """How many jobs the clients of a provider wait for.

    A provider asks an instrument's first callback only, and for ever: so the clients share one,
    which holds none of them.
    """

    def __init__(self) -> None:
        """Know no client."""
        self._clients: tuple[ref[Counts], ...] = ()

    def add(self, counts: Counts) -> None:
        """Ask one more client from now on, as long as it is there."""
        # A new tuple: another thread may go through the old one.
        self._clients = (*(it for it in self._clients if it() is not None), ref(counts))

    def observe(self, _: metrics.CallbackOptions) -> Iterable[metrics.Observation]:
        """Give the numbers by product."""
        whole: Counter[str] = Counter()
        for client in self._clients:
            counts = client()
            if counts is not None:
                whole.update(counts.waited_for())
        return [metrics.Observation(number, {"a2e.kind": kind}) for kind, number in whole.items()]


_CENSUSES: WeakKeyDictionary[metrics.MeterProvider, Census] = WeakKeyDictionary()


class Instruments:
    """What is counted and measured, each with its unit."""

    def __init__(self, provider: metrics.MeterProvider) -> None:
        """Make the instruments; a provider gives the same ones again."""
        meter = provider.get_meter(NAME, __version__)
        self.starts = meter.create_counter(
            "a2e.client.starts", unit="{start}", description="Starts, by what came of them."
        )
        self.coins = meter.create_counter(
            "a2e.client.coins.spent",
            unit="{coin}",
            description="Coins that the tasks started cost.",
        )
        self.requests = meter.create_counter(
            "a2e.client.requests", unit="{request}", description="Requests sent to the service."
        )
        self.duration = _histogram(
            meter,
            "a2e.client.job.duration",
            "Time from the start of a job to the moment its end was known.",
            _DURATIONS,
        )
        self.lag = _histogram(
            meter,
            "a2e.client.detection.lag",
            "Time from the end of a job to the moment it was known.",
            _LAGS,
        )
        self.census = _census(provider, meter)


def _census(provider: metrics.MeterProvider, meter: metrics.Meter) -> Census:
    census = _CENSUSES.get(provider)
    if census is None:
        census = _CENSUSES[provider] = Census()
        meter.create_observable_up_down_counter(
            "a2e.client.jobs.in_flight",
            callbacks=[census.observe],
            unit="{job}",
            description="Jobs under way that the client waits for.",
        )
    return census


def _histogram(meter: metrics.Meter, name: str, tells: str, bounds: Sequence[float]) -> Any:
    try:
        return meter.create_histogram(
            name, unit="s", description=tells, explicit_bucket_boundaries_advisory=bounds
        )
    except TypeError:
        # Before 1.30 of the API, only a view can give the boundaries.
        return meter.create_histogram(name, unit="s", description=tells)
