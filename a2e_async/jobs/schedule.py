"""When a job is looked at next, and when it counts as gone. Pure: time and chance are arguments."""

from __future__ import annotations

import attrs

_ge0 = attrs.validators.ge(0.0)


@attrs.frozen(kw_only=True)
class Schedule:
    """How often waiting jobs are looked at.

    The interval is a share of the job's age, so that the news of a job's end is late by a small
    part of what the job took, and long jobs cost few requests.

    Attributes:
        share: the interval, as a share of the job's age.
        shortest: seconds of the shortest interval.
        longest: seconds of the longest interval, which no look is later than.
        jitter: share of an interval by which it is shortened at random, 0 to 1.
        company: share of its interval by which a job may be looked at early, to go along with a
            request that is made anyway, 0 to 1.
        missing_for: seconds that a task may be unknown to the service after its start.
        missing_looks: how many looks in a row must miss a task before it counts as gone.
    """

    share: float = attrs.field(default=0.1, validator=_ge0)
    shortest: float = attrs.field(default=1.0, validator=attrs.validators.gt(0.0))
    longest: float = attrs.field(default=10.0, validator=attrs.validators.gt(0.0))
    jitter: float = attrs.field(default=0.1, validator=[_ge0, attrs.validators.le(1.0)])
    company: float = attrs.field(default=0.5, validator=[_ge0, attrs.validators.le(1.0)])
    missing_for: float = attrs.field(default=15.0, validator=_ge0)
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
            missing_for=self.missing_for / factor,
        )

    def interval(self, age: float, failures: int, chance: float) -> float:
        """Give the seconds until the next look.

        Args:
            age: seconds since the job was started, or first looked at in this process.
            failures: how many looks in a row have failed; each doubles the interval.
            chance: a random number from 0 to below 1.

        Returns:
            Seconds, between ``shortest`` less the jitter and ``longest``.
        """
        # The exponent is bounded so that a long outage cannot overflow.
        grown = max(self.share * age, self.shortest) * 2.0 ** min(failures, 30)
        return min(grown, self.longest) * (1 - self.jitter * chance)

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
