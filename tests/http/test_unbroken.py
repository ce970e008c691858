"""Work that no cancellation breaks off."""

from __future__ import annotations

import asyncio

import anyio
import pytest

from a2e_async.http.unbroken import to_the_end


async def test_results_and_errors_pass() -> None:
    async def work(result: object) -> object:
        await asyncio.sleep(0)
        if isinstance(result, Exception):
            raise result
        return result

    assert await to_the_end(work(5)) == 5
    with pytest.raises(KeyError, match="mine"):
        await to_the_end(work(KeyError("mine")))


@pytest.mark.parametrize("fails", [False, True])
async def test_a_cancelled_task_waits_for_the_end(fails: bool) -> None:
    done: list[str] = []

    async def work() -> None:
        await asyncio.sleep(0.1)
        done.append("work")
        if fails:
            raise KeyError("mine")

    task = asyncio.create_task(to_the_end(work()))
    for _ in range(3):
        await asyncio.sleep(0.01)
        task.cancel()
    with pytest.raises(asyncio.CancelledError) as caught:
        await task
    assert done == ["work"]
    assert ("mine" in "".join(getattr(caught.value, "__notes__", []))) is fails


async def test_a_cancelled_scope_waits_for_the_end() -> None:
    with anyio.move_on_after(0.01) as scope:
        await to_the_end(asyncio.sleep(0.1))
        await anyio.lowlevel.checkpoint()
    assert scope.cancelled_caught


async def test_work_that_is_cancelled_itself() -> None:
    async def work() -> None:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await to_the_end(work())


def test_there_is_no_event_loop() -> None:
    begun: list[str] = []

    async def work() -> None:
        begun.append("work")

    with pytest.raises(RuntimeError, match="no running event loop"):
        to_the_end(work()).send(None)
    assert begun == []
