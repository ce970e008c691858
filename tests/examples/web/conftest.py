"""Both back ends, on a sandbox whose time the tests turn on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from a2e_async.sandbox import Sandbox
from tests.examples.web.site import FRAMEWORKS, Guest, Hand, Site
from tests.support.browser import Page


@pytest.fixture
def hand() -> Hand:
    return Hand()


@pytest.fixture
async def sandbox(hand: Hand) -> AsyncIterator[Sandbox]:
    """Tasks take 30 seconds of the time that a test turns by hand."""
    async with Sandbox(seed=7, speed=1, clock=hand, durations=30.0) as service:
        yield service


@pytest.fixture(params=FRAMEWORKS)
async def site(
    request: pytest.FixtureRequest, sandbox: Sandbox, tmp_path: Path
) -> AsyncIterator[Site]:
    """A back end that is not started yet, and is stopped after the test."""
    made = Site(request.param, sandbox, tmp_path / "studio")
    made.folder.mkdir()
    yield made
    await made.stop()


@pytest.fixture
async def guest(site: Site) -> AsyncIterator[Guest]:
    """A visitor of the site, who makes it start."""
    await site.start()
    async with Guest(site.url) as visitor:
        yield visitor


@pytest.fixture
async def opened(site: Site, page: Page) -> AsyncIterator[Page]:
    """The page, on a site that has just been started."""
    await site.start()
    await page.open(site.url)
    await page.wait_for("!document.querySelector('#empty').hidden")
    yield page
    # Its stream would be broken off with a complaint.
    await page.open("about:blank")
