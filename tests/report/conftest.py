"""A browser for the tests of pages, and runs to look at."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.support.browser import MISSING, Browser, Chromium, Page, find


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
