"""Sending a start, once, and finding its tasks where the answer was lost."""

from __future__ import annotations

import logging
from typing import Any, TypeVar

import anyio

from a2e_async import clock, wire
from a2e_async.errors import A2EError, SubmitUncertain, UnexpectedResponse
from a2e_async.http.call import Call
from a2e_async.http.envelope import Envelope
from a2e_async.http.retry import Effect, Fate, fate
from a2e_async.jobs.adoption import adopt
from a2e_async.jobs.core import Core
from a2e_async.jobs.names import is_made_up, unique_name
from a2e_async.jobs.place import Place
from a2e_async.tasks.product import objects_in
from a2e_async.tasks.record import Record
from a2e_async.tasks.request import NotifyingRequest, Request

_log = logging.getLogger("a2e_async.jobs")

R = TypeVar("R", bound=Record)


async def start(core: Core, request: Request[R], place: Place | None) -> tuple[list[R], bool]:
    """Start the tasks of a request. It is never sent twice, unless it provably had no effect.

    Args:
        core: the parts of the client.
        request: the request. Local media is uploaded first.
        place: its place under limits, if there are any. It is neither held nor released here.

    Returns:
        The records of its tasks, at least one; and whether a webhook will tell the client of their
        end.

    Raises:
        SubmitUncertain: the answer was lost, and no task was found.
        A2EError: what `Files.resolve` and `Session.call` raise.
    """
    if request.has_local_media:
        request = await core.files.resolve(request)
    product, body = request.product, wire.unstructure(request)
    has_bell = _add_webhook(core, request, body)
    name = _name(request, body)
    begun = None if name is None or is_made_up(name) else clock.now()
    try:
        call = Call("POST", product.start, json=body)
        answer = await core.session.call(call, effect=Effect.START, gate=place)
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
    except anyio.get_cancelled_exc_class():
        if place is None or place.may_have_started:
            words = "%s: cancelled during a start; a task named %r may have been made and paid for"
            _log.warning(words, product.kind, name)
        raise
    return records, has_bell


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
