from __future__ import annotations

import asyncio
import threading

import anyio
import anyio.to_thread
import pytest

from a2e_async.files.locks import Locks
from a2e_async.files.threads import finish_in_thread


async def test_the_result_and_the_error_come_back() -> None:
    assert await finish_in_thread(divmod, 7, 2) == (3, 1)
    with pytest.raises(ZeroDivisionError):
        await finish_in_thread(divmod, 7, 0)


class Work:
    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.began, self.go_on = threading.Event(), threading.Event()
        self.ended = False

    def __call__(self) -> None:
        self.began.set()
        self.go_on.wait(5)
        self.ended = True
        if self.error:
            raise self.error

    async def begun(self) -> None:
        await anyio.to_thread.run_sync(self.began.wait, 5)


@pytest.mark.parametrize("error", [None, OSError("full")])
async def test_a_cancelled_task_waits_for_its_thread(error: Exception | None) -> None:
    work = Work(error)
    task = asyncio.create_task(finish_in_thread(work))
    await work.begun()
    for _ in range(3):
        task.cancel()
        await asyncio.sleep(0.01)
        assert not task.done()
    work.go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert work.ended


async def test_a_cancelled_scope_waits_for_its_thread() -> None:
    work = Work()
    asyncio.get_running_loop().call_later(0.05, work.go_on.set)
    with anyio.move_on_after(0.01) as scope:
        await finish_in_thread(work)
    assert scope.cancelled_caught
    assert work.ended


async def test_one_key_is_held_by_one_at_a_time() -> None:
    locks, inside, order = Locks(), 0, []

    async def enter(key: str, name: str) -> None:
        nonlocal inside
        async with locks.hold(key):
            inside += key == "a"
            assert inside <= 1 or key != "a"
            assert key in locks
            await asyncio.sleep(0.005)
            inside -= key == "a"
            order.append(name)

    async with anyio.create_task_group() as group:
        for name in ("1", "2", "3"):
            group.start_soon(enter, "a", name)
        group.start_soon(enter, "b", "other")
    assert order.index("other") < 3
    assert len(locks) == 0
    assert "a" not in locks
