"""Requests that must not be carried out twice, or cannot be."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from a2e_async.errors import A2EError, NotFound, SubmitUncertain
from a2e_async.http.call import Call
from a2e_async.http.retry import Effect, Fate, fate
from a2e_async.http.session import Session


@contextmanager
def uncertain_if_lost(what: str, request: Any = None) -> Iterator[None]:
    """Make a `SubmitUncertain` of an answer that was lost, or that says nothing.

    Args:
        what: what may have been done and charged all the same, for people.
        request: what was sent.

    Raises:
        SubmitUncertain: nobody knows whether the request was carried out. Other errors pass.
    """
    try:
        yield
    except A2EError as error:
        if fate(error) is not Fate.UNKNOWN:
            raise
        words = f"the answer was lost; {what} all the same. It was not sent again"
        raise SubmitUncertain(words, request=request, name=None) from error


async def delete(session: Session, call: Call) -> None:
    """Send a deletion, and once more if its answer was lost.

    Args:
        session: where it goes through.
        call: the deletion of one thing by its id.

    Raises:
        NotFound: the service does not know the thing.
        A2EError: what `Session.call` raises.
    """
    try:
        await session.call(call, effect=Effect.START)
    except A2EError as error:
        if fate(error) is not Fate.UNKNOWN:
            raise
        # It may have been carried out; then there is nothing to delete any more.
        with suppress(NotFound):
            await session.call(call, effect=Effect.READ)
