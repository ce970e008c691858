"""The options of ``a2e batch``. What a run leaves out, later ones have from the run before."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from a2e_async.batch.files import PATTERN
from a2e_async.cli.batch_plan import IN_FLIGHT
from a2e_async.cli.manifest import Format
from a2e_async.cli.start import RESULTS

_LIMITS, _MONEY, _INPUT = "Limits", "Coins", "Manifest"

ManifestPath = Annotated[
    str,
    typer.Argument(
        metavar="MANIFEST",
        help="A file of rows: CSV, JSON lines or JSON, or - for stdin. A column for each field of "
        "the products, as a2e run KIND --help names them, and for kind (the product) and key (a "
        "name of the row, which no other row has; it is kept when rows change their places). "
        "Local media by its path relative to the manifest. In CSV, the items of a list are "
        "separated by |, objects are JSON, and empty cells are left out; two quotes in a cell "
        '("""""" in the file) are an empty text. In JSON, a list of objects.',
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
    int | None,
    typer.Option(
        metavar="N",
        show_default=str(IN_FLIGHT),
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
        metavar="COINS",
        help="How many coins the run may spend, all times that it is run together. No start is "
        "made that may go beyond it.",
        rich_help_panel=_MONEY,
    ),
]
NoBudget = Annotated[
    bool,
    typer.Option(
        "--no-budget",
        help="Spend any number of coins, whatever budget the run had before.",
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
    str | None,
    typer.Option(
        metavar="TEXT",
        show_default=PATTERN,
        help="Names of the files, of {index}, {key}, {kind} and {id}.",
        rich_help_panel=RESULTS,
    ),
]
Download = Annotated[
    bool | None,
    typer.Option(
        "--download/--no-download",
        show_default="download",
        help="Fetch the results. The service keeps them for about three days.",
        rich_help_panel=RESULTS,
    ),
]
Patience = Annotated[
    float | None,
    typer.Option(
        metavar="SECONDS",
        show_default="3600",
        help="How long a start is tried again while the service is away or too busy.",
        rich_help_panel=_LIMITS,
    ),
]
