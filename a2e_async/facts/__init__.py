"""The operation facts: one OpenAPI 3.1 document, shipped as package data.

They are the only description of the service in this repository that no family wrote: the sandbox
serves them and the contract tests hold the families against them. Nothing on the way of a real
request reads them.
"""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any


@cache
def load() -> dict[str, Any]:
    """Read the OpenAPI document with every public operation of the service.

    Returns:
        The parsed document, shared by all callers: treat it as read-only.
    """
    text = resources.files(__name__).joinpath("openapi.json").read_text("utf-8")
    document: dict[str, Any] = json.loads(text)
    return document


@cache
def operations() -> dict[tuple[str, str], dict[str, Any]]:
    """List the operations.

    Returns:
        The operation objects by method, in capitals, and path; treat them as read-only.
    """
    return {
        (method.upper(), path): operation
        for path, methods in load()["paths"].items()
        for method, operation in methods.items()
    }
