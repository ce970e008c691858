"""Whether webhooks arrive, and which of them are news. Pure: `now` is an argument."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from itertools import islice

import attrs

# Bells that come within this time share a look.
_GATHER = 0.1
# So many ends in a row that no bell has told, and bells count as broken.
_SILENT = 3
_REMEMBERED = 10_000
# Of the words of bells that named nobody, so many may turn out to be tasks just started.
_WORDS = 1_000
_EARLY = 5_000
# Where a bell names no job, all are looked at: so many per second at the most.
_ALL_PER_SECOND = 5_000


@attrs.define
class Bells:
    """What was heard of a client's webhooks.

    They count as working from the first bell that told of an end before a look did, until several
    ends in a row came without one.

    Attributes:
        shortest: seconds of the shortest interval between looks at everything.
    """

    shortest: float
    _working: bool = attrs.field(default=False, init=False)
    _silent: int = attrs.field(default=0, init=False)
    _named: float = attrs.field(default=float("-inf"), init=False)
    _all: float = attrs.field(default=float("-inf"), init=False)
    _ended: OrderedDict[str, None] = attrs.field(factory=OrderedDict, init=False)
    _early: OrderedDict[str, None] = attrs.field(factory=OrderedDict, init=False)

    @property
    def working(self) -> bool:
        """Whether the next end is expected to be told."""
        return self._working

    def ended(self, task_id: str, *, rung: bool, expected: bool) -> bool:
        """Note that a job has ended.

        Args:
            task_id: its id.
            rung: whether a bell was heard for it.
            expected: whether one should have been.

        Returns:
            Whether bells have just stopped counting as working.
        """
        _remember(self._ended, task_id, _REMEMBERED)
        if rung:
            self._working, self._silent = True, 0
        elif expected:
            self._silent += 1
            if self._working and self._silent >= _SILENT:
                self._working = False
                return True
        return False

    def is_old(self, text: str) -> bool:
        """Tell whether a text is the id of a job that has ended, which a late bell repeats."""
        return text in self._ended

    def named_nobody(self, texts: Iterable[str]) -> None:
        """Remember what a bell has said that may have overtaken the answer to a start."""
        for text in islice(texts, _WORDS):
            _remember(self._early, text, _EARLY)

    def was_early(self, task_id: str) -> bool:
        """Tell whether a bell was heard for a task before it was known here."""
        return bool(self._early) and task_id in self._early

    def next_look(self, now: float) -> float:
        """Tell when to look at the jobs that bells name: now, or with those of other bells."""
        self._named = _next(self._named, now, _GATHER)
        return self._named

    def until_all(self, now: float) -> float:
        """Give the seconds until the look at all jobs that is planned; no end if none is."""
        return self._all - now if self._all > now else float("inf")

    def next_look_at_all(self, now: float, waiting: int) -> float | None:
        """Tell when to look at all jobs because a bell names none; None if that is planned.

        Args:
            now: the present.
            waiting: how many jobs there are.
        """
        if self._all > now:
            return None
        pause = max(self.shortest, waiting / _ALL_PER_SECOND)
        self._all = _next(self._all, now, pause)
        return self._all


def _remember(texts: OrderedDict[str, None], text: str, most: int) -> None:
    texts[text] = None
    if len(texts) > most:
        texts.popitem(last=False)


def _next(planned: float, now: float, pause: float) -> float:
    return planned if planned > now else max(now, planned + pause)
