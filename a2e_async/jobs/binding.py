"""Whose the starts of a view of a client are. Pure."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, NamedTuple


class Binding(NamedTuple):
    """What every start of a view has, unless it says otherwise.

    Attributes:
        tag: the caller's own JSON value.
        group: whose start it is.
    """

    tag: Any = None
    group: Hashable = None

    def over(self, *, tag: Any, group: Hashable) -> Binding:
        """Give what holds where a start says this; None leaves it as it is."""
        if tag is None and group is None:
            return self
        return Binding(self.tag if tag is None else tag, self.group if group is None else group)
