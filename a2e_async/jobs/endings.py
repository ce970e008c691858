"""Telling that the end of a job is known: to the log, and to whoever measures."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from a2e_async import logs
from a2e_async.http.session import Session
from a2e_async.jobs.watch import Watch

_log = logs.get("a2e_async.jobs")


def tell(session: Session, watch: Watch[Any], now: float, *, running: float | None) -> None:
    """Tell that a task has ended.

    Args:
        session: knows the service's time.
        watch: the task's watch, with its last record.
        now: the present.
        running: when it was last known to be under way; None if it never was.
    """
    record, telemetry = watch.record, session.telemetry
    if record is None or not (telemetry.on or _log.shows(logging.INFO)):
        return
    kind, status = watch.product.kind, record.status.value
    lag = None
    if running is not None:
        lag = lag_of(record.updated_at, session.server_time(), longest=now - running)
    telemetry.ended(
        watch,
        kind=kind,
        status=status,
        coins=record.coins,
        duration=watch.age(now) if watch.started_here else None,
        lag=lag,
    )
    if _log.shows(logging.INFO):
        _log.info(
            "%s: %s",
            token := watch.product.token(watch.task_id),
            status,
            job=token,
            kind=kind,
            status=status,
            coins=record.coins,
            lag=lag if lag is None else round(lag, 3),
        )


def lag_of(ended: datetime | None, now: datetime | None, *, longest: float) -> float | None:
    """Tell how late the end of a task is known.

    Args:
        ended: when it ended, by the service's clock.
        now: the present, by the same clock.
        longest: seconds since it was last known to be under way.

    Returns:
        Seconds from 0; None where nothing tells when it ended.
    """
    if ended is None or now is None:
        return None
    # The service's clock is told to the second, and may be another one than that of its records.
    return min(max(0.0, (now - ended).total_seconds()), longest)
