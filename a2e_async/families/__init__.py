"""Families of the products that have more than the common verbs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from a2e_async import lazy

if TYPE_CHECKING:
    from a2e_async.families.verbs import RenamingFamily, RetryingFamily, RunningFamily

__all__ = ["RenamingFamily", "RetryingFamily", "RunningFamily"]

_HOMES = {
    "RenamingFamily": "verbs",
    "RetryingFamily": "verbs",
    "RunningFamily": "verbs",
}

if not TYPE_CHECKING:
    __getattr__ = lazy.getter(__name__, _HOMES.get)
