"""The list of what is reachable: each operation that a family or group of the client carries out.

Nothing here says which operations there are: the products' facts, and what the calls themselves
note by `carries_out`, are read from a client's parts.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import attrs

from a2e_async import facts, parts
from a2e_async.client import A2E
from a2e_async.config import DEFAULT_BASE_URL
from a2e_async.http.operation import Operation, carrying_out, operations_of
from a2e_async.jobs.family import Family
from a2e_async.parts import Group

_UNUSED_TOKEN = "sk_no_request_is_made"  # noqa: S105  (it is none)
_VERBS = {"get_other": ("get", "other=True")}
_VARIABLE = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
_CHOICES = {"continue_training": ("", "classic=True")}
"""For the calls that carry several operations out: the argument that chooses each of them."""

EVIDENCE = {
    "doc": "its documentation page, read whole",
    "doc-partial": "its documentation page, read in part",
    "doc-request": "its documentation page, read for the request only",
    "catalog": "the service's catalogue: path and request, but no answer",
    "menu": "its page's title; the rest by what clients do, or by analogy",
    "code": "what working clients do",
}
"""What the facts of an operation come from, by the words of `DocumentedCall.evidence`."""


@attrs.frozen
class DocumentedCall:
    """An operation of the service and the Python calls that carry it out.

    Attributes:
        method: HTTP method.
        path: documented path.
        product: the product or section that documents it.
        call: the call, with its required arguments; where it takes more, ``…`` ends them.
        evidence: how sure the operation's facts are, one of the words of `EVIDENCE`.
        calls: all calls that carry the operation out, the first of them ``call``.
    """

    method: str
    path: str
    product: str
    call: str
    evidence: str | None
    calls: tuple[str, ...]


def documented_calls() -> list[DocumentedCall]:
    """List every operation of the service that the client reaches, in the order of the facts."""
    found: dict[tuple[str, str], list[str]] = {}
    for operation, call in _calls():
        found.setdefault((operation.method, operation.path), []).append(call)
    order = {key: at for at, key in enumerate(facts.operations())}
    keys = sorted(found, key=lambda key: order.get(key, len(order)))
    return [_documented(*key, (*dict.fromkeys(found[key]),)) for key in keys]


def _documented(method: str, path: str, calls: tuple[str, ...]) -> DocumentedCall:
    told = facts.operations().get((method, path), {})
    product = next(iter(told.get("tags", ())), "")
    return DocumentedCall(method, path, product, calls[0], told.get("x-evidence"), calls)


def _calls() -> Iterator[tuple[Operation, str]]:
    # Nothing is opened or sent by a client that is only looked at.
    client = A2E(_UNUSED_TOKEN, base_url=DEFAULT_BASE_URL)
    seen: set[Callable[..., Any]] = set()
    for name in parts.names(A2E, Group):
        part = getattr(client, name)
        if isinstance(part, Family):
            yield from _of_family(part)
        for method in _methods(part):
            seen.add(method.__func__)
            path = name if method is part else f"{name}.{method.__name__}"
            for operation, arguments in _of_method(method):
                yield operation, f"a2e.{path}({arguments})"
    # What an object has that a call gives, such as a room that is open.
    for function in carrying_out():
        if function in seen:
            continue
        for operation in operations_of(function):
            yield operation, f"{function.__qualname__}({_arguments(function)})"


def _of_method(method: Any) -> Iterator[tuple[Operation, str]]:
    operations = operations_of(method.__func__)
    choices = _CHOICES.get(method.__name__, ("",) * len(operations))
    for operation, choice in zip(operations, choices, strict=True):
        yield operation, _arguments(method, choice)


def _of_family(family: Family[..., Any]) -> Iterator[tuple[Operation, str]]:
    product = family.product
    refused = () if product.other_detail else ("other",)
    for verb, operation in product.operations.items():
        name, choice = _VERBS.get(verb, (verb, ""))
        if verb == "start":
            arguments = _fields(family)
        else:
            arguments = _arguments(getattr(family, name), choice, refused)
        yield operation, f"a2e.{product.kind}.{name}({arguments})"


def _fields(family: Family[..., Any]) -> str:
    fields = attrs.fields(family.request_class)
    needed = [f"{field.name}=…" for field in fields if field.default is attrs.NOTHING]
    return _written(needed, more=len(needed) < len(fields))


def _methods(part: Any) -> Iterator[Any]:
    if inspect.ismethod(part):
        yield part
        return
    for _, method in inspect.getmembers(part, inspect.ismethod):
        if operations_of(method.__func__):
            yield method


def _arguments(function: Callable[..., Any], choice: str = "", refused: Sequence[str] = ()) -> str:
    """Write a call's arguments: those that it needs, and the one that chooses an operation."""
    told = {"self", choice.partition("=")[0], *refused}
    taken = [it for it in inspect.signature(function).parameters.values() if it.name not in told]
    needed = [it for it in taken if it.default is it.empty and it.kind not in _VARIABLE]
    words = [f"{it.name}=…" if it.kind is it.KEYWORD_ONLY else it.name for it in needed]
    return _written([*words, choice], more=len(needed) < len(taken))


def _written(arguments: Sequence[str], *, more: bool) -> str:
    return ", ".join(filter(None, [*arguments, "…" if more else ""]))
