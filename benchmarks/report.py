"""The tables of the README and results.json, from which all of them are made."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

Results: TypeAlias = Mapping[str, Any]
Row: TypeAlias = Mapping[str, Any]

HERE = Path(__file__).parent
README = HERE.parent / "README.md"
RESULTS = HERE / "results.json"
CHART = HERE / "results.png"
BEGIN, END = "<!-- bench -->", "<!-- /bench -->"

OURS = "a2e_async"
CROWD = 1_000
FIRST_ITEMS = 2_000


def stored() -> dict[str, Any]:
    """Read the results that were written last; none if there are none."""
    read: dict[str, Any] = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
    return read


def write(results: Results) -> None:
    """Write the results, and the chart and the tables made of them."""
    from benchmarks import chart  # noqa: PLC0415  (only the bench session has its packages)

    RESULTS.write_text(json.dumps(results, indent=1) + "\n", "utf-8")
    chart.draw(results, CHART, made_from=digest())
    README.write_text(with_tables(README.read_text("utf-8"), results), "utf-8")


def digest() -> str:
    """Tell the stored results apart from any others."""
    return hashlib.sha256(RESULTS.read_bytes()).hexdigest()


def with_tables(text: str, results: Results) -> str:
    """Put the tables between their markers in a text."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"README.md: expected the markers {BEGIN} and {END}")
    parts = (_beside_others(results), _by_number(results), _in_words(results))
    return "\n".join((before + BEGIN, "\n\n".join(parts), END + after))


def rows(results: Results, bench: str, **facts: Any) -> list[Row]:
    """Give the rows of a benchmark of which these facts are true."""
    found: Iterable[Row] = results[bench]["rows"]
    return [row for row in found if all(row[key] == fact for key, fact in facts.items())]


def clients(results: Results) -> list[str]:
    """Name the clients that were simulated beside each other, ours first."""
    crowd = rows(results, "waiting", jobs=CROWD)
    return [row["client"] for row in crowd if row["median"] == crowd[0]["median"]]


def _beside_others(results: Results) -> str:
    real = rows(results, "real")
    few = min(row["jobs"] for row in real)
    head = (
        f"{CROWD:,} jobs at once",
        "requests per job",
        "late by: p50, p95",
        "one job of 10 min: requests",
        "late by: mean, most",
        f"CPU per job ({few} at once)",
    )
    body = []
    for name in dict.fromkeys([*clients(results), *(row["client"] for row in real)]):
        crowd = rows(results, "waiting", client=name, jobs=CROWD)
        lone = rows(results, "lone", client=name, minutes=10)
        cpu = rows(results, "real", client=name, jobs=few)
        cells = (*_cells(crowd, _crowd, 2), *_cells(lone, _lone, 2), *_cells(cpu, _cpu, 1))
        body.append((_titled(name, results), *cells))
    return _markdown(head, body)


def _by_number(results: Results) -> str:
    head = (
        f"`{OURS}` alone",
        "requests per job",
        "late by: p50, p95",
        "nothing ends: requests per second",
        "CPU of one core",
        "memory in all",
    )
    numbers = {row["jobs"] for name in ("waiting", "scale") for row in rows(results, name)}
    body = []
    for jobs in sorted(numbers):
        crowd = rows(results, "waiting", client=OURS, jobs=jobs)
        idle = rows(results, "scale", jobs=jobs, time="virtual")
        title = f"{jobs:,} jobs" if jobs > 1 else "1 job"
        body.append((title, *_cells(crowd, _crowd, 2), *_cells(idle, _idle, 3)))
    return _markdown(head, body)


def _in_words(results: Results) -> str:
    around = results["surroundings"]
    versions = ", ".join(f"{name} {version}" for name, version in around["versions"].items())
    told = (
        _quicker(results),
        _lost(results),
        _confirmed(results),
        _requests(results),
        _bulk(results),
        _held(results),
    )
    measured = f"Measured with Python {around['python']} on {around['cores']} cores; {versions}."
    return " ".join(filter(None, told)) + f"\n\n{measured}"


def _quicker(results: Results) -> str:
    crowd = _lateness(rows(results, "waiting", jobs=CROWD), "p50", clients(results))
    lone = _lateness(rows(results, "lone", minutes=10), "mean", clients(results))
    return (
        f"Where others are better: the news of many jobs comes sooner (p50), for more requests, "
        f"with {_sooner(crowd)}; that of one long job with {_sooner(lone)}. The others look at "
        f"each job alone, so that their requests per job do not depend on the number of jobs."
    )


def _sooner(late: Mapping[str, float]) -> str:
    names = [name for name in late if late[name] < late[OURS]]
    if len(names) == len(late) - 1:
        return "all of them"
    return _listed(names) if names else "none"


def _lateness(found: Iterable[Row], key: str, names: Iterable[str]) -> dict[str, float]:
    late = {row["client"]: row[key] for row in found}
    return {
        name: late[name][0] if isinstance(late[name], list) else late[name]
        for name in names
        if name in late
    }


def _lost(results: Results) -> str:
    crowd = rows(results, "real", jobs=CROWD)
    lost = [f"{row['client']} lost {sum(row['lost'].values()):,}" for row in crowd if row["lost"]]
    kept = [row["client"] for row in crowd if not row["lost"]]
    if not lost:
        return ""
    return (
        f"Of {CROWD:,} jobs at once over real sockets, {_listed(lost)} to their own time limits, "
        f"{_listed(kept)} none."
    )


def _confirmed(results: Results) -> str:
    (idle,) = rows(results, "scale", time="real")
    (crowd,) = rows(results, "real", client=OURS, jobs=CROWD)
    return (
        f"In real time, {CROWD:,} jobs took {_figure(crowd['looks'])} requests each and were known "
        f"{_figure(crowd['p50'])} s (p95 {_figure(crowd['p95'])} s) late, and {idle['jobs']:,} "
        f"waiting ones {_percent(idle['cpu'])} of one core, sockets included."
    )


def _requests(results: Results) -> str:
    ours = {what: results["start"]["orjson"][what]["ratio"] for what in ("start", "get", "poll")}
    theirs = [f"{results['httpx'][what][0]:.1f}" for what in ("start", "look")]
    return (
        f"Beside the same request by raw aiohttp, a start takes {ours['start']:.2f} times the CPU, "
        f"a read {ours['get']:.2f} and a poll {ours['poll']:.2f} times (with the extra `fast`); "
        f"httpx takes {' and '.join(theirs)} times that of the client for a start and a read. "
        f"Importing the client takes {results['import']['ratio']:.2f} times as long as aiohttp."
    )


def _bulk(results: Results) -> str:
    bulk = results["batch"]
    with_it, without = bulk["cpu_ms"]
    return (
        f"A batch of {bulk['items']:,} instant tasks on the embedded sandbox finished "
        f"{bulk['per_second']:,} items per second with {bulk['in_flight']} in flight. Its "
        f"journal's thread took {_percent(bulk['journal'])} of the CPU; an item took "
        f"{with_it:.2f} ms with a journal and {without:.2f} ms without, waiting for the disk "
        f"included. From the {FIRST_ITEMS:,}th item to the last, the memory of the client grew by "
        f"{max(0.0, bulk['growth_mb']):.1f} MB."
    )


def _held(results: Results) -> str:
    if "loop" not in results:
        return ""
    found = results["loop"]
    callback, turn, garbage = (
        max(row[what] for row in found["rows"]) for what in ("cpu_max", "turn_max", "gc_max")
    )
    return (
        f"While {found['waiting']:,} jobs waited, ended and started and {found['downloads']} "
        f"results downloaded, no callback held the event loop for more than "
        f"{_figure(callback)} ms of its CPU time, and no turn of the loop took more than "
        f"{_figure(turn)} ms; the first start, wait and download of a process took at most "
        f"{_figure(max(found['first'].values()))} ms in one go. Python's own full collection of "
        f"garbage took {_figure(garbage)} ms besides, most of it for the packages that are loaded: "
        f"a process that calls `gc.freeze()` after its start leaves those out."
    )


def _crowd(row: Row) -> tuple[str, ...]:
    looks, lag = row["looks"], f"{_figure(row['p50'][0])}, {_figure(row['p95'][0])} s"
    return _figure(looks[0]) + _between(looks), lag


def _lone(row: Row) -> tuple[str, ...]:
    return f"{row['looks'][0]:,.0f}", f"{_figure(row['mean'])}, {_figure(row['max'])} s"


def _idle(row: Row) -> tuple[str, ...]:
    return _figure(row["looks_per_second"]), _percent(row["cpu"]), f"{row['memory']:.0f} MB"


def _cpu(row: Row) -> tuple[str, ...]:
    return (f"{_figure(row['cpu_ms'])} ms",)


def _cells(found: Sequence[Row], write: Any, count: int) -> tuple[str, ...]:
    cells: tuple[str, ...] = write(found[0]) if found else ("",) * count
    return cells


def _titled(name: str, results: Results) -> str:
    version = results["surroundings"]["versions"].get(name)
    return f"{name} {version}" if version else name


def _between(values: Sequence[float]) -> str:
    low, high = _figure(values[1]), _figure(values[2])
    return "" if low == high else f" ({low} to {high})"


def _figure(value: float) -> str:
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 0.995 else f"{value:.2g}"


def _percent(part: float) -> str:
    return f"{_figure(part * 100)} %" if part >= 0.001 else "< 0.1 %"


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _markdown(head: Sequence[str], body: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *body]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
