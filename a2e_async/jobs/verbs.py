"""The verbs of a family with its product's own fields, for `help` and editors that look at objects.

Type checkers know the fields from the request class. What looks at the running program would see
``*args`` and ``**kwargs`` only.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Hashable, Iterator
from functools import cache
from types import FunctionType
from typing import Any, TypeVar, cast

from a2e_async.tasks import manual
from a2e_async.tasks.request import Request

F = TypeVar("F")

_VERBS = ("start", "enqueue", "start_all", "run")


def explained(family: type[F], request: type[Request[Any]]) -> type[F]:
    """Give a family's class in which the verbs that take fields tell which.

    Args:
        family: the class.
        request: the request class of its product.

    Returns:
        A class of the same name that differs in signatures and docstrings only.
    """
    return cast("type[F]", _explained(cast("Hashable", family), cast("Hashable", request)))


@cache
def _explained(family: Any, request: Any) -> type[Any]:
    verbs = {name: _with_fields(getattr(family, name), request) for name in _VERBS}
    told = {"__module__": family.__module__, "__doc__": family.__doc__, "__slots__": ()}
    return type(family.__name__, (family,), {**told, **verbs})


def _with_fields(verb: Any, request: type[Request[Any]]) -> Callable[..., Any]:
    copy = FunctionType(
        verb.__code__, verb.__globals__, verb.__name__, verb.__defaults__, verb.__closure__
    )
    copy.__kwdefaults__, copy.__annotations__ = verb.__kwdefaults__, verb.__annotations__
    copy.__qualname__, copy.__module__ = verb.__qualname__, verb.__module__
    copy.__doc__ = "\n".join(_page(verb.__doc__ or "", request))
    whole = inspect.signature(verb)
    myself = next(iter(whole.parameters.values()))
    told: Any = copy
    told.__signature__ = whole.replace(parameters=[myself, *manual.signature(request)])
    return copy


def _page(page: str, request: type[Request[Any]]) -> Iterator[str]:
    """Put the fields in the place of the arguments that nobody has a name for."""
    about = manual.described(request)
    first, _, rest = inspect.cleandoc(page).partition("\nArgs:\n")
    yield first
    yield "Args:"
    for field in manual.fields_of(request):
        allowed = getattr(field.validator, "allowed", "")
        yield f"    {field.name}: {about.get(field.name, '')} Takes {allowed}."
    yield ""
    yield rest.partition("\n\n")[2]
