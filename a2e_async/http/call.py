"""A request to the service, as data. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs


# Not frozen: there is one for each request, and a frozen one takes twice as long to make.
@attrs.define
class Call:
    """One request to the service.

    Attributes:
        method: HTTP method.
        path: path below the service's address, its ids already quoted.
        params: query parameters, or None.
        json: JSON body, or None for no body.
    """

    method: str
    path: str
    params: Mapping[str, str] | None = None
    json: Any = None
