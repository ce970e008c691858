"""How long an event loop is held: by one callback, and by one turn of the loop."""

from __future__ import annotations

import asyncio
import gc
import time
from asyncio import events
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import attrs

_MS = 1000.0
# The generation of objects whose collection goes through all of them.
_OLDEST = 2


@attrs.define
class Held:
    """What was measured while somebody looked at a loop. All times are in milliseconds.

    A callback's CPU time is the loop's thread's own: what the machine does meanwhile for others,
    and what other threads do, counts in the wall-clock time only.

    Attributes:
        cpu: CPU time of each callback, without the full collections of garbage during it.
        wall: its time by the clock.
        turns: CPU time of each turn of the loop, which is of all callbacks that were ready then,
            without such collections too.
        collecting: CPU time of each full collection of garbage. It goes through all objects of the
            process, whosever they are.
        longest: CPU time of the longest callback, and what it was.
    """

    cpu: list[float] = attrs.field(factory=list)
    wall: list[float] = attrs.field(factory=list)
    turns: list[float] = attrs.field(factory=list)
    collecting: list[float] = attrs.field(factory=list)
    longest: tuple[float, str] = (0.0, "nothing")
    _collecting_since: float = 0.0
    _in_callback: float = 0.0
    _in_turn: float = 0.0

    def callback(self, handle: asyncio.Handle, cpu: float, wall: float) -> None:
        """Take in one callback."""
        own, self._in_callback = cpu * _MS - self._in_callback, 0.0
        self.cpu.append(own)
        self.wall.append(wall * _MS)
        if own > self.longest[0]:
            self.longest = (own, _name(handle))

    def turn(self, cpu: float) -> None:
        """Take in one turn of the loop."""
        self.turns.append(cpu * _MS - self._in_turn)
        self._in_turn = 0.0

    def collected(self, phase: str, info: dict[str, int]) -> None:
        """Take in the beginning or the end of a collection of garbage."""
        if info["generation"] < _OLDEST:
            return
        if phase == "start":
            self._collecting_since = time.thread_time()
            return
        took = (time.thread_time() - self._collecting_since) * _MS
        self.collecting.append(took)
        self._in_callback += took
        self._in_turn += took

    def row(self) -> dict[str, Any]:
        """Give the figures."""
        return {
            "callbacks": len(self.cpu),
            "cpu_max": round(max(self.cpu), 2),
            "cpu_p999": round(_p999(self.cpu), 2),
            "wall_max": round(max(self.wall), 2),
            "wall_p999": round(_p999(self.wall), 2),
            "turn_max": round(max(self.turns), 2),
            "turn_p999": round(_p999(self.turns), 2),
            "gc_max": round(max(self.collecting, default=0.0), 2),
            "longest": self.longest[1],
        }


@contextmanager
def watching() -> Iterator[Held]:
    """Measure what the loop of this thread does meanwhile. It has to be one of asyncio's own."""
    held = Held()
    run = events.Handle._run  # noqa: SLF001
    once = asyncio.BaseEventLoop._run_once  # type: ignore[attr-defined]  # noqa: SLF001
    wall_time, cpu_time = time.perf_counter, time.thread_time

    def timed(handle: asyncio.Handle) -> None:
        wall, cpu = wall_time(), cpu_time()
        run(handle)
        held.callback(handle, cpu_time() - cpu, wall_time() - wall)

    def turned(loop: asyncio.BaseEventLoop) -> None:
        cpu = cpu_time()
        once(loop)
        held.turn(cpu_time() - cpu)

    gc.callbacks.append(held.collected)
    try:
        with (
            mock.patch.object(events.Handle, "_run", timed),
            mock.patch.object(asyncio.BaseEventLoop, "_run_once", turned),
        ):
            yield held
    finally:
        gc.callbacks.remove(held.collected)


def _name(handle: asyncio.Handle) -> str:
    callback: Any = getattr(handle, "_callback", None)
    owner = getattr(callback, "__self__", None)
    if isinstance(owner, asyncio.Task):
        coroutine: Any = owner.get_coro()
        return f"a step of {coroutine.__qualname__}"
    return str(getattr(callback, "__qualname__", callback))


def _p999(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.999)]
