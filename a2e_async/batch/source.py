"""Requests as they are read, one after the other and no sooner than they are needed."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Iterable
from typing import Any, TypeAlias

import anyio.lowlevel
import attrs

from a2e_async.tasks.request import Request

Requests: TypeAlias = (
    Iterable[Request[Any] | tuple[str, Request[Any]]]
    | AsyncIterable[Request[Any] | tuple[str, Request[Any]]]
)

LONGEST_KEY = 200
_BREATH = 100
"""After so many requests of an iterable that never waits, others get a turn."""


@attrs.frozen
class Entry:
    """One thing of the input.

    Attributes:
        index: its place, from 0.
        key: its key, or None.
        request: the request, or whatever else stood there.
        error: what is wrong with it, or None.
    """

    index: int
    key: str | None
    request: Any
    error: Exception | None = None

    @property
    def name(self) -> str:
        """The key; without one, the index."""
        return str(self.index) if self.key is None else self.key


def check_requests(requests: object) -> None:
    """Raise `TypeError` unless this can be the input of a batch."""
    if isinstance(requests, (str, bytes, Request)) or not isinstance(
        requests, (Iterable, AsyncIterable)
    ):
        raise TypeError(
            "requests: expected an iterable of requests such as TextToImage(…), or of pairs "
            f"(key, request), got {requests!r}"
        )


async def entries(requests: Requests) -> AsyncIterator[Entry]:
    """Go through an input; what is no request becomes an entry with an error."""
    index = 0
    async for thing in _each(requests):
        yield entry(index, thing)
        index += 1


async def _each(requests: Requests) -> AsyncIterator[Any]:
    if isinstance(requests, AsyncIterable):
        async for thing in requests:
            yield thing
        return
    for number, thing in enumerate(requests, 1):
        if number % _BREATH == 0:
            await anyio.lowlevel.checkpoint()
        yield thing


def entry(index: int, thing: Any) -> Entry:
    """Read one thing of the input."""
    key: Any = None
    request = thing
    if isinstance(thing, tuple) and len(thing) == 2:  # noqa: PLR2004  (a pair)
        key, request = thing
    try:
        if key is not None:
            _check_key(key)
        _check_request(request)
    except (TypeError, ValueError) as error:
        return Entry(index, key if isinstance(key, str) else None, request, error)
    return Entry(index, key, request)


def _check_key(key: object) -> None:
    words = f"key: expected a text of 1 to {LONGEST_KEY} characters, got {key!a:.80}"
    if not isinstance(key, str):
        raise TypeError(words)
    if not key.strip() or len(key) > LONGEST_KEY or key != key.encode(errors="ignore").decode():
        raise ValueError(words)


def _check_request(request: object) -> None:
    if not isinstance(request, Request):
        raise TypeError(f"request: expected a request such as TextToImage(…), got {request!r:.80}")
    if request.expected_tasks > 1:
        raise ValueError(
            f"{type(request).__name__}: an item of a batch makes one task, this one makes "
            f"{request.expected_tasks}; give as many items"
        )
