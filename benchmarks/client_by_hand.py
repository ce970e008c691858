"""The loop that people write themselves: each job alone, at a fixed interval."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import aiohttp

from benchmarks import wire_a2e
from benchmarks.client import Client, Run, Target
from benchmarks.peers import load

PATH = "/api/v1/userText2Image"
BODY = {"name": "a fox", "prompt": "a red fox in snow", "width": 1024, "height": 1024}


async def _poll(ask: Callable[..., Awaitable[Any]], seconds: float) -> str:
    (record,) = (await ask("POST", f"{PATH}/start", json=BODY))["data"]
    task_id: str = record["_id"]
    while record["current_status"] not in ("completed", "failed"):
        await asyncio.sleep(seconds)
        record = (await ask("GET", f"{PATH}/{task_id}"))["data"]
    return task_id


@asynccontextmanager
async def _with_httpx(target: Target, *, seconds: float) -> AsyncIterator[Run]:
    httpx = load("httpx")
    transport = target.transport(httpx)
    async with httpx.AsyncClient(base_url=target.base_url, transport=transport) as http:

        async def ask(method: str, path: str, **more: Any) -> Any:
            return (await http.request(method, path, **more)).json()

        yield partial(_poll, ask, seconds)


@asynccontextmanager
async def _with_aiohttp(target: Target, *, seconds: float) -> AsyncIterator[Run]:
    async with aiohttp.ClientSession(target.base_url) as http:

        async def ask(method: str, path: str, **more: Any) -> Any:
            async with http.request(method, path, **more) as response:
                return await response.json()

        yield partial(_poll, ask, seconds)


def by_hand(seconds: float, package: str = "httpx") -> Client:
    """Describe a loop with httpx, or with aiohttp, which takes real sockets only."""
    opened = {"httpx": _with_httpx, "aiohttp": _with_aiohttp}[package]
    return Client(
        f"{package} by hand ({seconds:g} s)",
        package,
        f"each job alone every {seconds:g} s, otherwise {package}'s defaults",
        wire_a2e.answer,
        partial(opened, seconds=seconds),
    )
