"""The chart of the README: what news costs beside other clients, and what waiting costs."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from benchmarks.report import CROWD, OURS, Results, clients, rows

# A background of its own: it is read on light and on dark pages.
_PAPER, _INK, _FAINT = "#fbfaf7", "#26323c", "#c9ced2"
_OURS, _OTHERS, _SECOND = "#d1495b", "#66788a", "#2e86ab"


def draw(results: Results, path: Path, *, made_from: str) -> None:
    """Draw the chart into a PNG file, which notes what it was made from."""
    matplotlib = importlib.import_module("matplotlib")
    matplotlib.use("Agg")
    pyplot = importlib.import_module("matplotlib.pyplot")
    inks = ("text.color", "axes.labelcolor", "xtick.color", "ytick.color")
    paper = {"figure.facecolor": _PAPER, "axes.facecolor": _PAPER, "axes.edgecolor": _FAINT}
    look = {"font.size": 10, "axes.spines.top": False, "axes.grid": True, "axes.axisbelow": True}
    grid = {"grid.color": _FAINT, "grid.linewidth": 0.5}
    with pyplot.rc_context({**dict.fromkeys(inks, _INK), **paper, **look, **grid}):
        figure, (news, waiting) = pyplot.subplots(1, 2, figsize=(11, 4.4), layout="constrained")
        _draw_news(news, results)
        _draw_waiting(waiting, results)
        figure.savefig(path, dpi=120, metadata={"Source": made_from})
        pyplot.close(figure)


def _draw_news(axes: Any, results: Results) -> None:
    for (x, y), names in _places(results).items():
        own = OURS in names
        axes.scatter(x, y, s=90 if own else 50, color=_OURS if own else _OTHERS, zorder=3)
        axes.annotate(
            ", ".join(names),
            (x, y),
            xytext=(8, 0),
            textcoords="offset points",
            verticalalignment="center",
            color=_OURS if own else _INK,
            weight="bold" if own else "normal",
        )
    _make_log(axes.xaxis)
    axes.set_xlim(0.02, 5000)
    axes.set_ylim(bottom=0)
    axes.set_xlabel("status requests per job")
    axes.set_ylabel("seconds from the end of a job to its result, p95")
    axes.set_title(f"{CROWD:,} jobs at once: left and low is good", loc="left")
    axes.spines["right"].set_visible(False)


def _places(results: Results) -> dict[tuple[float, float], list[str]]:
    """Name the clients at each place; those that poll alike stand on the same one."""
    found: dict[tuple[float, float], list[str]] = {}
    for name in clients(results):
        (row,) = rows(results, "waiting", client=name, jobs=CROWD)
        place = float(f"{row['looks'][0]:.2g}"), float(f"{row['p95'][0]:.2g}")
        found.setdefault(place, []).append(name.removeprefix("httpx "))
    return found


def _draw_waiting(axes: Any, results: Results) -> None:
    idle = rows(results, "scale", time="virtual")
    jobs = [row["jobs"] for row in idle]
    axes.plot(jobs, [row["cpu"] * 100 for row in idle], "o-", color=_OURS)
    _make_log(axes.xaxis)
    _make_log(axes.yaxis)
    axes.set_xlabel("jobs that wait in one process")
    axes.set_ylabel("CPU, % of one core", color=_OURS)
    axes.set_title("What waiting costs while nothing ends", loc="left")
    right = axes.twinx()
    right.plot(jobs, [row["looks_per_second"] for row in idle], "s--", color=_SECOND)
    _make_log(right.yaxis)
    right.set_ylabel("requests per second", color=_SECOND)
    right.grid(visible=False)


def _make_log(axis: Any) -> None:
    """Make an axis logarithmic, with plain numbers."""
    getattr(axis.axes, f"set_{axis.axis_name}scale")("log")
    axis.set_major_formatter(lambda value, _: f"{value:,g}")
