"""How a run is to be done: what the options say, and what an earlier run of it was told. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias, TypeVar

import attrs

from a2e_async import A2E
from a2e_async.batch.files import PATTERN, check_pattern
from a2e_async.batch.prices import Estimate
from a2e_async.cli import messages
from a2e_async.cli.products import check_kind
from a2e_async.jobs.job import Deadline

N = TypeVar("N", int, float)
V = TypeVar("V")

IN_FLIGHT = 16
_SEPARATORS = ("/", "\\")
_WHOLE, _ABOVE, _COINS = "a whole number above 0", "a number above 0", "a number of coins from 0"
_SECONDS = "a number of seconds from 0"


@attrs.frozen(kw_only=True)
class Plan:
    """How a run is to be done; None is what nobody has said.

    Attributes:
        in_flight: tasks under way.
        rate: starts per second.
        per_kind: tasks under way by product.
        budget: the most coins.
        estimate: what a start costs where nothing else tells.
        pattern: names of the files.
        timeout: seconds to wait for a task; else the product's own deadline.
        patience: seconds for which a start is tried again while the service is away.
        download: whether results are fetched.
    """

    in_flight: int | None = None
    rate: float | None = None
    per_kind: Mapping[str, int] | None = None
    budget: float | None = None
    estimate: Estimate = None
    pattern: str | None = None
    timeout: float | None = None
    patience: float | None = None
    download: bool | None = None

    def check(self) -> None:
        """Raise `ValueError` with the option's name for what cannot be."""
        _check("--in-flight", self.in_flight, _WHOLE, lambda n: n > 0)
        _check("--rate", self.rate, _ABOVE, lambda n: n > 0)
        _check("--budget", self.budget, _COINS, lambda n: n >= 0)
        _check("--timeout", self.timeout, _SECONDS, lambda n: n >= 0)
        _check("--patience", self.patience, _SECONDS, lambda n: n >= 0)
        for kind, most in (self.per_kind or {}).items():
            _check(f"--per-kind {kind}", most, _WHOLE, lambda n: n > 0)
        stated = self.estimate if isinstance(self.estimate, Mapping) else {"": self.estimate}
        for kind, coins in stated.items():
            _check(f"--estimate {kind}".strip(), coins, _COINS, lambda n: n >= 0)
        if self.pattern is not None:
            _check_pattern(self.pattern)

    def arguments(self) -> dict[str, Any]:
        """Give the arguments of a batch."""
        found = {
            "in_flight": _or(self.in_flight, IN_FLIGHT),
            "starts_per_second": self.rate,
            "in_flight_per_kind": self.per_kind,
            "budget": self.budget,
            "estimate": self.estimate,
            "pattern": _or(self.pattern, PATTERN),
            "timeout": _or(self.timeout, Deadline.OF_FAMILY),
            "patience": self.patience,
        }
        return {name: value for name, value in found.items() if value is not None}

    @property
    def downloads(self) -> bool:
        """Whether results are fetched."""
        return self.download is not False

    def note(self) -> dict[str, Any]:
        """Write what was said, as a JSON object that a journal keeps."""
        return {name: value for name, value in attrs.asdict(self).items() if value is not None}

    def after(self, noted: object, *, without_budget: bool = False) -> tuple[Plan, list[str]]:
        """Add what an earlier run of the same was told.

        Args:
            noted: what it has noted; whatever it is that cannot be read does not count.
            without_budget: whether its budget counts no more.

        Returns:
            The whole, and in words what comes from the earlier run.
        """
        names = {field.name for field in attrs.fields(Plan)}
        given = noted if isinstance(noted, Mapping) else {}
        earlier = {name: value for name, value in given.items() if name in names}
        if without_budget:
            earlier.pop("budget", None)
        own = self.note()
        whole = Plan(**{**earlier, **own})
        return whole, [*_told({name: it for name, it in earlier.items() if name not in own})]


def _told(noted: Mapping[str, Any]) -> Iterator[str]:
    """Say what was noted, piece by piece."""
    if (budget := noted.get("budget")) is not None:
        yield f"budget {messages.number(budget)} coins"
    if (rate := noted.get("rate")) is not None:
        yield f"rate {messages.number(rate)} per second"
    if (most := noted.get("in_flight")) is not None:
        yield f"in flight {messages.number(most)}"
    if (by_kind := noted.get("per_kind")) is not None:
        yield "per kind " + " ".join(f"{kind}={most}" for kind, most in by_kind.items())
    if (coins := noted.get("estimate")) is not None:
        yield "estimate by kind" if isinstance(coins, Mapping) else f"estimate {coins:g}"
    if (pattern := noted.get("pattern")) is not None:
        yield f"pattern {pattern}"
    for name in ("timeout", "patience"):
        if (seconds := noted.get(name)) is not None:
            yield f"{name} {messages.seconds(seconds)}"
    if noted.get("download") is False:
        yield "no download"


def _or(value: V | None, otherwise: V) -> V:
    return otherwise if value is None else value


def _check(option: str, value: float | None, expected: str, good: Callable[[float], bool]) -> None:
    if value is not None and not (math.isfinite(value) and good(value)):
        raise ValueError(f"{option}: expected {expected}, got {value:g}")


def _check_pattern(pattern: str) -> None:
    if any(separator in pattern for separator in _SEPARATORS):
        raise ValueError(
            f"--pattern: expected the name of a file, without / and \\, got {pattern!r}; --out "
            "names the directory"
        )
    try:
        check_pattern(pattern)
    except ValueError as error:
        raise ValueError(f"--{error}") from None


Words: TypeAlias = Sequence[str] | None


def per_kind(words: Words) -> dict[str, int] | None:
    """Read the tasks under way by product.

    Raises:
        ValueError: one is not of the form ``KIND=N``, or there is no such product.
    """
    return _by_kind("--per-kind", words or (), int, "KIND=N such as avatar_video=4") or None


def estimate(words: Words) -> Estimate:
    """Read what starts cost.

    Raises:
        ValueError: one is not of the form ``COINS`` or ``KIND=COINS``, or there is no such product.
    """
    expected = "COINS or KIND=COINS, such as 10 or avatar_video=30"
    named = [word for word in words or () if "=" in word]
    plain = [word for word in words or () if "=" not in word]
    by_kind = _by_kind("--estimate", named, float, expected)
    if not plain:
        return by_kind or None
    if len(plain) > 1:
        raise ValueError(f"--estimate: expected {expected}, got {plain[0]} and {plain[1]}")
    of_all = _number("--estimate", plain[0], float, expected)
    return {**dict.fromkeys(A2E.kinds(), of_all), **by_kind} if by_kind else of_all


def _by_kind(
    option: str, words: Sequence[str], number: Callable[[str], N], expected: str
) -> dict[str, N]:
    found: dict[str, N] = {}
    for word in words:
        kind, equals, text = word.partition("=")
        if not equals:
            raise ValueError(f"{option}: expected {expected}, got {word!r}")
        check_kind(kind, field=option)
        if kind in found:
            raise ValueError(f"{option}: {kind} is given twice")
        found[kind] = _number(option, text, number, expected)
    return found


def _number(option: str, text: str, number: Callable[[str], N], expected: str) -> N:
    try:
        return number(text)
    except ValueError:
        raise ValueError(f"{option}: expected {expected}, got {text!r}") from None
