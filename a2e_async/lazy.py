"""Names of a package whose modules are loaded when the names are first used (PEP 562)."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any


def getter(package: str, home_of: Callable[[str], str | None]) -> Callable[[str], Any]:
    """Make the ``__getattr__`` of a package.

    Args:
        package: the package's name.
        home_of: tells in which module of it a name is at home, or None for a name it has not.

    Returns:
        The function. A name is kept in the package once it was asked for.
    """

    def get(name: str) -> Any:
        home = home_of(name)
        if home is None:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(import_module(f"{package}.{home}"), name)
        setattr(sys.modules[package], name, value)
        return value

    return get
