"""The page in a real browser, with both back ends behind it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import attrs
from aiohttp import web

from a2e_async import JobStatus, Snapshot
from a2e_async.sandbox import Sandbox
from a2e_async.sandbox.media.render import render
from a2e_async.sandbox.media.specs import ImageSpec
from examples.web.cards import Card
from tests.examples.web.pages import CARDS, CONNECTION, FOCUS, SHOWN, STATES, order
from tests.examples.web.site import (
    HOOK_TOKEN,
    HOST,
    ONE,
    OTHER,
    Hand,
    Site,
    Wire,
    until_started,
)
from tests.support.browser import Page


async def test_a_picture_is_made_and_no_secret_is_sent(
    site: Site, page: Page, sandbox: Sandbox, hand: Hand
) -> None:
    site.webhook = True
    await site.start()
    async with Wire(site.port) as wire:
        await page.open(wire.url)
        await page.click("#prompt")
        await page.type("a red fox in snow")
        # Clicked twice by somebody who is in a hurry.
        await page.click("#send")
        await page.click("#send", count=2)
        await page.wait_for(f"{STATES} === 'running'")
        await until_started(sandbox)
        text = "document.querySelector('.state').textContent"
        before = await page.run(text)
        hand.now = 29
        await page.wait_for(f"{text} !== {before!r}")
        hand.now = 31
        assert await page.wait_for(SHOWN) == 1024
        assert await page.run("document.querySelector('#news').textContent") == (
            "a red fox in snow: ready."
        )
        await page.open("about:blank")
        told = bytes(wire.heard)
    assert b"a red fox in snow" in told
    (task,) = sandbox.tasks
    hidden = (sandbox.token, HOOK_TOKEN, sandbox.base_url, sandbox.assets_url, task.id)
    for secret in hidden:
        assert secret.encode() not in told
    assert {asked.split("/")[2] for asked in page.requests if asked.startswith("http")} == {
        wire.url.split("/")[2]
    }


async def test_the_page_goes_on_after_a_restart(
    site: Site, opened: Page, sandbox: Sandbox, hand: Hand
) -> None:
    await order(opened, "a lake")
    await opened.wait_for(f"{STATES} === 'running'")
    await site.stop()
    await opened.wait_for(CONNECTION)
    hand.now = 31
    await site.start()
    assert await opened.wait_for(SHOWN, within=15) == 1024
    assert await opened.run(CONNECTION) == ""
    assert await opened.run(f"{CARDS}.length") == 1
    assert len(sandbox.tasks) == 1
    # The browser complains of a server that was away.
    assert all("net::ERR" in problem for problem in opened.problems)
    opened.problems.clear()


@ONE
async def test_the_page_goes_on_when_a_proxy_has_answered_meanwhile(
    site: Site, opened: Page
) -> None:
    """After an answer that is no stream, a browser does not connect again by itself."""
    asked = asyncio.Event()

    async def unavailable(_: web.Request) -> web.Response:
        asked.set()
        return web.Response(status=502)

    proxy = web.Application()
    proxy.router.add_get("/api/events", unavailable)
    await site.stop()
    runner = web.AppRunner(proxy, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, HOST, site.port).start()
    await asyncio.wait_for(asked.wait(), 15)
    await runner.cleanup()
    await site.start()
    await opened.wait_for(f"{CONNECTION} === ''", within=15)
    opened.problems.clear()


@OTHER
async def test_an_order_whose_answer_is_lost_is_sent_again(
    site: Site, opened: Page, sandbox: Sandbox
) -> None:
    await opened.run(
        "(() => { const real = window.fetch; window.fetch = async (...asked) => { "
        "await real(...asked); window.fetch = real; throw new TypeError('lost'); }; })()"
    )
    await order(opened, "a lake")
    await opened.wait_for("document.querySelector('#trouble').checkVisibility()")
    assert "nothing is made twice" in await opened.run(
        "document.querySelector('#trouble').textContent"
    )
    await opened.click("#send")
    await opened.wait_for("document.querySelector('#prompt').value === ''")
    await until_started(sandbox)
    assert await opened.run(f"{CARDS}.length") == 1
    assert len(sandbox.tasks) == 1


@ONE
async def test_what_waits_is_cancelled_by_a_click(site: Site, page: Page, sandbox: Sandbox) -> None:
    site.options["in_flight"] = 1
    await site.start()
    await page.open(site.url)
    await order(page, "first")
    await until_started(sandbox)
    await order(page, "second")
    await page.wait_for(f"{STATES} === 'waiting,running'")
    await page.wait_for("document.querySelector('.number')?.textContent.startsWith('1')")
    await page.click(".waiting button")
    await page.wait_for(f"{STATES} === 'cancelled,running'")
    assert len(sandbox.tasks) == 1
    await page.open("about:blank")


@OTHER
async def test_a_video_is_made_of_an_uploaded_picture(
    site: Site, opened: Page, sandbox: Sandbox, hand: Hand, tmp_path: Path
) -> None:
    picture = tmp_path / "fox.png"
    await asyncio.to_thread(lambda: picture.write_bytes(render(ImageSpec("fox", 64, 64, "1"))))
    await opened.click("[value=video] + span")
    await opened.click("#prompt")
    await opened.type("it turns its head")
    await opened.click("#send")
    await opened.wait_for(f"{FOCUS}.id === 'picture'")
    error = "document.querySelector('#picture-error').textContent"
    assert await opened.run(error) == "Choose the picture that the video begins with."
    assert await opened.run(f"{FOCUS}.getAttribute('aria-invalid')") == "true"
    opened.problems.clear()
    root = await opened.send("DOM.getDocument")
    found = await opened.send(
        "DOM.querySelector", nodeId=root["root"]["nodeId"], selector="#picture"
    )
    await opened.send("DOM.setFileInputFiles", nodeId=found["nodeId"], files=[str(picture)])
    await opened.wait_for("document.querySelector('#preview').naturalWidth === 64")
    await opened.click("#send")
    await opened.wait_for(f"{STATES} === 'running'")
    await until_started(sandbox)
    hand.now = 31
    await opened.wait_for("document.querySelector('.done video')?.readyState >= 1")


@OTHER
async def test_progress_and_place_are_shown(site: Site, opened: Page, sandbox: Sandbox) -> None:
    assert site.studio is not None
    (visitor,) = site.studio._board._viewers
    card = Card(id="0123456789abcdef", kind="video", title="An avatar", created=0.0)
    waiting = Snapshot[Any](
        kind="avatar_video", token=None, status=JobStatus.INITIALIZED, position=3, waiting_time=20.0
    )
    site.studio._board.put(visitor, card.following(waiting))
    await opened.wait_for("document.querySelector('.number')?.textContent === '3in line'")
    for percent in (40, 63):
        running = attrs.evolve(
            waiting, token="avatar_video:1", status=JobStatus.PROCESSING, progress=percent
        )
        site.studio._board.put(visitor, card.following(running))
        await opened.wait_for(f"document.querySelector('progress')?.value === {percent}")
    assert "63" in await opened.run("document.querySelector('.state').textContent")
    assert ("progressbar", "Progress of An avatar") in [
        (role.lower(), name) for role, name in await opened.accessible()
    ]


@ONE
async def test_texts_are_texts_whatever_is_in_them(
    site: Site, opened: Page, sandbox: Sandbox
) -> None:
    hostile = "<img src=x onerror='window.bad=1'></script>\u202e\"&amp;"
    await order(opened, hostile)
    await opened.wait_for(f"{CARDS}.length === 1")
    assert await opened.run("document.querySelector('.card h3').textContent") == hostile
    await opened.run(
        "(() => { const it = document.createElement('script'); it.textContent = 'window.bad = 1';"
        "document.body.append(it); })()"
    )
    assert await opened.run("window.bad === undefined")
    assert all("Content Security Policy" in problem for problem in opened.problems)
    opened.problems.clear()
