"""How each benchmark ends: its results as JSON in the last line, and an error over a limit."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any


def finish(results: Mapping[str, Any], misses: Iterable[str] = ()) -> None:
    """Print the results in one line for `python -m benchmarks`, and fail where a limit is missed.

    Raises:
        SystemExit: with what was missed, line by line.
    """
    print(json.dumps(results), flush=True)
    missed = [*misses]
    if missed:
        raise SystemExit("\n".join(missed))


def over(what: str, value: float, limit: float) -> list[str]:
    """Tell in words that a value is over its limit; nothing if it is not."""
    return [f"{what}: {value:.3g}, more than {limit:g}"] if value > limit else []
