"""One call for every operation that is no common verb of a product."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from a2e_async import A2E

Run = Callable[[A2E], Awaitable[Any]]

CALLS: dict[str, Run] = {}
