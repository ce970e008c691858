"""The products, by the names that people type."""

from __future__ import annotations

from typing import Any

from a2e_async import A2E, Request, tasks


def check_kind(kind: str) -> str:
    """Give a product's name back, or raise `ValueError` with the names that there are."""
    if kind not in A2E.kinds():
        raise ValueError(f"kind: expected one of {', '.join(A2E.kinds())}, got {kind!r}")
    return kind


def request_class(kind: str) -> type[Request[Any]]:
    """Give a product's request class, or raise `ValueError` with the names that there are."""
    return tasks.request_class(check_kind(kind))
