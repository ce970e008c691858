"""CPU time of importing the client beside importing aiohttp, each in fresh processes in turn.

Run it with `nox -s bench -- import`.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys

from benchmarks.ending import finish, over
from benchmarks.measuring import share

ROUNDS = 15
LIMIT = 1.3
CODE = "import time; t = time.process_time(); {}; print(time.process_time() - t)"
OURS = "from a2e_async import A2E"
THEIRS = "import aiohttp"


def seconds(statement: str) -> float:
    """Measure the CPU seconds of an import in a fresh process."""
    command = [sys.executable, "-c", CODE.format(statement)]
    # An installed package has its bytecode: so has this one, whatever the shell says.
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    return float(done.stdout)


def main() -> None:
    """Measure, and fail over the limit."""
    seconds(OURS)
    pairs = [(seconds(OURS), seconds(THEIRS)) for _ in range(ROUNDS)]
    ratio = statistics.median(ours / theirs for ours, theirs in pairs)
    ours, theirs = (statistics.median(column) * 1000 for column in zip(*pairs, strict=True))
    print(f"{OURS} {ours:.0f} ms   {THEIRS} {theirs:.0f} ms   ratio {ratio:.2f}")
    low, high = (round(share([a / b for a, b in pairs], percent), 2) for percent in (25, 75))
    results = {"ratio": round(ratio, 2), "half": [low, high], "ms": [round(ours), round(theirs)]}
    finish(results, over("the import, times aiohttp's", ratio, LIMIT))


if __name__ == "__main__":
    main()
