"""The list of what is reachable: each operation that a family or group of the client carries out.

Nothing here says which operations there are: the products' facts, and what the calls themselves
note by `carries_out`, are read from a client's parts.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import attrs

from a2e_async import facts, parts
from a2e_async.client import A2E
from a2e_async.http.operation import Operation, carrying_out, operations_of
from a2e_async.jobs.family import Family
from a2e_async.parts import Group

_UNUSED_TOKEN = "sk_no_request_is_made"  # noqa: S105  (it is none)
_VERBS = {"get_other": ("get", "other=True")}


@attrs.frozen
class DocumentedCall:
    """An operation of the service and the Python call that carries it out.

    Attributes:
        method: HTTP method.
        path: documented path.
        product: the product or section that documents it.
        call: the call, with its required arguments.
        evidence: how sure the operation's facts are: ``doc``, ``doc-partial`` and ``doc-request``
            for a documented page, ``catalog`` for the service's catalogue, which tells no answers,
            ``menu`` and ``code`` for what other clients do.
    """

    method: str
    path: str
    product: str
    call: str
    evidence: str | None


def documented_calls() -> list[DocumentedCall]:
    """List every operation of the service that the client reaches, in the order of the facts."""
    found: dict[tuple[str, str], DocumentedCall] = {}
    for operation, call in _calls():
        key = (operation.method, operation.path)
        found.setdefault(key, _documented(operation, call))
    order = {key: at for at, key in enumerate(facts.operations())}
    return sorted(found.values(), key=lambda it: order.get((it.method, it.path), len(order)))


def _documented(operation: Operation, call: str) -> DocumentedCall:
    told = facts.operations().get((operation.method, operation.path), {})
    return DocumentedCall(
        operation.method,
        operation.path,
        next(iter(told.get("tags", ())), ""),
        call,
        told.get("x-evidence"),
    )


def _calls() -> Iterator[tuple[Operation, str]]:
    # Nothing is opened or sent by a client that is only looked at.
    client = A2E(_UNUSED_TOKEN)
    seen: set[Callable[..., Any]] = set()
    for name in parts.names(A2E, Group):
        part = getattr(client, name)
        if isinstance(part, Family):
            yield from _of_family(part)
        for method in _methods(part):
            seen.add(method.__func__)
            path = name if method is part else f"{name}.{method.__name__}"
            for operation in operations_of(method.__func__):
                yield operation, f"a2e.{path}({_arguments(method)})"
    # What an object has that a call gives, such as a room that is open.
    for function in carrying_out():
        if function in seen:
            continue
        for operation in operations_of(function):
            yield operation, f"{function.__qualname__}({_arguments(function)})"


def _of_family(family: Family[..., Any]) -> Iterator[tuple[Operation, str]]:
    product = family.product
    for verb, operation in product.operations.items():
        name, *more = _VERBS.get(verb, (verb,))
        if verb == "start":
            arguments = _fields(family)
        else:
            arguments = ", ".join([_arguments(getattr(family, name)), *more])
        yield operation, f"a2e.{product.kind}.{name}({arguments})"


def _fields(family: Family[..., Any]) -> str:
    fields = attrs.fields(family.request_class)
    return ", ".join(f"{field.name}=…" for field in fields if field.default is attrs.NOTHING)


def _methods(part: Any) -> Iterator[Any]:
    if inspect.ismethod(part):
        yield part
        return
    for _, method in inspect.getmembers(part, inspect.ismethod):
        if operations_of(method.__func__):
            yield method


def _arguments(function: Callable[..., Any]) -> str:
    needed = [
        parameter
        for parameter in inspect.signature(function).parameters.values()
        if parameter.default is parameter.empty and parameter.name != "self"
    ]
    return ", ".join(
        f"{it.name}=…" if it.kind is it.KEYWORD_ONLY else it.name
        for it in needed
        if it.kind not in (it.VAR_POSITIONAL, it.VAR_KEYWORD)
    )
