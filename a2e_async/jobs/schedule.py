"""When a job is looked at next, and when it counts as gone. Pure: time and chance are arguments."""

from __future__ import annotations

import math
from typing import Any

import attrs

from a2e_async.jobs.typical import Typical

_DAY = 24 * 60 * 60.0
_NUMBER = attrs.validators.instance_of((int, float))


def _between(least: float, most: float) -> list[Any]:
    return [_NUMBER, attrs.validators.ge(least), attrs.validators.le(most)]


_PART = _between(0.0, 1.0)
_INTERVAL = _between(1e-6, _DAY)

# What has ended is to be known within this share of a known duration, and no sooner costs a look.
_FINEST_SHARE = 0.01
# How far knowing better may stretch an interval, as a share of the job's age.
_WIDEST_SHARE = 0.25
# After a quarter of an hour the longest interval grows on: news of two hours is a minute late.
_LONGEST_SHARE = 0.01
_LONGEST_TIMES = 6
# Hardly anything ends before this, in shortest intervals.
_FIRST_LOOK = 2.0
# A round of looks that takes so many requests is begun so much later, and made by this share more
# seldom.
_CROWD = 25
_CROWD_WAITS = 1.5
_CROWD_PAUSE = 0.1
# The first look after one that was too early for a bell, in shortest intervals.
_HASTE = 0.125
# Seconds of lateness that one request is worth.
_WORTH = 0.15


@attrs.frozen(kw_only=True)
class Schedule:
    """How often waiting jobs are looked at.

    The interval is a share of the job's age, so that the news of a job's end is late by a small
    part of what the job took, and long jobs cost few requests. What a client learns of how long
    the tasks of a family take makes looks rarer where few end, and denser where many do.

    Attributes:
        share: the interval, as a share of the job's age, from 0, while nothing is known of its
            family.
        shortest: seconds of the shortest interval, above 0 and at most a day, as for the other
            times. The first look comes after two of them.
        longest: seconds of the longest interval; a hundredth of the job's age where that is longer,
            which it is from a quarter of an hour on, up to six times as much.
        jitter: share of an interval by which it is shortened at random, 0 to 1.
        company: share of its interval by which a job may be looked at early, to go along with a
            request that is made anyway, 0 to 1.
        heartbeat: seconds between looks at a job whose end a webhook will tell, as long as the
            webhooks arrive.
        requests_per_second: looks of one client in the long run, above 0, whatever waits. Eight
            seconds' worth may go at once.
        missing_for: seconds that a task may be unknown to the service after its start.
        missing_looks: how many looks in a row must miss a task before it counts as gone.
    """

    share: float = attrs.field(default=0.1, validator=_between(0.0, 1e6))
    shortest: float = attrs.field(default=1.0, validator=_INTERVAL)
    # What is left to ten seconds is the look's own time.
    longest: float = attrs.field(default=9.5, validator=_INTERVAL)
    jitter: float = attrs.field(default=0.05, validator=_PART)
    company: float = attrs.field(default=0.5, validator=_PART)
    heartbeat: float = attrs.field(default=30.0, validator=_INTERVAL)
    requests_per_second: float = attrs.field(default=20.0, validator=_between(1e-3, 1e9))
    missing_for: float = attrs.field(default=15.0, validator=_between(0.0, _DAY))
    missing_looks: int = attrs.field(default=3, validator=attrs.validators.ge(1))

    def __attrs_post_init__(self) -> None:
        """Check the bounds against each other."""
        if self.longest < self.shortest:
            raise ValueError(
                f"longest: expected at least shortest ({self.shortest} s), got {self.longest}"
            )

    def faster(self, factor: float) -> Schedule:
        """Make the same schedule for a service that runs `factor` times as fast."""
        return attrs.evolve(
            self,
            shortest=self.shortest / factor,
            longest=self.longest / factor,
            heartbeat=self.heartbeat / factor,
            requests_per_second=self.requests_per_second * factor,
            missing_for=self.missing_for / factor,
        )

    def interval(  # noqa: PLR0913  (each is a fact of its own, by keyword)
        self,
        age: float,
        chance: float,
        *,
        failures: int = 0,
        asked: float = 0.0,
        typical: Typical | None = None,
        waiting: int = 1,
        requests: int = 1,
    ) -> float:
        """Give the seconds until the next look.

        Args:
            age: seconds since the job was started, or first looked at in this process.
            chance: a random number from 0 to below 1.
            failures: how many looks in a row have failed; each doubles the interval.
            asked: seconds that the service asked to wait (``Retry-After``).
            typical: what is known of how long such tasks take from where this one stands.
            waiting: how many jobs of the family wait.
            requests: how many requests it takes to look at all of them.

        Returns:
            Seconds, at least ``shortest`` less the jitter, at most `latest` of the age or what the
            service asked for.
        """
        fitting = self._fitting(age, typical, max(1, waiting), max(1, requests))
        # The exponent is bounded so that a long outage cannot overflow.
        grown = min(fitting * 2.0 ** min(failures, 30), self.latest(age))
        return max(grown * (1 - self.jitter * chance), asked)

    def after_bell(self, since: float) -> float:
        """Give the seconds until the next look at a job that a webhook has named.

        Args:
            since: seconds since the bell; the detail may be a little behind it.
        """
        return min(max(_HASTE * self.shortest, since), self.latest(since))

    def latest(self, age: float) -> float:
        """Give the seconds of the longest interval at an age."""
        return max(self.longest, min(_LONGEST_SHARE * age, _LONGEST_TIMES * self.longest))

    def _fitting(self, age: float, typical: Typical | None, waiting: int, requests: int) -> float:
        crowd = min(1.0, (requests - 1) / _CROWD)
        shortest = self.shortest * (1 + _CROWD_PAUSE * crowd)
        first = self.shortest * (_FIRST_LOOK + _CROWD_WAITS * crowd)
        if age < self.shortest:
            usual, sharing = first, 1.0
        else:
            usual, sharing = max(self.share * age, shortest), waiting / requests
        # Where ends come at a rate h, looks each sqrt(2 worth / h) cost the least in all. The usual
        # interval stands for a rate of its own, which experience corrects. That one request tells
        # of many jobs counts for little: what each of them wants to know matters more.
        worth = _WORTH * self.shortest
        expected = 2 * worth / usual**2
        rate = typical.rate(age, expected) if typical else expected
        wanted = math.sqrt(2 * worth / (rate * sharing**0.25))
        widest = min(self.latest(age), max(_WIDEST_SHARE * age, usual))
        return min(max(wanted, shortest, _FINEST_SHARE * age), widest)

    def goes_along(self, due: float, interval: float, now: float) -> bool:
        """Tell whether a job may be looked at now.

        Args:
            due: when the job is due.
            interval: seconds between its last look and then.
            now: the present, on the same clock.
        """
        return due - self.company * interval <= now

    def is_gone(self, *, seen: bool, missing_for: float, looks: int) -> bool:
        """Tell whether a task that the service does not know counts as gone.

        Args:
            seen: whether a look has ever found it. One that has been seen is not a late arrival.
            missing_for: seconds since the first look in a row that missed it.
            looks: how many looks in a row have missed it.
        """
        return looks >= self.missing_looks and (seen or missing_for >= self.missing_for)
