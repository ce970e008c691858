"""A sandbox with a clock that the test moves, and a small client for its raw answers."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

import attrs
import pytest
import pytest_asyncio
from aiohttp import ClientSession

from a2e_async.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from multidict import CIMultiDictProxy

    from a2e_async.sandbox import Faults


@attrs.define
class Ticker:
    """A monotonic clock that stands still until it is moved."""

    now: float = 100.0

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


@attrs.define
class Answer:
    """One answer, read whole."""

    status: int
    headers: CIMultiDictProxy[str]
    content: bytes
    body: Any

    @property
    def data(self) -> Any:
        """The data of an envelope that says all is well."""
        assert self.status == 200, self.body
        assert self.body["code"] == 0, self.body
        return self.body["data"]


@attrs.define
class Caller:
    """Calls one sandbox: the API with its token, anything else without."""

    sandbox: Sandbox
    clock: Ticker
    session: ClientSession

    @property
    def faults(self) -> Faults:
        return self.sandbox.faults

    async def call(self, method: str, path: str, **options: Any) -> Answer:
        headers = {"Authorization": f"Bearer {self.sandbox.token}", **options.pop("headers", {})}
        url = f"{self.sandbox.base_url}/api/v1/{path}"
        return await self.raw(method, url, headers=headers, **options)

    async def raw(self, method: str, url: str, **options: Any) -> Answer:
        async with self.session.request(method, url, **options) as response:
            content = await response.read()
            is_json = response.content_type == "application/json" and content
            body = await response.json() if is_json else None
            return Answer(response.status, response.headers, content, body)

    async def image(self, **fields: Any) -> dict[str, Any]:
        body = {"prompt": "a red fox", **fields}
        records = (await self.call("POST", "userText2Image/start", json=body)).data
        record: dict[str, Any] = records[0]
        return record

    async def video(self, **fields: Any) -> dict[str, Any]:
        body = {"anchor_id": "a", "anchor_type": 0, "audioSrc": "https://example.com/a.wav"}
        answer = await self.call("POST", "video/generate", json=body | fields)
        record: dict[str, Any] = answer.data
        return record

    async def look(self, record: dict[str, Any]) -> dict[str, Any]:
        answer = await self.call("GET", f"userText2Image/{record['_id']}")
        seen: dict[str, Any] = answer.data
        return seen


@pytest_asyncio.fixture
async def serve() -> AsyncIterator[Callable[..., Awaitable[Caller]]]:
    """Start sandboxes with options; each has a clock of its own that stands still."""
    async with AsyncExitStack() as stack:

        async def start(**options: Any) -> Caller:
            clock = Ticker()
            settings = {"clock": clock, "speed": 1.0, "epoch": 1_700_000_000.0, **options}
            sandbox = await stack.enter_async_context(Sandbox(**settings))
            session = await stack.enter_async_context(ClientSession())
            return Caller(sandbox, clock, session)

        yield start


@pytest_asyncio.fixture
async def caller(serve: Callable[..., Awaitable[Caller]]) -> Caller:
    """Start a sandbox in which every task takes 100 simulated seconds."""
    return await serve(durations=100.0)


@pytest.fixture
def ticker() -> Ticker:
    """Give a clock for the parts without a server."""
    return Ticker()
