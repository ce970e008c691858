"""Counting what a batch does. Pure: the time comes as an argument."""

from __future__ import annotations

from collections import Counter, deque

import attrs

from a2e_async.batch.outcome import Progress
from a2e_async.journal.item import State

_RECENT = 200
"""So many outcomes tell the rate of the recent past."""
_SHORTEST = 0.5
"""Seconds that tell a rate at the least."""
_UNDER_WAY = (State.STARTING, State.STARTED)


@attrs.define
class Tally:
    """The counts of one batch.

    Attributes:
        begun: when it began, in seconds of any clock.
        total: how many requests there are, once that is known.
    """

    begun: float
    total: int | None = None
    _read: int = 0
    _finished: int = 0
    _failed: int = 0
    _fresh: int = 0
    _states: Counter[State] = attrs.field(factory=Counter)
    _recent: deque[float] = attrs.field(factory=lambda: deque(maxlen=_RECENT))

    def read(self) -> None:
        """Count a request that was read."""
        self._read += 1

    def found(self, state: State) -> None:
        """Count the state that an item is found in."""
        self._states[state] += 1

    @property
    def seen(self) -> int:
        """How many requests were read."""
        return self._read

    def passed(self, before: State, after: State) -> None:
        """Count that one went on from a state to another."""
        if before is not after:
            self._states[before] -= 1
            self._states[after] += 1

    def finished(self, now: float, *, ok: bool, known: bool) -> None:
        """Count an outcome.

        Args:
            now: the time.
            ok: whether all is well.
            known: whether it was known from an earlier run, which tells nothing about the rate.
        """
        self._finished += 1
        self._failed += not ok
        if not known:
            self._recent.append(now)

    def progress(self, now: float, *, spent: float, reserved: float) -> Progress:
        """Tell how far it is."""
        rate = self._rate(now)
        left = None if self.total is None else max(0, self.total - self._finished)
        return Progress(
            total=self.total,
            read=self._read,
            counts={state.value: self._states[state] for state in State},
            finished=self._finished,
            failed=self._failed,
            in_flight=sum(self._states[state] for state in _UNDER_WAY),
            coins_spent=spent,
            coins_reserved=reserved,
            rate=rate,
            time_left=_time_left(left, rate),
            seconds=max(0.0, now - self.begun),
        )

    def _rate(self, now: float) -> float:
        if not self._recent:
            return 0.0
        whole = len(self._recent) < _RECENT
        since = self.begun if whole else self._recent[0]
        return len(self._recent) / max(_SHORTEST, now - since)


def _time_left(left: int | None, rate: float) -> float | None:
    if left == 0:
        return 0.0
    return None if left is None or not rate else left / rate
