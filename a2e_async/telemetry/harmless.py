"""Failures of who listens do no harm to what is told of."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, update_wrapper
from typing import Concatenate, ParamSpec, TypeVar

from a2e_async import logs

_log = logs.get("a2e_async.telemetry")

P = ParamSpec("P")
S = TypeVar("S")


def harmless(tell: Callable[Concatenate[S, P], None]) -> Callable[Concatenate[S, P], None]:
    """Let nothing out of a method but what cancels."""

    def told(self: S, /, *args: P.args, **kwargs: P.kwargs) -> None:
        try:
            tell(self, *args, **kwargs)
        except Exception as error:  # noqa: BLE001  (whatever a processor of the caller's raises)
            report(type(error).__name__)

    update_wrapper(told, tell)
    return told


@cache
def report(error: str) -> None:
    """Log that somebody who listens fails with a class of error, once for each."""
    _log.warning("OpenTelemetry fails with %s, and is not told all", error, error=error)
