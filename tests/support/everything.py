"""One call of the SDK for every operation of the service, and a look at what it sends."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import attrs

from a2e_async import A2E, Family, facts, tasks
from tests.products import examples
from tests.support.groups import CALLS as GROUP_CALLS

Run = Callable[[A2E], Awaitable[Any]]

ID = "66ee00000000000000000001"


@attrs.frozen
class Seen:
    """A request that was answered."""

    label: str
    status: int
    violations: str | None


class Recorder:
    """An aiohttp client middleware that notes which operations are asked for."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []

    async def __call__(
        self, request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        response = await handler(request)
        label = label_of(request.method, request.url.raw_path)
        # Prism tells in this header what it finds wrong, in the request and in its own answer.
        self.seen.append(Seen(label, response.status, response.headers.get("sl-violations")))
        return response


def label_of(method: str, path: str) -> str:
    """Name the documented operation that a request reaches; an exact path comes first."""
    labels = [
        f"{known} {template}"
        for known, template in facts.operations()
        if known == method and re.fullmatch(re.sub(r"{\w+}", "[^/]+", template), path)
    ]
    return min(labels, key=lambda label: label.count("{"), default=f"{method} {path} (unknown)")


def calls() -> dict[str, Run]:
    """Give a call for each operation, by method and documented path."""
    found = dict(GROUP_CALLS)
    for kind in A2E.kinds():
        for verb, operation in tasks.request_class(kind).product.operations.items():
            found.setdefault(str(operation), _verb(kind, verb))
    return found


def _verb(kind: str, verb: str) -> Run:
    async def run(a2e: A2E) -> Any:
        return await _VERBS[verb](a2e.family(kind))

    return run


async def _first(family: Family[..., Any]) -> Any:
    async for record in family.list(page_size=10):
        return record
    return None


_VERBS: dict[str, Callable[[Any], Awaitable[Any]]] = {
    "start": lambda family: family.submit_all(examples.plain(family.request_class)),
    "get": lambda family: family.get(ID),
    "get_other": lambda family: family.get(ID, other=True),
    "get_many": lambda family: family.get_many([ID, ID[::-1]]),
    "list": _first,
    "delete": lambda family: family.delete(ID),
    "rename": lambda family: family.rename(ID, "another"),
    "retry": lambda family: family.retry(ID),
    "running": lambda family: family.running(),
}
