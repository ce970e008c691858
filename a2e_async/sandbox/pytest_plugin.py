"""Fixtures for tests of code that uses the SDK: `a2e_sandbox` and `a2e`.

The plugin loads with every pytest run of an environment that holds this package, so it imports
nothing but pytest itself until a fixture is used. The async fixtures belong to pytest-asyncio
where that is installed (strict and auto mode alike), else to the anyio plugin.

Override `a2e_sandbox_options` to configure the sandbox of a module or a test:

    @pytest.fixture
    def a2e_sandbox_options():
        return {"speed": 1000, "coins": 50}
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from pytest_asyncio import fixture as async_fixture

    from a2e_async import A2E
    from a2e_async.sandbox.sandbox import Sandbox
else:
    try:
        from pytest_asyncio import fixture as async_fixture
    except ImportError:
        async_fixture = pytest.fixture


@pytest.fixture
def a2e_sandbox_options() -> dict[str, Any]:
    """Give the keyword arguments of the `a2e_sandbox` fixture's `Sandbox`; override to change."""
    return {"speed": 1000}


@async_fixture
async def a2e_sandbox(a2e_sandbox_options: dict[str, Any]) -> AsyncIterator[Sandbox]:
    """Run a sandbox for one test."""
    from a2e_async.sandbox.sandbox import Sandbox  # noqa: PLC0415  (not before it is used)

    async with Sandbox(**a2e_sandbox_options) as sandbox:
        yield sandbox


@async_fixture
async def a2e(a2e_sandbox: Sandbox) -> AsyncIterator[A2E]:
    """Open a client on the test's sandbox; it is closed after the test."""
    client = a2e_sandbox.client()
    try:
        yield client
    finally:
        await client.aclose()
