"""Requests that cost something and have no task to look for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from a2e_async.errors import A2EError, SubmitUncertain
from a2e_async.http.retry import Fate, fate


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
