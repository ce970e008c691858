"""Calls of a client from other threads than the one of its event loop."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Coroutine
from concurrent import futures
from typing import Any, ParamSpec, TypeVar, cast

from a2e_async.errors import ConfigurationError
from a2e_async.http.session import Session

P = ParamSpec("P")
T = TypeVar("T")

# Seconds. A loop that has ended forgets what was put to it in its last moment.
_BETWEEN_GLANCES = 1.0


class Portal:
    """Lets other threads use a client: ``portal.call(a2e.run, request)`` in a plain function.

    It is `A2E.portal`. The client has to belong to its event loop already, as it does once that
    loop has taken the portal or has made a request. All of its methods may be used from any thread
    but the loop's own.
    """

    def __init__(self, session: Session) -> None:
        """Take the loop that the client belongs to; the running one, if it has none yet.

        Args:
            session: tells the client's loop.
        """
        self._session = session
        self._bind()

    def __repr__(self) -> str:
        """Show where it leads."""
        return f"<Portal to {self._session.settings.base_url}>"

    def call(self, function: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a coroutine function in the client's loop, and block until it is through.

        An interrupt of the waiting thread (Ctrl-C) cancels the call.

        Args:
            function: a coroutine function, such as ``a2e.run``, or another that gives something to
                await. It is called in the loop's thread.
            args: its arguments.
            kwargs: its arguments by name.

        Returns:
            What it returns.

        Raises:
            TypeError: it is no function, or gives nothing to await.
            ConfigurationError: the client is closed, has no loop yet, or its loop has ended; or
                this is its loop's own thread, which would wait for itself.
            Exception: what it raises.
        """
        _check(function)
        loop = self._loop()
        coroutine = _carry_out(function, *args, **kwargs)
        future = _put(coroutine, loop)
        try:
            _wait(future, coroutine, loop)
        except BaseException:
            future.cancel()
            raise
        return future.result()

    def start(
        self, function: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs
    ) -> futures.Future[T]:
        """Call a coroutine function in the client's loop, and go on meanwhile.

        Args:
            function: as for `call`.
            args: its arguments.
            kwargs: its arguments by name.

        Returns:
            Its future. To cancel that cancels the call in the loop.

        Raises:
            TypeError: it is no function.
            ConfigurationError: as for `call`.
        """
        _check(function)
        loop = self._loop()
        return _put(_carry_out(function, *args, **kwargs), loop)

    def _bind(self) -> None:
        if self._session.loop is None and _running() is not None:
            self._session.ready()

    def _loop(self) -> asyncio.AbstractEventLoop:
        self._bind()
        loop = self._session.loop
        if loop is None:
            raise ConfigurationError(
                "this client belongs to no event loop yet, so that nothing can be called from "
                "another thread. Take a2e.portal first where the client was opened, in its loop"
            )
        if loop is _running():
            raise ConfigurationError(
                "a2e.portal is for other threads, and this is the client's own event loop, which "
                "would wait for itself: await the call instead"
            )
        if not loop.is_running():
            raise _ended()
        self._session.check_open()
        return loop


async def _carry_out(function: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T:
    made = function(*args, **kwargs)
    if not inspect.isawaitable(made):
        raise TypeError(
            f"function: expected a coroutine function such as a2e.run, and {function!r} gave "
            f"{type(made).__name__}, which cannot be awaited"
        )
    return await made


def _check(function: object) -> None:
    if callable(function):
        return
    if inspect.iscoroutine(function):
        # It is never awaited, and this tells so already.
        cast("Coroutine[Any, Any, Any]", function).close()
    raise TypeError(
        "function: expected a coroutine function and its arguments, as in portal.call(a2e.run, "
        f"request), got {type(function).__name__}"
    )


def _running() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def _put(coroutine: Coroutine[Any, Any, T], loop: asyncio.AbstractEventLoop) -> futures.Future[T]:
    try:
        return asyncio.run_coroutine_threadsafe(coroutine, loop)
    except RuntimeError:
        # It was closed in this moment.
        raise _forgotten(coroutine) from None


def _wait(
    future: futures.Future[Any],
    coroutine: Coroutine[Any, Any, Any],
    loop: asyncio.AbstractEventLoop,
) -> None:
    while not future.done():
        futures.wait([future], timeout=_BETWEEN_GLANCES)
        if loop.is_closed() and not future.done():
            raise _forgotten(coroutine)


def _forgotten(coroutine: Coroutine[Any, Any, Any]) -> ConfigurationError:
    if inspect.getcoroutinestate(coroutine) == inspect.CORO_CREATED:
        # Nobody will await it any more, and this tells so already.
        coroutine.close()
    return _ended()


def _ended() -> ConfigurationError:
    return ConfigurationError("the event loop that this client belongs to does not run any more")
