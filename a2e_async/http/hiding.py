"""Answers that hold secrets, and errors that must not show them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from a2e_async.errors import APIError, UnexpectedResponse, redact
from a2e_async.http.envelope import Envelope

_HIDDEN = "[hidden]"
_TELLING = {"code", "message", "msg", "error", "errors", "trace_id"}


def without_texts(body: Any) -> Any:
    """Replace every text of an answer, except in the fields that tell what is wrong."""
    if isinstance(body, dict):
        return {
            key: value if key in _TELLING else without_texts(value) for key, value in body.items()
        }
    if isinstance(body, list):
        return [without_texts(item) for item in body]
    return _HIDDEN if isinstance(body, str) and body else body


@contextmanager
def hiding(hide: Callable[[Any], Any] = without_texts) -> Iterator[None]:
    """Take the secrets out of the bodies of errors that pass.

    Args:
        hide: makes a body that can be shown.
    """
    try:
        yield
    except APIError as error:
        error.body = hide(error.body)
        raise


def unreadable(
    answer: Envelope, words: str, hide: Callable[[Any], Any] = without_texts
) -> UnexpectedResponse:
    """Make the error of an answer that cannot be read and must not be shown whole."""
    # A body nested without end is cut first.
    return UnexpectedResponse(
        words, status=answer.status, trace_id=answer.trace_id, body=hide(redact(answer.body))
    )
