"""What the service says of how long tasks take on average. Pure."""

from __future__ import annotations

from typing import Any

from a2e_async import wire

_KEYS = (
    *("avgProcessingTime", "averageProcessingTime", "avg_processing_time", "avgTime"),
    *("average", "avg", "seconds", "time", "value"),
)


def seconds_in(data: Any) -> int | float | None:
    """Read the average from an answer's data, of which no field is documented."""
    return wire.read_number(told(data, _KEYS))


def told(data: Any, keys: tuple[str, ...]) -> Any:
    """Give what stands under the first of some names, or the data itself if it has none."""
    if not isinstance(data, dict):
        return data
    return next((data[key] for key in keys if data.get(key) is not None), None)
