"""What every test runs under: a clean environment, and no blocking of the event loop."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Iterator
from typing import Any
from unittest.mock import Mock

import aiohttp
import pytest
from aioresponses import aioresponses
from blockbuster import blockbuster_ctx

from a2e_async import A2E, RetryPolicy, Schedule
from a2e_async.config import BASE_URL_VARIABLE, TOKEN_VARIABLES
from tests.support.browser import MISSING, Browser, Chromium, Page, find
from tests.support.scripted import Scripted

TOKEN = "sk_test.eyJwcml2YXRlIjoiZGF0YSJ9.signature"

QUICK_RETRY = RetryPolicy(first_delay=0.01, longest_delay=0.05, attempts=4, searches=(0.01, 0.05))
QUICK_SCHEDULE = Schedule(shortest=0.02, longest=0.1, missing_for=0.2)


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*TOKEN_VARIABLES, BASE_URL_VARIABLE):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def no_blocking() -> Iterator[None]:
    with blockbuster_ctx("a2e_async") as guard:
        # The measuring of coverage locks its own data for a moment.
        guard.functions["threading.Lock.acquire"].can_block_in("coverage/collector.py", "lock_data")
        yield


@pytest.fixture
async def scripted() -> AsyncIterator[Scripted]:
    async with Scripted() as server:
        yield server


@pytest.fixture
async def client(scripted: Scripted) -> AsyncIterator[A2E]:
    """A client on the scripted server that is not slow to retry or to look again."""
    async with A2E(
        TOKEN, base_url=scripted.base_url, retry=QUICK_RETRY, schedule=QUICK_SCHEDULE
    ) as a2e:
        yield a2e


@pytest.fixture
def mocked(monkeypatch: pytest.MonkeyPatch) -> Iterator[aioresponses]:
    """aioresponses, for unit tests of the session layer.

    Compatibility: aioresponses 0.7.9 does not know the argument `stream_writer` that
    `aiohttp.ClientResponse` requires from aiohttp 3.14 on.
    """
    made = aiohttp.ClientResponse.__init__
    if "stream_writer" in inspect.signature(made).parameters:

        def init(self: aiohttp.ClientResponse, *args: Any, **kwargs: Any) -> None:
            kwargs.setdefault("stream_writer", Mock())
            made(self, *args, **kwargs)

        monkeypatch.setattr(aiohttp.ClientResponse, "__init__", init)
    with aioresponses() as mock:
        yield mock


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    command = find()
    if command is None:
        pytest.skip(MISSING)
    process = Chromium(command)
    yield process
    process.close()


@pytest.fixture
async def page(chromium: Chromium) -> AsyncIterator[Page]:
    """An empty page. A test fails when its console tells of an error or of a broken policy."""
    async with Browser(chromium.url) as browser, browser.page() as opened:
        yield opened
        assert opened.problems == []
