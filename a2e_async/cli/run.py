"""Running a coroutine until it ends or somebody stops it."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any, TypeVar

T = TypeVar("T")


class Interrupted(Exception):
    """Somebody stopped the command: Ctrl-C, or SIGTERM."""


def _nothing() -> None:
    pass


def run(work: Callable[[], Awaitable[T]], *, at_stop: Callable[[], None] = _nothing) -> T:
    """Run a coroutine function on a new event loop, uvloop's where that is installed.

    Args:
        work: the function.
        at_stop: called when somebody stops it, before it is cancelled.

    Returns:
        What it returns.

    Raises:
        Interrupted: Ctrl-C or SIGTERM came, and the work was cancelled.
        KeyboardInterrupt: Ctrl-C came again before that.
    """
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        try:
            return runner.run(_stoppable(work, at_stop))
        except KeyboardInterrupt:
            # What was torn off in the middle has nothing to tell that anybody wants to know.
            runner.get_loop().set_exception_handler(lambda *_: None)
            raise


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop  # noqa: PLC0415  (an extra)
    except ImportError:
        return None
    factory: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return factory


async def _stoppable(work: Callable[[], Awaitable[T]], at_stop: Callable[[], None]) -> T:
    task = asyncio.current_task()
    assert task is not None
    stopped = threading.Event()

    def stop() -> None:
        stopped.set()
        at_stop()
        task.cancel()

    with _on_signals(stop):
        try:
            return await work()
        except (Exception, asyncio.CancelledError) as error:
            if stopped.is_set():
                raise Interrupted from error
            raise


@contextmanager
def _on_signals(stop: Callable[[], None]) -> Iterator[None]:
    """Call a function at the first signal to stop; the second one has its usual force."""
    loop = asyncio.get_running_loop()
    signals = [number for number in (signal.SIGINT, signal.SIGTERM) if _is_ours(number)]

    def give_back() -> None:
        while signals:
            loop.remove_signal_handler(signals.pop())

    def at_first() -> None:
        give_back()
        stop()

    # Windows' loops know no signal handlers: there the runner cancels at Ctrl-C by itself.
    with suppress(NotImplementedError):
        for number in signals:
            loop.add_signal_handler(number, at_first)
    try:
        yield
    finally:
        with suppress(NotImplementedError):
            give_back()


_Handler = Callable[[int, FrameType | None], Any] | int | None


def _is_ours(number: signal.Signals) -> bool:
    """Tell whether a signal may be caught: `nohup` and shells have some of them ignored."""
    if threading.current_thread() is not threading.main_thread():
        return False
    handler: _Handler = signal.getsignal(number)
    return handler is not signal.SIG_IGN
