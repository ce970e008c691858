"""A sandbox and clients on it that are quick to look, to retry and to believe."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import attrs
import pytest

from a2e_async import A2E, RetryPolicy, Schedule, TextToImage
from a2e_async.sandbox import Sandbox

QUICK = RetryPolicy(
    first_delay=0.01, longest_delay=0.05, attempts=2, searches=(0.01, 0.05), settle=0.3
)
SCHEDULE = Schedule(shortest=0.02, longest=0.1, missing_for=0.2)


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(speed=200, seed=7) as service:
        yield service


@pytest.fixture
def client_of(sandbox: Sandbox) -> Callable[[], A2E]:
    """Make a client, as another process would."""
    return lambda: A2E(
        sandbox.token, base_url=sandbox.base_url, retry=QUICK, schedule=SCHEDULE, read_timeout=2
    )


@pytest.fixture
async def a2e(client_of: Callable[[], A2E]) -> AsyncIterator[A2E]:
    async with client_of() as client:
        yield client


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    return tmp_path / "run" / "journal.db"


@attrs.define
class Counted:
    """Requests that tell how many of them were read."""

    count: int
    read: int = 0

    def __iter__(self) -> Iterator[TextToImage]:
        for number in range(self.count):
            self.read += 1
            yield fox(number)


def fox(number: int) -> TextToImage:
    return TextToImage(prompt=f"a red fox, number {number}", width=256, height=256)


def foxes(count: int) -> list[TextToImage]:
    return [fox(number) for number in range(count)]


def keyed(count: int) -> list[tuple[str, TextToImage]]:
    return [(f"fox-{number}", fox(number)) for number in range(count)]
