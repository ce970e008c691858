"""This package, on real sockets or on a simulated way to the service."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from a2e_async import A2E, wire
from a2e_async.errors import APIError
from a2e_async.http import envelope
from a2e_async.http.call import Call
from a2e_async.http.envelope import Envelope
from a2e_async.http.session import Session
from a2e_async.jobs.job import Job
from benchmarks import wire_a2e
from benchmarks.client import Client, Run, Target
from benchmarks.service import Network, Request

TOKEN = "sk_benchmark"
URL = "https://assets.example/a.mp3"


class SimulatedSession(Session):
    """A session that sends nothing: it writes and reads the bytes, and a network carries them."""

    def __init__(self, session: Session, network: Network) -> None:
        super().__init__(session.settings, policy=session.policy)
        self._network = network

    async def call(self, call: Call, **_: Any) -> Envelope:
        self.ready()
        if call.json is not None:
            wire.dumps(call.json)
        request = Request(call.method, call.path, call.params or {}, call.json)
        answer = envelope.read(*await self._network.exchange(request))
        if isinstance(answer, APIError):
            raise answer
        return answer


class SimulatedA2E(A2E):
    """The client as it is, on a `SimulatedSession`."""

    def __init__(self, network: Network) -> None:
        self._network = network
        super().__init__(TOKEN, base_url="https://simulated.example")

    def _open(self, session: Session, *rest: Any, **more: Any) -> None:
        super()._open(SimulatedSession(session, self._network), *rest, **more)


def client_on(target: Target) -> A2E:
    """Make a client with the default settings."""
    if target.network is None:
        return A2E(TOKEN, base_url=target.base_url)
    return SimulatedA2E(target.network)


async def start_image(a2e: A2E) -> Job[Any]:
    """Start a task of the product that is measured, unless another is named."""
    return await a2e.text_to_image.start(prompt="a red fox in snow", width=1024, height=1024)


async def start_video(a2e: A2E) -> Job[Any]:
    """Start a task of a product whose tasks are looked at by its list."""
    return await a2e.avatar_video.start(anchor_id="65ee", anchor_type=0, audio_src=URL)


def _opening(start: Callable[[A2E], Awaitable[Job[Any]]], **wait: Any) -> Any:
    @asynccontextmanager
    async def opened(target: Target) -> AsyncIterator[Run]:
        async with client_on(target) as a2e:

            async def run() -> str:
                job = await start(a2e)
                await job.wait(**wait)
                return job.id

            yield run

    return opened


def _client(name: str, settings: str, opened: Any) -> Client:
    return Client(name, "a2e-async", settings, wire_a2e.answer, opened)


A2E_ASYNC = _client("a2e_async", "default schedule", _opening(start_image))
A2E_PATIENT = _client("a2e_async", "timeout=None", _opening(start_image, timeout=None))
A2E_VIDEO = _client("a2e_async, avatar video", "list pages, no batchDetail", _opening(start_video))
