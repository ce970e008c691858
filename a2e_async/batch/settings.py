"""How a batch is to be run, checked before anything happens."""

from __future__ import annotations

import math
import os
from collections.abc import Collection, Hashable, Mapping
from pathlib import Path
from typing import Any

import attrs

from a2e_async import tasks
from a2e_async.batch import files
from a2e_async.batch.prices import Estimate
from a2e_async.config import read_seconds
from a2e_async.jobs.job import Deadline, Timeout

RETRIES = ("failed", "uncertain")
"""States whose items can be started anew."""


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _coins(_: object, field: attrs.Attribute[Any], value: object) -> None:
    if value is not None:
        check_coins(field.name, value)


def check_coins(field: str, value: object) -> None:
    """Raise `TypeError` or `ValueError` unless this is a number of coins."""
    words = f"{field}: expected a number of coins from 0, got {value!r}"
    if not _is_number(value):
        raise TypeError(words)
    assert isinstance(value, (int, float))
    if not (math.isfinite(value) and value >= 0):
        raise ValueError(words)


def _estimate(_: object, field: attrs.Attribute[Any], value: object) -> None:
    if not isinstance(value, Mapping):
        _coins(_, field, value)
        return
    for kind, coins in value.items():
        try:
            tasks.request_class(kind)
        except KeyError:
            raise ValueError(f"{field.name}: expected names of products, got {kind!r}") from None
        check_coins(f"{field.name}[{kind!r}]", coins)


def _pattern(_: object, __: object, value: object) -> None:
    files.check_pattern(value)


def _seconds(_: object, field: attrs.Attribute[Any], value: object) -> None:
    words = f"{field.name}: expected seconds from 0, got {value!r}"
    if not _is_number(value):
        raise TypeError(words)
    assert isinstance(value, (int, float))
    if not value >= 0:
        raise ValueError(words)


def _timeout(_: object, field: attrs.Attribute[Any], value: Timeout) -> None:
    # As each wait will check it, when the tasks are paid for.
    if not isinstance(value, Deadline):
        read_seconds(field.name, value, zero=True)


def _path(value: str | os.PathLike[str] | None) -> Path | None:
    return None if value is None else Path(value)


def _retry(_: object, field: attrs.Attribute[Any], value: Collection[str]) -> None:
    wrong = [state for state in value if state not in RETRIES]
    if wrong:
        known = " and ".join(map(repr, RETRIES))
        raise ValueError(f"{field.name}: expected {known}, got {wrong[0]!r}")


def _states(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, Collection):
        raise TypeError(f"retry: expected a list of states, got {value!r}")
    return tuple(map(str, value))


@attrs.frozen(kw_only=True)
class Settings:
    """Arguments of `A2E.batch`, which tells what they mean."""

    group: Hashable | None = None
    journal: Path | None = attrs.field(default=None, converter=_path)
    retry: tuple[str, ...] = attrs.field(default=(), converter=_states, validator=_retry)
    budget: float | None = attrs.field(default=None, validator=_coins)
    estimate: Estimate = attrs.field(default=None, validator=_estimate)
    download_to: Path | None = attrs.field(default=None, converter=_path)
    pattern: str = attrs.field(default=files.PATTERN, validator=_pattern)
    results: Path | None = attrs.field(default=None, converter=_path)
    timeout: Timeout = attrs.field(default=Deadline.OF_FAMILY, validator=_timeout)
    patience: float = attrs.field(default=3600.0, validator=_seconds)
    dry_run: bool = False

    def __attrs_post_init__(self) -> None:
        """Check what belongs together."""
        if self.retry and self.journal is None:
            raise ValueError("retry: expected a journal with it, which tells what there was")
        if self.dry_run and self.retry:
            raise ValueError("dry_run: expected this or retry, got both")
