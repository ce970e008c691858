"""An event loop whose clock jumps to the next timer instead of waiting for it.

Hours pass in seconds, and the code that runs on it is the real one: `asyncio.sleep`,
`loop.call_later` and anyio work as ever, since all of them go by `loop.time()`.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

# Away from 0, which code may take for "never".
BEGIN = 1000.0
# Real seconds that a thread may take to answer; what nothing will ever wake is an error.
_PATIENCE = 10.0


class _Jumping(selectors.SelectSelector):
    """Finds the time to be over at once, unless something came from a thread or a socket."""

    def __init__(self) -> None:
        super().__init__()
        self.now = BEGIN

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        events = super().select(_PATIENCE if timeout is None else 0)
        if not events and timeout is None:
            raise RuntimeError("nothing is planned any more, and somebody still waits")
        if not events and timeout:
            self.now += timeout
        return events


class VirtualLoop(asyncio.SelectorEventLoop):
    """A loop on virtual time. Sockets and threads work, but the time does not wait for them."""

    def __init__(self) -> None:
        self._jumping = _Jumping()
        super().__init__(self._jumping)

    def time(self) -> float:
        """Tell the virtual seconds."""
        return self._jumping.now

    async def shutdown_default_executor(self, timeout: float | None = None) -> None:  # noqa: ARG002
        """Wait for the threads; a limit in virtual seconds would be over before they end."""
        await super().shutdown_default_executor()


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine on virtual time, as `asyncio.run` does on real time."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main)
