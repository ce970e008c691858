"""The options of ``a2e batch``, and what a batch is told by them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, TypeAlias, TypeVar

import attrs
import typer

from a2e_async import A2E
from a2e_async.batch.files import PATTERN
from a2e_async.batch.prices import Estimate
from a2e_async.cli.manifest import Format
from a2e_async.cli.products import check_kind
from a2e_async.cli.start import RESULTS
from a2e_async.jobs.job import Deadline

N = TypeVar("N", int, float)

_LIMITS, _MONEY, _INPUT = "Limits", "Coins", "Manifest"

ManifestPath = Annotated[
    str,
    typer.Argument(
        metavar="MANIFEST",
        help="A file of rows: CSV, JSON lines or JSON, or - for stdin. A column for each field of "
        "the products, as a2e run KIND --help names them, and for kind (the product) and key (a "
        "name of the row, which no other row has; it is kept when rows change their places). "
        "Local media by its path relative to the manifest. In CSV, the items of a list are "
        "separated by |, objects are JSON, and empty cells are left out. In JSON, a list of "
        "objects.",
    ),
]
Kind = Annotated[
    str | None,
    typer.Option(
        metavar="KIND",
        help="The product of rows that name none: see a2e run --help.",
        rich_help_panel=_INPUT,
    ),
]
FormatOf = Annotated[
    Format | None,
    typer.Option(
        help="What the manifest is; left out, what its name ends in.", rich_help_panel=_INPUT
    ),
]
OutFolder = Annotated[
    Path,
    typer.Option(
        "--out",
        "-o",
        metavar="DIR",
        file_okay=False,
        help="Directory of the run: journal.db, results.jsonl, files/ and index.html.",
        rich_help_panel=RESULTS,
    ),
]
RunFolder = Annotated[
    Path, typer.Argument(metavar="DIR", file_okay=False, help="Directory of a run.")
]
InFlight = Annotated[
    int,
    typer.Option(
        min=1,
        metavar="N",
        help="How many tasks may be under way at the same time.",
        rich_help_panel=_LIMITS,
    ),
]
Rate = Annotated[
    float | None,
    typer.Option(
        metavar="N",
        help="How many tasks are started per second at the most, evenly apart.",
        rich_help_panel=_LIMITS,
    ),
]
PerKind = Annotated[
    list[str] | None,
    typer.Option(
        metavar="KIND=N",
        help="How many tasks of a product may be under way. May be given several times.",
        rich_help_panel=_LIMITS,
    ),
]
Budget = Annotated[
    float | None,
    typer.Option(
        min=0,
        metavar="COINS",
        help="How many coins the run may spend, all times that it is run together. No start is "
        "made that may go beyond it.",
        rich_help_panel=_MONEY,
    ),
]
EstimateOf = Annotated[
    list[str] | None,
    typer.Option(
        "--estimate",
        metavar="[KIND=]COINS",
        help="What a start costs where the service does not tell, of all products or of one. May "
        "be given several times.",
        rich_help_panel=_MONEY,
    ),
]
Pattern = Annotated[
    str,
    typer.Option(
        metavar="TEXT",
        help="Names of the files, of {index}, {key}, {kind} and {id}.",
        rich_help_panel=RESULTS,
    ),
]
Download = Annotated[
    bool,
    typer.Option(
        "--download/--no-download",
        help="Fetch the results. The service keeps them for about three days.",
        rich_help_panel=RESULTS,
    ),
]
DEFAULT_IN_FLIGHT = 16
DEFAULT_PATTERN = PATTERN


@attrs.frozen(kw_only=True)
class Plan:
    """How a run is to be done.

    Attributes:
        in_flight: tasks under way.
        rate: starts per second, or None for any number.
        per_kind: tasks under way by product.
        budget: the most coins, or None for any number.
        estimate: what a start costs where nothing else tells.
        pattern: names of the files.
        timeout: seconds to wait for a task, or None for the product's own deadline.
        download: whether results are fetched.
    """

    in_flight: int = DEFAULT_IN_FLIGHT
    rate: float | None = None
    per_kind: Mapping[str, int] | None = None
    budget: float | None = None
    estimate: Estimate = None
    pattern: str = DEFAULT_PATTERN
    timeout: float | None = None
    download: bool = True

    def arguments(self) -> dict[str, Any]:
        """Give the arguments of a batch."""
        return {
            "in_flight": self.in_flight,
            "starts_per_second": self.rate,
            "in_flight_per_kind": self.per_kind,
            "budget": self.budget,
            "estimate": self.estimate,
            "pattern": self.pattern,
            "timeout": Deadline.OF_FAMILY if self.timeout is None else self.timeout,
        }


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
        if check_kind(kind) in found:
            raise ValueError(f"{option}: {kind} is given twice")
        found[kind] = _number(option, text, number, expected)
    return found


def _number(option: str, text: str, number: Callable[[str], N], expected: str) -> N:
    try:
        return number(text)
    except ValueError:
        raise ValueError(f"{option}: expected {expected}, got {text!r}") from None
