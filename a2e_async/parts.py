"""Parts of the client that are made when they are first used: families and groups."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import cache
from typing import TYPE_CHECKING, Any, Generic, Protocol, Self, TypeVar, cast, overload

if TYPE_CHECKING:
    from a2e_async.jobs.core import Core

T = TypeVar("T")


class HasCore(Protocol):
    """Who has such parts."""

    _core: Core
    _binding: Any


class Group(Generic[T]):
    """A part of the client, as an attribute of its class; each client has its own.

    It is an object with calls to the service, or one such call.
    """

    def __init__(self, make: Callable[[Core], T]) -> None:
        """Keep how it is made.

        Args:
            make: makes it from what the parts of one client share. A module that it names through
                a package is loaded then.
        """
        self._make = make
        self._name = ""

    def __repr__(self) -> str:
        """Show what clients have under this name."""
        return f"<{type(self).__name__} {self._name}: see a2e.{self._name} of a client>"

    def __set_name__(self, owner: type, name: str) -> None:
        """Learn under which name clients have it."""
        self._name = name

    @overload
    def __get__(self, client: None, owner: type) -> Self: ...

    @overload
    def __get__(self, client: HasCore, owner: type) -> T: ...

    def __get__(self, client: HasCore | None, owner: type) -> Self | T:
        """Give the client's own one, made at the first time."""
        if client is None:
            return self
        part = vars(client)[self._name] = self._made_for(client)
        return part

    def _made_for(self, client: HasCore) -> T:
        return self._make(client._core)  # noqa: SLF001  (it is a part of the client)


class Bindable(Protocol):
    """What can belong to somebody."""

    def bind(self, binding: Any) -> None:
        """Have all starts belong to somebody."""
        ...


B = TypeVar("B", bound=Bindable)


class FamilyOf(Group[B]):
    """A family, whose name in the client is its product's kind."""

    def _made_for(self, client: HasCore) -> B:
        family = super()._made_for(client)
        family.bind(client._binding)  # noqa: SLF001
        return family


def names(owner: type, kind: type[Group[Any]]) -> tuple[str, ...]:
    """Name the parts of a client's class that are of a kind, in the order they stand there."""
    return _names(cast("Hashable", owner), cast("Hashable", kind))


@cache
def _names(owner: Any, kind: Any) -> tuple[str, ...]:
    classes = reversed(owner.__mro__)
    found = (name for cls in classes for name, part in vars(cls).items() if isinstance(part, kind))
    return tuple(dict.fromkeys(found))
