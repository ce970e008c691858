"""Pictures for the guide, of a real run: ``python -m tests.examples.web.picture``."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from a2e_async.sandbox import Fault, Sandbox
from a2e_async.sandbox.media.render import render
from a2e_async.sandbox.media.specs import ImageSpec
from tests.examples.web.site import Guest, Hand, Site, until_started
from tests.support.browser import MISSING, Browser, Chromium, Page, find

PICTURES = Path(__file__).parents[3] / "docs" / "pictures"
SHOTS = {
    "web": (1280, 1190, "light"),
    "web-dark": (1280, 1190, "dark"),
    "web-phone": (390, 1480, "light"),
}


async def fill(guest: Guest, sandbox: Sandbox, hand: Hand) -> None:
    """Order what the gallery shows: what is done, what failed, what is under way, what waits."""
    async with guest.looking():
        sandbox.faults.next("start", Fault.refused(1004, "refused"))
        await guest.sees(await guest.ordered("A famous person at the beach"), state="failed")
        video = "0123456789abcdef"
        picture = await asyncio.to_thread(render, ImageSpec("fox", 480, 480, "fox"))
        await guest.ask("PUT", f"/api/cards/{video}/picture", data=picture)
        done = [
            await guest.ordered("The fox turns its head", id=video, kind="video", seconds=5),
            await guest.ordered("A lighthouse in a storm, oil painting", size="landscape"),
        ]
        done += [await guest.ordered("A red fox in snow, morning light")]
        for _ in done:
            hand.now += 31
            await asyncio.sleep(0.3)
        for card in done:
            await guest.sees(card, state="done")
        tasks = len(sandbox.tasks)
        running = await guest.ordered("A glass teapot on a walnut table")
        await until_started(sandbox, tasks + 1)
        hand.now += 12
        await guest.ordered("Terraced rice fields from above")
        await until_started(sandbox, tasks + 2)
        hand.now += 7
        waiting = await guest.ordered("A harbour at night, lanterns, long exposure")
        await guest.sees(waiting, position=1)
        await asyncio.sleep(0.3)
        await guest.sees(running, state="running")


async def shoot(page: Page, url: str, cookie: str, folder: Path) -> None:
    """Take the pictures of a visitor's page."""
    await page.send("Network.setCookie", name="studio", value=cookie, url=url)
    for name, (width, height, scheme) in SHOTS.items():
        await page.resize(width, height, phone=width < 700)
        await page.prefer(prefers_color_scheme=scheme, prefers_reduced_motion="reduce")
        await page.open(url)
        await page.wait_for("document.querySelectorAll('.card').length === 7")
        await page.run("document.querySelector('#prompt').value = 'A paper boat in the rain'")
        await page.run("document.querySelector('video').preload = 'auto'")
        await page.wait_for("document.querySelector('video').readyState === 4")
        await page.wait_for(
            "[...document.images].every(it => it.complete || "
            "it.getBoundingClientRect().top > innerHeight)"
        )
        # The player's wheel goes away by and by.
        await asyncio.sleep(1.5)
        await page.screenshot(folder / f"{name}.png")


async def main(folder: Path = PICTURES) -> None:
    """Run the site, and take pictures of it."""
    command = find()
    if command is None:
        raise SystemExit(MISSING)
    hand, chromium = Hand(), Chromium(command)
    try:
        with tempfile.TemporaryDirectory() as kept:
            async with Sandbox(seed=3, speed=1, clock=hand, durations=30.0) as sandbox:
                site = Site("fastapi", sandbox, Path(kept), options={"in_flight": 2})
                await site.start()
                async with Guest(site.url) as guest:
                    await fill(guest, sandbox, hand)
                    async with Browser(chromium.url) as browser, browser.page() as page:
                        await shoot(page, site.url, guest.cookie, folder)
                await site.stop()
    finally:
        chromium.close()


if __name__ == "__main__":
    asyncio.run(main())
