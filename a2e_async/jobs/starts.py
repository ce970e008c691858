"""Sending a start, once, and finding its tasks where the answer was lost."""

from __future__ import annotations

from collections.abc import Coroutine, Mapping
from logging import INFO
from typing import Any, TypeVar

import anyio

from a2e_async import clock, logs, wire
from a2e_async.errors import A2EError, SubmitUncertain, UnexpectedResponse
from a2e_async.http.call import Call
from a2e_async.http.envelope import Envelope
from a2e_async.http.retry import Effect, Fate, fate
from a2e_async.jobs.adoption import adopt
from a2e_async.jobs.core import Core
from a2e_async.jobs.draining import Departure
from a2e_async.jobs.names import is_made_up, unique_name
from a2e_async.tasks.product import Product, objects_in
from a2e_async.tasks.record import Record
from a2e_async.tasks.request import NotifyingRequest, Request
from a2e_async.telemetry.silent import Start

_log = logs.get("a2e_async.jobs")

R = TypeVar("R", bound=Record)


def start(
    core: Core, request: Request[R], gate: Departure
) -> Coroutine[Any, Any, tuple[list[R], bool]]:
    """Start the tasks of a request. It is never sent twice, unless it provably had no effect.

    Args:
        core: the parts of the client.
        request: the request. Local media is uploaded first.
        gate: its gate, through which it goes to its place under limits, if there are any.

    Returns:
        The records of its tasks, at least one; and whether a webhook will tell the client of their
        end.

    Raises:
        SubmitUncertain: the answer was lost, and no task was found.
        A2EError: what `Files.resolve` and `Session.call` raise.
    """
    # Each coroutine more costs every start, and most are told to nobody.
    if core.telemetry.on or _log.shows(INFO):
        return _told(core, request, gate)
    return _sent(core, request, gate, Start())


async def _told(core: Core, request: Request[R], gate: Departure) -> tuple[list[R], bool]:
    if request.has_local_media:
        request = await core.files.resolve(request)
    sent = clock.now()
    with core.telemetry.start(request.product.kind) as told:
        records, has_bell = await _sent(core, request, gate, told)
        coins = {record.id: record.coins for record in records}
        tell(told, request.product, coins, trace_id=told.trace_id, seconds=clock.now() - sent)
    return records, has_bell


async def _sent(
    core: Core, request: Request[R], gate: Departure, told: Start
) -> tuple[list[R], bool]:
    """Send a start; give its tasks, and whether a webhook tells of them."""
    if request.has_local_media:
        request = await core.files.resolve(request)
    product, body = request.product, wire.unstructure(request)
    has_bell = _add_webhook(core, request, body)
    name = _name(request, body)
    begun = None if name is None or is_made_up(name) else clock.now()
    try:
        call = Call("POST", product.start, json=body)
        answer = await core.session.call(
            call, effect=Effect.START, gate=gate, witness=told.attempted
        )
        records = [core.reader.record(product, raw) for raw in objects_in(answer.data)]
        if not records:
            raise no_id(answer)
    except A2EError as error:
        if fate(error) is not Fate.UNKNOWN:
            raise
        try:
            records = await adopt(core, request, name, begun)
        except SubmitUncertain as uncertain:
            raise uncertain from error
        told.adopted()
        return records, has_bell
    except anyio.get_cancelled_exc_class():
        if gate.may_have_started:
            words = "%s: cancelled during a start; a task named %r may have been made and paid for"
            _log.warning(words, product.kind, name, kind=product.kind, attempt=told.attempts)
        raise
    told.trace_id = answer.trace_id
    return records, has_bell


def tell(
    told: Start,
    product: Product[Any],
    coins: Mapping[str, float | None],
    *,
    trace_id: str | None,
    seconds: float,
) -> None:
    """Tell which tasks a start has made.

    Args:
        told: the start.
        product: what was started.
        coins: the tasks' ids, with what each cost, None where the answer does not tell.
        trace_id: the service's id of the request; None where the answer was lost.
        seconds: how long it took.
    """
    told.answered(coins, coins.values(), trace_id=trace_id)
    if not _log.shows(INFO):
        return
    for task_id, price in coins.items():
        token = product.token(task_id)
        _log.info(
            "%s: started in %.2f s",
            token,
            seconds,
            job=token,
            kind=product.kind,
            coins=price,
            attempt=told.attempts,
            trace_id=trace_id,
            seconds=round(seconds, 3),
        )


def no_id(answer: Envelope) -> UnexpectedResponse:
    """Make the error of an answer to a start that tells of no task."""
    return UnexpectedResponse(
        "the answer to the start holds no task id",
        status=200,
        trace_id=answer.trace_id,
        body=answer.body,
    )


def _add_webhook(core: Core, request: Request[Any], body: dict[str, Any]) -> bool:
    """Add the client's webhook to a start; tell whether the client will hear of its end."""
    webhook = core.webhook
    if webhook is None or not isinstance(request, NotifyingRequest):
        return False
    # The caller's own address gets no token of ours.
    if "webhook_url" in body:
        return False
    body.update(webhook.fields())
    return True


def _name(request: Request[Any], body: dict[str, Any]) -> str | None:
    """Give the name that a start is sent with; one is made up where there is none."""
    field = request.product.name_field
    if field is None:
        return None
    name: str = body.setdefault(field, unique_name())
    return name
