"""What is sent to each product in tests; a module for each, under the product's kind.

A module has

- ``EXAMPLES``: valid fields of a start. Together they use every field; the first one is the
  plainest that works on the sandbox.
- ``DELIBERATE``: what differs from the operation facts on purpose, (wire name, aspect), and why.
- ``REFUSED``: changes of the first example that are refused, each with the field that is named.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, Protocol, cast

from a2e_async import Request

URL = "https://example.com/a.png"
VIDEO = "https://example.com/a.mp4"
AUDIO = "https://example.com/a.wav"
BELL = {"webhook_url": "https://example.com/bell", "webhook_token": "t"}

LEFT_OUT = object()
"""Stands in ``REFUSED`` for a field that is missing."""


class Example(Protocol):
    """What a module has."""

    EXAMPLES: list[dict[str, Any]]
    DELIBERATE: dict[tuple[str, str], str]
    REFUSED: list[tuple[dict[str, Any], str]]


def of(cls: type[Request[Any]]) -> Example:
    """Give the examples of a product."""
    return cast("Example", import_module(f"{__name__}.{cls.product.kind}"))


def plain(cls: type[Request[Any]]) -> Request[Any]:
    """Make the plainest request of a product."""
    return cls(**of(cls).EXAMPLES[0])
