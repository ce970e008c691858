from __future__ import annotations

import asyncio
import time

import anyio
import pytest

from benchmarks import virtual


def test_hours_pass_at_once_and_in_order() -> None:
    seen: list[tuple[str, float]] = []

    async def sleeper(name: str, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        await asyncio.sleep(seconds)
        seen.append((name, loop.time() - virtual.BEGIN))

    async def main() -> None:
        await asyncio.gather(sleeper("late", 7200.0), sleeper("soon", 0.5), sleeper("mid", 60.0))

    begun = time.monotonic()
    virtual.run(main())
    assert time.monotonic() - begun < 5.0
    assert [name for name, _ in seen] == ["soon", "mid", "late"]
    assert [moment for _, moment in seen] == pytest.approx([0.5, 60.0, 7200.0])


def test_deadlines_are_those_of_the_virtual_clock() -> None:
    async def main() -> float:
        with anyio.move_on_after(900.0) as scope:
            await anyio.sleep(901.0)
        assert scope.cancelled_caught
        return anyio.current_time()

    assert virtual.run(main()) == pytest.approx(virtual.BEGIN + 900.0)


def test_no_time_passes_while_something_can_run() -> None:
    async def main() -> float:
        for _ in range(1000):
            await asyncio.sleep(0)
        return asyncio.get_running_loop().time()

    assert virtual.run(main()) == virtual.BEGIN


def test_a_thread_is_waited_for() -> None:
    async def main() -> str:
        return await asyncio.to_thread(lambda: "answered")

    assert virtual.run(main()) == "answered"


def test_what_nothing_will_wake_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(virtual, "_PATIENCE", 0.05)

    async def main() -> None:
        await asyncio.Event().wait()

    loop = virtual.VirtualLoop()
    task = loop.create_task(main())
    try:
        with pytest.raises(RuntimeError, match="still waits"):
            loop.run_until_complete(task)
    finally:
        task.cancel()
        loop.run_until_complete(asyncio.gather(task, return_exceptions=True))
        loop.close()
