"""Webhooks: the one call that a task makes when it ends, and what a fault does to it.

Where a task stands follows from the clock, but a call has to be made. So one task of the event
loop sleeps until the next end, as long as tasks with a webhook are under way.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

import aiohttp
import anyio

from a2e_async.config import is_local
from a2e_async.sandbox.faults import WEBHOOK, Effect, Fault
from a2e_async.sandbox.log import LENGTH
from a2e_async.sandbox.records import render
from a2e_async.sandbox.replies import dump
from a2e_async.sandbox.world import BellShape

if TYPE_CHECKING:
    from anyio.abc import TaskGroup

    from a2e_async.sandbox.faults import Faults
    from a2e_async.sandbox.tasks import Task
    from a2e_async.sandbox.world import World

HEADER = "X-A2e-Webhook-Token"
UNREACHED = 0
"""Status of a call that got no answer, or was not made at all."""

_LIMIT = 10.0
"""Real seconds without a sign of an answer after which a call is given up."""

_MOMENT = 0.001
"""Real seconds to sleep at least: clocks that differ a little must not keep the loop busy."""


class Bell(NamedTuple):
    """One call of a webhook.

    Attributes:
        task_id: Id of the task that has ended.
        url: Where it went.
        status: HTTP status of the answer, 0 where there was none.
    """

    task_id: str
    url: str
    status: int


class Bells:
    """Calls the webhooks of one sandbox.

    Attributes:
        log: The last calls, 10,000 at the most.
    """

    def __init__(self, world: World, faults: Faults) -> None:
        """Prepare; nothing runs yet."""
        self.log: deque[Bell] = deque(maxlen=LENGTH)
        self._world = world
        self._faults = faults
        self._wake = asyncio.Event()
        self._watching = False
        self._runs: set[asyncio.Task[None]] = set()

    def look(self) -> None:
        """Take note of what a request may have changed: bells that are due, sooner or not at all.

        A clock that a test moves is not looked at in between.
        """
        if self._watching:
            self._wake.set()
        elif self._world.service.bells:
            self._watching, self._wake = True, asyncio.Event()
            run = asyncio.get_running_loop().create_task(
                self._run(), name="a2e_async sandbox bells"
            )
            self._runs.add(run)
            run.add_done_callback(self._runs.discard)

    async def aclose(self) -> None:
        """Make no more calls; those that are due are made when the sandbox starts again."""
        runs = [*self._runs]
        for run in runs:
            run.cancel()
        if runs:
            await asyncio.wait(runs)
        self._watching = False

    async def _run(self) -> None:
        # A whole would count the time for which a call waits for its turn.
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=_LIMIT, sock_read=_LIMIT)
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            anyio.create_task_group() as it,
        ):
            await self._watch(session, it)

    async def _watch(self, session: aiohttp.ClientSession, calls: TaskGroup) -> None:
        service = self._world.service
        while True:
            self._wake.clear()
            for task in service.ringing():
                calls.start_soon(self._ring, session, task)
            if not service.bells:
                break
            left = (service.bells[0][0] - service.clock.now()) / service.clock.speed
            with anyio.move_on_after(max(_MOMENT, left)):
                await self._wake.wait()
        # From here on another run is begun for more of them; this one ends with its calls.
        self._watching = False

    async def _ring(self, session: aiohttp.ClientSession, task: Task) -> None:
        url = str(task.body["webhook_url"])
        if not (self._world.options.public_webhooks or is_local(_host(url))):
            self.log.append(Bell(task.id, url, UNREACHED))
            return
        fault = self._faults.pick(WEBHOOK, "") or Fault.none()
        token, content, kind = _said(self._world, task, fault)
        await asyncio.sleep(fault.seconds)
        for _ in range(0 if fault.effect is Effect.LOST_REQUEST else fault.times):
            status = await _post(session, url, token, content, kind)
            self.log.append(Bell(task.id, url, status))


def _host(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def _said(world: World, task: Task, fault: Fault) -> tuple[str | None, bytes, str]:
    """Give the token of a call, its payload, and the payload's type."""
    token = task.body.get("webhook_token")
    if fault.effect is Effect.WRONG_TOKEN:
        token = "a stranger's"  # noqa: S105  (that is the point)
    content, kind = _payload(world, task)
    if fault.effect is Effect.UNKNOWN_ID:
        content = content.replace(task.id.encode(), task.id[::-1].encode())
    return token, content, kind


def _payload(world: World, task: Task) -> tuple[bytes, str]:
    event: dict[str, Any] = {"event": "task.failed" if task.fails else "task.completed"}
    match world.options.webhook_payload:
        case BellShape.EVENT:
            return dump(event | {"data": _record(world, task)}), "application/json"
        case BellShape.RECORD:
            return dump(_record(world, task)), "application/json"
        case BellShape.BARE_ID:
            return task.id.encode(), "text/plain"
        case BellShape.NO_ID:
            return dump(event), "application/json"
        case BellShape.EMPTY:
            return b"", "application/octet-stream"


def _record(world: World, task: Task) -> dict[str, Any]:
    return render(task, world.service.user, world.links)


async def _post(
    session: aiohttp.ClientSession, url: str, token: str | None, content: bytes, kind: str
) -> int:
    """Make one call, and tell the status of its answer."""
    headers = {"Content-Type": kind} | ({} if token is None else {HEADER: token})
    try:
        async with session.post(
            url, data=content, headers=headers, allow_redirects=False
        ) as answer:
            return answer.status
    except (aiohttp.ClientError, OSError, ValueError):
        # A token that no header can hold is the caller's affair, as at the service.
        return UNREACHED
