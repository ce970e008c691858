"""Task names that are made up here, under which a lost task is found again."""

from __future__ import annotations

import re
import secrets

_MADE_UP = re.compile(r"a2e-[0-9a-f]{20}")


def unique_name() -> str:
    """Make up a task name that no other start has, 24 characters long."""
    return f"a2e-{secrets.token_hex(10)}"


def is_made_up(name: str) -> bool:
    """Tell whether a name is one of `unique_name`."""
    return _MADE_UP.fullmatch(name) is not None
