"""A sandbox, and clients on it that keep what they start."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from a2e_async import A2E
from a2e_async.sandbox import Sandbox
from tests.batch.conftest import QUICK, SCHEDULE

Opened: TypeAlias = Callable[..., A2E]


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(speed=200, seed=7) as service:
        yield service


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "jobs.db"


@pytest.fixture
def opened(sandbox: Sandbox, store: Path) -> Opened:
    """Make a client with the store, as another process would once this one has ended."""

    def make(**options: Any) -> A2E:
        options = {"store": store, "retry": QUICK, "schedule": SCHEDULE, **options}
        return A2E(sandbox.token, **{"base_url": sandbox.base_url, **options})

    return make


def written(directory: Path) -> bytes:
    """Read everything that is in a folder."""
    return b"".join(path.read_bytes() for path in directory.iterdir())
