"""The wrappings that the service puts lists in. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_LIST_KEYS = ("rows", "list", "data", "records", "items", "result")


def unwrap(data: Mapping[str, Any]) -> Any:
    """Give what an object holds under the first of the usual names for a list, or None."""
    return next((data[key] for key in _LIST_KEYS if data.get(key) is not None), None)


def is_page(data: Any) -> bool:
    """Tell whether data is a list, wrapped or not, be it empty or not."""
    while isinstance(data, Mapping):
        inner = unwrap(data)
        if inner is None:
            return bool(data.keys() & {*_LIST_KEYS, "count"})
        data = inner
    return isinstance(data, list)
