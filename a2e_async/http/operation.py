"""A documented operation of the service, and which function carries it out. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import quote

import attrs

from a2e_async.http.call import Call

F = TypeVar("F", bound=Callable[..., Any])

_TEMPLATE = re.compile(r"{\w+}")


@attrs.frozen
class Operation:
    """An operation, as its documented page tells it.

    Attributes:
        method: HTTP method.
        path: the documented path, with ids as templates such as ``{_id}``.
        query: name of the query parameter that takes the id, if one does.
        body: name of the body field that takes the id, if one does.
    """

    method: str
    path: str
    query: str | None = None
    body: str | None = None
    _around_id: tuple[str, ...] = attrs.field(
        default=attrs.Factory(lambda self: (*_TEMPLATE.split(self.path),), takes_self=True),
        init=False,
        repr=False,
        eq=False,
    )

    def __str__(self) -> str:
        """Write it as the documentation does."""
        return f"{self.method} {self.path}"

    def call(
        self, item_id: str = "", *, params: Mapping[str, str] | None = None, json: Any = None
    ) -> Call:
        """Make a request for it.

        Args:
            item_id: the id, where the operation takes one.
            params: query parameters besides the id.
            json: JSON body, an object where the id is a field of it.
        """
        if self.query is not None:
            params = {self.query: item_id, **(params or {})}
        if self.body is not None:
            json = {self.body: item_id, **(json or {})}
        return Call(self.method, quote(item_id, safe="").join(self._around_id), params, json)


_CARRIED_OUT: dict[Callable[..., Any], tuple[Operation, ...]] = {}


def carries_out(*operations: Operation) -> Callable[[F], F]:
    """Note which operations a function carries out, for `operations_of`."""

    def note(function: F) -> F:
        _CARRIED_OUT[function] = operations
        return function

    return note


def carrying_out() -> tuple[Callable[..., Any], ...]:
    """Give all functions of loaded modules that carry an operation out."""
    return (*_CARRIED_OUT,)


def operations_of(function: Callable[..., Any]) -> tuple[Operation, ...]:
    """Give the operations that a function carries out, the first one first."""
    return _CARRIED_OUT.get(function, ())
