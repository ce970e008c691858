"""Sessions on a local asset host."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from a2e_async import config
from a2e_async.files.download import Downloads
from a2e_async.files.upload import Files
from a2e_async.http.retry import RetryPolicy
from a2e_async.http.session import Session
from tests.files.asset_host import AssetHost
from tests.files.samples import PNG, body

QUICK = RetryPolicy(first_delay=0.01, longest_delay=0.03, attempts=4)


@pytest.fixture
async def host() -> AsyncIterator[AssetHost]:
    async with AssetHost() as server:
        yield server


@pytest.fixture
async def session(host: AssetHost) -> AsyncIterator[Session]:
    settings = config.from_environment(token="sk_test", base_url=host.base_url)
    made = Session(settings, policy=QUICK)
    yield made
    await made.aclose()


@pytest.fixture
async def downloads(session: Session) -> AsyncIterator[Downloads]:
    made = Downloads(session)
    yield made
    await made.aclose()


@pytest.fixture
def files(session: Session) -> Files:
    return Files(session)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "out"


@pytest.fixture
def content(host: AssetHost) -> bytes:
    """Let the host serve a picture."""
    host.content = body(PNG)
    return host.content
