"""Run all benchmarks, or those named, one after another: `python -m benchmarks [NAME …] [--write]`.

Each runs in a process of its own. With ``--write`` the results go to results.json, the chart and
the README.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

from benchmarks import report
from benchmarks.clients import REAL, SIMULATED

HERE = Path(__file__).parent
ORDER = ("import", "start", "httpx", "waiting", "lone", "scale", "real", "batch", "loop")
PACKAGES = ("aiohttp", "anyio", "orjson", "uvloop")


def run(name: str) -> tuple[dict[str, Any], bool]:
    """Run a benchmark and show what it prints; give its results, and whether it is satisfied."""
    print(f"\n== {name}", flush=True)
    command = [sys.executable, "-m", f"benchmarks.bench_{name}"]
    lines: list[str] = []
    with subprocess.Popen(command, cwd=HERE.parent, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            lines.append(line)
            if not line.startswith("{"):
                print(line, end="", flush=True)
    if not lines or not lines[-1].startswith("{"):
        raise SystemExit(f"{name}: ended without results")
    return json.loads(lines[-1]), process.returncode == 0


def surroundings() -> dict[str, Any]:
    """Tell what the figures belong to."""
    packages = {*PACKAGES, *(client.package for client in (*SIMULATED, *REAL))}
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count(),
        "versions": {name: metadata.version(name) for name in sorted(packages)},
        "settings": {client.name: client.settings for client in (*SIMULATED, *REAL)},
    }


def main() -> None:
    """Run what was chosen, and fail if a limit was missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("names", nargs="*", help="parts of the names: " + ", ".join(ORDER))
    parser.add_argument("--write", action="store_true", help="write results, chart and README")
    chosen = parser.parse_args()
    around = surroundings()
    if chosen.write and chosen.names and report.stored().get("surroundings") != around:
        raise SystemExit("the stored results have other versions; run all: --write without names")
    print(json.dumps(around, indent=1))
    wanted = [n for n in ORDER if not chosen.names or re.search("|".join(chosen.names), n)]
    results, unsatisfied = {}, []
    for name in wanted:
        results[name], satisfied = run(name)
        unsatisfied += [] if satisfied else [name]
    if chosen.write:
        report.write({**report.stored(), "surroundings": around, **results})
    if unsatisfied:
        raise SystemExit(f"over a limit: {', '.join(unsatisfied)}")


if __name__ == "__main__":
    main()
