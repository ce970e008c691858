"""Finding the task of a start whose answer was lost."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import TypeVar

import anyio

from a2e_async import clock, logs
from a2e_async.errors import A2EError, ConfigurationError, SubmitUncertain
from a2e_async.jobs.core import Core
from a2e_async.tasks.product import Product
from a2e_async.tasks.record import Record
from a2e_async.tasks.request import Request

_log = logs.get("a2e_async.jobs")

R = TypeVar("R", bound=Record)

# The service's clock and the moment of a start are known to this precision.
_CLOCK_PRECISION = timedelta(seconds=2)


async def adopt(core: Core, request: Request[R], name: str | None, begun: float | None) -> list[R]:
    """Find the tasks of a start among the product's newest ones, by its name.

    Args:
        core: the parts of the client.
        request: what was started.
        name: the name that it was sent with, or None where such tasks have none.
        begun: when it was sent, where the caller chose the name: others may have it too.

    Returns:
        The records of its tasks.

    Raises:
        SubmitUncertain: nothing is there that is surely its.
    """
    product: Product[R] = request.product
    if name is None or product.pages is None:
        raise _not_to_be_found(request, name)
    words = "%s: the answer to a start was lost, looking for %r"
    _log.warning(words, product.kind, name, kind=product.kind)
    named: list[R] = []
    found: list[R] = []
    for pause in core.session.policy.searches:
        await anyio.sleep(pause)
        try:
            newest = await core.reader.lists.newest(product)
            named = [record for record in newest if record.name == name]
        except ConfigurationError:
            break
        except A2EError as error:
            words = "%s: looking for %r failed: %s"
            _log.info(words, product.kind, name, error, kind=product.kind, **logs.failure(error))
        expected = request.expected_tasks
        found = named if begun is None else _of_start(core, product, named, begun, expected)
        if len(found) >= expected:
            break
    if found:
        return found
    raise _uncertain(request, name, [product.token(record.id) for record in named])


def _of_start(
    core: Core, product: Product[R], named: list[R], begun: float, expected: int
) -> list[R]:
    """Choose the tasks of a start among those under a name that the caller chose.

    Older tasks and other starts may have the name too: no more is taken than was asked for,
    nothing that this client knows already, and nothing that is older than the start.
    """
    unknown = [record for record in named if not core.poller.knows(product, record.id)]
    now = core.session.server_time()
    undated = [record for record in unknown if now is None or record.created_at is None]
    if now is None or len(undated) == len(unknown):
        # Nothing tells which is which, unless there are just as many as were asked for.
        return undated if len(undated) == expected else []
    earliest = now - timedelta(seconds=clock.now() - begun) - _CLOCK_PRECISION
    dated = ((record, record.created_at) for record in unknown)
    return [record for record, made in dated if made is not None and made >= earliest][:expected]


def _uncertain(request: Request[R], name: str, tokens: Collection[str]) -> SubmitUncertain:
    kind = request.product.kind
    seen = "no task of that name was found"
    if tokens:
        seen = f"none of the tasks of that name is surely its: {', '.join(tokens)}"
    return SubmitUncertain(
        f"{kind}: the answer to the start named {name!r} was lost, and {seen}. It may exist and be "
        f"paid for; it was not started again. Look for the name in a2e.{kind}.list() before "
        "starting it anew",
        request=request,
        name=name,
    )


def _not_to_be_found(request: Request[R], name: str | None) -> SubmitUncertain:
    kind, pages = request.product.kind, request.product.pages
    where = "" if pages is None else f"; a2e.{kind}.list() may tell"
    return SubmitUncertain(
        f"{kind}: the answer to the start was lost, and such a task cannot be looked for by name"
        f"{where}. It may exist and be paid for; it was not started again",
        request=request,
        name=name,
    )
